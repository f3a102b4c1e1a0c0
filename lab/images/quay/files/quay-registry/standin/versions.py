"""Which version this image stands for, and the alembic head of each."""

import os

NAME = os.environ.get("QUAY_VERSION", "v3.12.0")
NUMBER = tuple(int(part) for part in NAME.lstrip("v").split("."))

# (first version with it, revision): a chain, each on top of the one before
CHAIN = [
    ((3, 6, 0), "909d725887d3"),
    ((3, 7, 0), "d94d328733e4"),
    ((3, 8, 0), "7bca88923f2c"),
    ((3, 8, 1), "b2d1e4b95fc2"),
    ((3, 9, 0), "8cf90670bf38"),
    ((3, 10, 0), "2062bbd5ef0e"),
    ((3, 10, 1), "8d47693829a0"),
    ((3, 11, 0), "cead4183265c"),
    ((3, 12, 0), "3f8d7acdf7f9"),
    ((3, 13, 0), "8e97c2cfee57"),
]

# the revisions this image knows, oldest first; the last is its head
KNOWN = [revision for since, revision in CHAIN if since <= NUMBER]
HEAD = KNOWN[-1]


def describe(revision):
    """The revision and the versions it belongs to, for messages."""
    for position, (since, known) in enumerate(CHAIN):
        if known == revision:
            later = position + 1 < len(CHAIN)
            name = "v" + ".".join(map(str, since))
            return f"{revision} ({name}{'' if later else ' or later'})"
    return f"{revision} (of no version this image knows)"
