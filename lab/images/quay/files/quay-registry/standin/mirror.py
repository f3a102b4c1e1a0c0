"""The mirror worker: checks what it needs, then waits for work that the stand-in never has."""

import signal
import sys
import time

from . import bundle, database, versions
from .failure import say


def run(config):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with database.session(config) as cursor:
        database.check_extension(cursor)
        database.check_schema(cursor)
        if versions.since(3, 2):
            database.check_secret(cursor, config)
    if bundle.flag(config, "FEATURE_REPO_MIRROR"):
        say(f"repomirror: worker started, interval {config.get('REPO_MIRROR_INTERVAL', 30)} s")
    else:
        say("repomirror: FEATURE_REPO_MIRROR is off; the worker sleeps")
    sleep()


def build():
    """The builder's image: it waits for builds, which the stand-in never has."""
    say(f"builder {versions.NAME}: waits for work")
    sleep()


def sleep():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        time.sleep(3600)
