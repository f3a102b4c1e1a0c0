"""Writes edit-cases.json: what ansible-core's own modules make of small files. Run by hand with ansible-core's Python:
   /opt/oracle/bin/python test/modules/files/edit-cases.py > test/modules/files/edit-cases.json
"""
import importlib
import io
import json
import os
import sys
import tempfile
from contextlib import redirect_stdout

from ansible.module_utils import basic

FILES = ["", "one\ntwo\nthree\n", "one\ntwo\nthree", "# a\nkey = 1\nkey = 2\n\n# b\n", "a\r\nkey = 1\r\nb\r\n", "one\none\n", "\n\nx\n"]
BLOCK = "# BEGIN ANSIBLE MANAGED BLOCK\nold\n# END ANSIBLE MANAGED BLOCK\n"
LINE = [
    {"line": "two"},
    {"line": "new"},
    {"line": "key = 3", "regexp": "^key = "},
    {"line": "key = 3", "regexp": "^key = ", "firstmatch": True},
    {"line": "key = 3", "search_string": "key ="},
    {"line": "key = 3", "regexp": "^nothing"},
    {"line": "new", "insertafter": "^one$"},
    {"line": "new", "insertafter": "^one$", "firstmatch": True},
    {"line": "new", "insertbefore": "^(one|key)"},
    {"line": "new", "insertbefore": "^(one|key)", "firstmatch": True},
    {"line": "new", "insertbefore": "BOF"},
    {"line": "new", "insertafter": "BOF"},
    {"line": "new", "insertafter": "EOF"},
    {"line": "new", "insertafter": "nowhere"},
    {"line": "two", "insertafter": "^one"},
    {"line": r"\1 is \g<v>", "regexp": r"^(key) = (?P<v>\d+)\s*$", "backrefs": True},
    {"line": "new", "regexp": "^nothing", "backrefs": True},
    {"line": "two", "state": "absent"},
    {"regexp": "^(key|one)", "state": "absent"},
    {"search_string": "e", "state": "absent"},
    {"regexp": r"^\s*$", "state": "absent"},
    {"regexp": r"(?i)^KEY", "line": "k"},
    {"line": "with end\n"},
    {"line": "\u00fcmlaut", "regexp": "^\u00fc"},
]
BLOCKS = [
    {"block": "x\ny"},
    {"block": "x\n"},
    {"block": "x", "insertbefore": "^(two|key)"},
    {"block": "x", "insertafter": "^(two|key)"},
    {"block": "x", "insertafter": "(?m)^one$"},
    {"block": "x", "insertbefore": "(?m)^one$"},
    {"block": "x", "insertbefore": "BOF"},
    {"block": "x", "prepend_newline": True, "append_newline": True, "insertbefore": "^(two|key)"},
    {"block": "", },
    {"state": "absent"},
    {"block": "x", "marker": "<!-- {mark} -->", "marker_begin": "open", "marker_end": "close"},
]
REPLACES = [
    {"regexp": r"^key = (\d)$", "replace": r"key: \1\1"},
    {"regexp": r"one", "replace": ""},
    {"regexp": r"$", "replace": ";"},
    {"regexp": r"^(.*)$", "replace": r"[\g<1>]"},
    {"regexp": r"\s+$", "replace": "!"},
    {"regexp": r"(?P<w>o)(n)?e*", "replace": r"\g<w>\2"},
    {"regexp": r"\d", "replace": "9", "after": "# a", "before": "# b"},
    {"regexp": r"\w", "replace": "w", "after": "one"},
    {"regexp": r"\w", "replace": "w", "before": "three"},
    {"regexp": r"\w", "replace": "w", "before": "absent"},
    {"regexp": r"[]x-]", "replace": r"\n\\"},
    {"regexp": r"e{,2}\Z", "replace": "E"},
]


def run(name, args, before):
    fd, path = tempfile.mkstemp()
    os.write(fd, before.encode("latin1"))
    os.close(fd)
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": dict(args, path=path)}).encode()
    out = io.StringIO()
    module = importlib.import_module("ansible.modules." + name)
    try:
        with redirect_stdout(out):
            module.main()
    except SystemExit:
        pass
    with open(path, "rb") as file:
        after = file.read().decode("latin1")
    os.unlink(path)
    return after, json.loads(out.getvalue())


cases = []
for name, argses, files in (
    ("lineinfile", LINE, FILES),
    ("blockinfile", BLOCKS, FILES + ["a\n" + BLOCK + "b\n", BLOCK, "a\n" + BLOCK.rstrip("\n")]),
    ("replace", REPLACES, FILES),
):
    for args in argses:
        for before in files:
            after, result = run(name, args, before)
            if "changed" not in result or result.get("failed"):
                continue
            cases.append({"module": name, "args": args, "before": before, "after": after, "changed": result["changed"], "msg": result["msg"]})
json.dump(cases, sys.stdout, indent=0, ensure_ascii=True)
print()
