import { dump } from 'js-yaml';
import { type Case, parseCase } from '../case.ts';
import type { Generated } from './generate.ts';

const INVENTORY = `[all]
a
b
c
d

[all:vars]
ansible_connection=local
ansible_python_interpreter=/usr/bin/python3
`;

/** A generated playbook as a case of the comparison. */
export function caseOf(name: string, { argv, compare, files }: Generated): Case {
  const head = [`Generated: ${name}.`, ...(argv.length > 0 ? [`args: ${argv.join(' ')}`] : []), ...(compare === 'hosts' ? ['compare: hosts'] : [])];
  const parts = Object.entries(files).map(([path, value]) => `-- ${path} --\n${dump(value, { lineWidth: 140, noRefs: true })}`);
  return parseCase(name, `${[...head, ...parts].join('\n').replaceAll('\n\n-- ', '\n-- ')}\n-- hosts --\n${INVENTORY}`);
}
