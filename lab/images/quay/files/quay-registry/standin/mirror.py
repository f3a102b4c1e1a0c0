"""The mirror worker: checks what it needs, then waits for work that the stand-in never has."""

import signal
import sys
import time

from . import bundle, database
from .failure import say


def run(config):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with database.session(config) as cursor:
        database.check_extension(cursor)
        database.check_schema(cursor)
        database.check_secret(cursor, config)
    if bundle.flag(config, "FEATURE_REPO_MIRROR"):
        say(f"repomirror: worker started, interval {config.get('REPO_MIRROR_INTERVAL', 30)} s")
    else:
        say("repomirror: FEATURE_REPO_MIRROR is off; the worker sleeps")
    while True:
        time.sleep(3600)
