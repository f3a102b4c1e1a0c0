import { expect, test } from 'vitest';
import { importsOf } from '../../engine/own/imports.ts';
import { kindOf } from '../../engine/own/kind.ts';

const names = (source: string, self = 'ansible.modules.x', isPackage = false): string[] =>
  importsOf(source, self, isPackage).map(({ name, optional }) => (optional ? `${name}?` : name));

test('imports are read as Python joins its lines', () => {
  expect(names('import os, ansible.module_utils.a.b as c')).toEqual(['os', 'ansible.module_utils.a.b']);
  expect(names('from ansible.module_utils.basic import (  # all of it\n    AnsibleModule,\n    env_fallback as env,\n)\n')).toEqual([
    'ansible.module_utils.basic.AnsibleModule',
    'ansible.module_utils.basic.env_fallback',
  ]);
  expect(names('from ansible.module_utils.basic import AnsibleModule, \\\n  jsonify\nx = 1')).toEqual([
    'ansible.module_utils.basic.AnsibleModule',
    'ansible.module_utils.basic.jsonify',
  ]);
  expect(names('from ansible.module_utils.basic import *')).toEqual(['ansible.module_utils.basic']);
  expect(names('import os; import sys')).toEqual(['os', 'sys?']);
});

test('what stands in strings and comments is not imported', () => {
  expect(names('DOCUMENTATION = """\nimport a\n"""\n# import b\ns = \'import c\'\nt = r"\\"\nimport d\n')).toEqual(['d']);
  expect(names("'''\nit's\nfrom a import b\n'''\nimport e")).toEqual(['e']);
});

test('what stands in a try, a condition or a function may be missing', () => {
  expect(names('try:\n    import a\nexcept ImportError:\n    a = None\nif True: import b\nimport c\n')).toEqual(['a?', 'b?', 'c']);
});

test('relative imports start from the module or the package', () => {
  const self = 'ansible_collections.n.c.plugins.modules.x';
  expect(names('from ..module_utils.a import b', self)).toEqual(['ansible_collections.n.c.plugins.module_utils.a.b']);
  expect(names('from . import b', 'ansible.module_utils.p.q')).toEqual(['ansible.module_utils.p.b']);
  expect(names('from .q import b', 'ansible.module_utils.p', true)).toEqual(['ansible.module_utils.p.q.b']);
});

test('a file shows how it is run', () => {
  const kind = (text: string, file = 'x') => kindOf(file, Buffer.from(text));
  expect(kind('#!/usr/bin/python\nfrom ansible.module_utils.basic import AnsibleModule\n')).toBe('python');
  expect(kind('#!/usr/bin/python\n    import ansible.module_utils.basic\n')).toBe('python');
  expect(kind('#!/usr/bin/python\nfrom ..module_utils.x import y\n')).toBe('python');
  expect(kind('#!/usr/bin/python\n#<<INCLUDE_ANSIBLE_MODULE_COMMON>>\n')).toBe('python');
  expect(kind('#!/bin/sh\n# WANT_JSON\n')).toBe('want-json');
  expect(kind('#!/bin/sh\necho <<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>\n')).toBe('json-args');
  expect(kind('#!/bin/sh\n# from ansible.module_utils.basic import x\n')).toBe('old');
  expect(kind('#!powershell\n#AnsibleRequires -CSharpUtil Ansible.Basic\n')).toBe('powershell');
  expect(kind('Write-Output 1', 'x.ps1')).toBe('powershell');
  expect(kind('\u007fELF\u0002\u0001\u0001\u0000')).toBe('binary');
});
