"""Writes mode-cases.json: what ansible-core makes of symbolic modes. Run by hand with ansible-core's Python:
   /opt/oracle/bin/python test/modules/files/mode-cases.py > test/modules/files/mode-cases.json
"""
import json
import os
import sys
from types import SimpleNamespace

from ansible.module_utils.basic import AnsibleModule

TEXTS = [
    "u=rwx,g=rx,o=", "u=rwX,g=rX,o=rX", "a+x", "+x", "-x", "=r", "u+s", "g-s", "u-s,g+s", "o+t", "+t", "a-t", "a=", "u=g", "g=u", "o=g", "g+u", "o-u",
    "ug=rw", "ugo+X", "a-w", "u+rwx,go-rwx", "g+w,o-r", "u=rwxs", "a=rwxst", "u=rw-x", "u+x-w", "=", "+r", "go=u", "u=rwx,g=u-w",
]
BASES = [0o644, 0o755, 0o600, 0o4755, 0o2770, 0o1777, 0o000, 0o641]
UMASKS = [0o022, 0o077, 0o002]
cases = []
for umask in UMASKS:
    os.umask(umask)
    for directory in (False, True):
        for base in BASES:
            for text in TEXTS:
                st = SimpleNamespace(st_mode=(0o040000 if directory else 0o100000) | base)
                try:
                    made = AnsibleModule._symbolic_mode_to_octal(st, text)
                except ValueError:
                    made = None
                cases.append([text, base, directory, umask, made if made is None else made & 0o7777])
json.dump(cases, sys.stdout)
print()
