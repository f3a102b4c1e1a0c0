"""Runs one module in Python on a managed host.

Standard input: a line of JSON, then the arguments as JSON. The line says which files the module is made of ({path: name of a file
beside this one, base64 of deflated content}) and which module to run. Files stay where they were unpacked, so that what was
compiled once is used again; a tree holds one version of each file.
"""
import atexit
import base64
import json
import os
import runpy
import shutil
import sys
import tempfile
import zlib


def read(path):
    with open(path, 'rb') as handle:
        return handle.read()


def write(path, content):
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        os.makedirs(folder)
    with open(path, 'wb') as handle:
        handle.write(content)


def tree_for(home, files):
    """The first tree in which none of the files has another version, with all of them in it."""
    number = 0
    while True:
        tree = os.path.join(home, 'tree%d' % number)
        index = tree + '.json'
        have = json.loads(read(index).decode('utf-8')) if os.path.exists(index) else {}
        if all(have.get(path, name) == name for path, name in files.items()):
            break
        number += 1
    for path, name in files.items():
        if path not in have:
            write(os.path.join(tree, path), zlib.decompress(base64.b64decode(read(os.path.join(home, name)))))
    have.update(files)
    write(index, json.dumps(have).encode('utf-8'))
    return tree


def main():
    home = os.path.dirname(os.path.abspath(__file__))
    said = json.loads(sys.stdin.buffer.readline().decode('utf-8'))
    given = json.loads(sys.stdin.buffer.read().decode('utf-8'))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.path[0] = tree_for(home, said['files'])
    scratch = tempfile.mkdtemp(dir=home)
    atexit.register(shutil.rmtree, scratch, True)
    given['_ansible_tmpdir'] = scratch
    try:
        from ansible.module_utils import basic
    except ImportError:
        if 'ansible/module_utils/basic.py' in said['files']:
            raise
    else:
        basic._ANSIBLE_ARGS = json.dumps({'ANSIBLE_MODULE_ARGS': given}).encode('utf-8')
        basic._ANSIBLE_PROFILE = 'legacy'
    runpy.run_module(said['run'], init_globals={'_module_fqn': said['run'], '_modlib_path': sys.path[0]}, run_name='__main__', alter_sys=True)
    print('{"msg": "New-style module did not handle its own exit", "failed": true}')
    sys.exit(1)


if __name__ == '__main__':
    main()
