"""Which version this image stands for, and the alembic revisions of each."""

import os

NAME = os.environ.get("QUAY_VERSION", "v3.12.0")
NUMBER = tuple(int(part) for part in NAME.lstrip("v").split("."))

# (first version with it, revision): a chain, each on top of the one before. The last of a version is its head, as published;
# those in between are the few that are known to be slow. What is before 3.2 was never public: these three are made up.
CHAIN = [
    ((2, 9, 0), "290000000000"),
    ((3, 0, 0), "300000000000"),
    ((3, 1, 0), "310000000000"),
    ((3, 2, 0), "34c8ef052ec9"),
    ((3, 3, 0), "04b9d2191450"),
    ((3, 4, 0), "88e64904d000"),
    ((3, 6, 0), "909d725887d3"),
    ((3, 7, 0), "d94d328733e4"),
    ((3, 8, 0), "7bca88923f2c"),
    ((3, 8, 1), "b2d1e4b95fc2"),
    ((3, 9, 0), "f0875fbc7c7a"),
    ((3, 9, 0), "8cf90670bf38"),
    ((3, 10, 0), "46980ea2dde5"),
    ((3, 10, 0), "8a70b8777089"),
    ((3, 10, 0), "2062bbd5ef0e"),
    ((3, 10, 1), "8d47693829a0"),
    ((3, 11, 0), "cead4183265c"),
    ((3, 12, 0), "0cdd1f27a450"),
    ((3, 12, 0), "3f8d7acdf7f9"),
    ((3, 13, 0), "5b8dc452f5c3"),
    ((3, 13, 0), "8e97c2cfee57"),
    ((3, 14, 0), "3634f2df3c5b"),
    ((3, 15, 0), "e8ed3fb547da"),
    ((3, 15, 0), "1623f40582ed"),
    ((3, 16, 0), "7078c84d14e8"),
    ((3, 17, 0), "15f06d00c4b3"),
    ((3, 17, 0), "c3d4e5f6a7b8"),
    ((3, 18, 0), "b1a79fa8e630"),
    ((3, 18, 0), "9fa37f66a9b6"),
]

# the revisions this image knows, oldest first; the last is its head
KNOWN = [revision for since, revision in CHAIN if since <= NUMBER]
HEAD = KNOWN[-1]


def since(*number):
    """Whether this image is of that version or a later one."""
    return NUMBER >= number


def describe(revision):
    """The revision and the versions it belongs to, for messages."""
    for position, (first, known) in enumerate(CHAIN):
        if known == revision:
            later = position + 1 < len(CHAIN)
            name = "v" + ".".join(map(str, first))
            return f"{revision} ({name}{'' if later else ' or later'})"
    return f"{revision} (of no version this image knows)"
