"""Modes of the entry point, named as in the real image."""

import os
import sys

import psycopg2

from . import backfill, bundle, clair, mirror, migrate, serve, tool, versions
from .failure import Failure, say

# modes that the version has; any other word is taken for a command, as in the real image
REGISTRY = ["registry"] + (["registry-nomigrate"] if versions.since(3, 3) else [])
MIRROR = (["repomirror"] if versions.since(3, 1) else []) + (["repomirror-nomigrate"] if versions.since(3, 4) else [])

HELP = """\
Quay STAND-IN {version} (qplay lab). Usage: quay-entrypoint.sh MODE
  registry              validate, migrate the database, serve (the default)
  registry-nomigrate    validate, serve; refuses a schema that is not this version's
  repomirror            as registry, with the mirror worker only
  repomirror-nomigrate  as registry-nomigrate, with the mirror worker only
  migrate REVISION      migrate the database to REVISION (head)
  config-tool validate -c DIR --mode online|offline
  shell, help
Anything else is run as a command."""


def start(worker, migrating):
    config = bundle.load()
    bundle.boot_checks(config)
    backfill.check_mode(config)
    if versions.since(3, 4):
        tool.validate_or_stop(bundle.STACK, "online")
    if migrating and not bundle.read_only(config):
        migrate.upgrade(config, "head")
    worker(config)


def main(argv):
    mode = argv[0] if argv else "registry"
    if mode in REGISTRY:
        start(serve.run, mode == "registry")
    elif mode in MIRROR:
        start(mirror.run, mode == "repomirror")
    elif mode == "migrate" and versions.since(3, 2):
        if len(argv) != 2:
            raise Failure("migrate wants one revision, as in: migrate head")
        backfill.check_mode(bundle.load())
        migrate.upgrade(bundle.load(), argv[1])
    elif mode == "builder":
        mirror.build()
    elif mode == "clair":
        clair.run()
    elif mode == "config-tool" and versions.since(3, 4):
        tool.main(argv[1:])
    elif mode == "config-tool":
        raise Failure("config-tool: No such file or directory", status=127)  # it came with 3.4
    elif mode == "config":
        raise Failure("the stand-in has no configuration editor: write config.yaml and check it with config-tool validate")
    elif mode == "help":
        print(HELP.format(version=versions.NAME))
    elif mode == "shell":
        os.execvp("sh", ["sh"])
    else:
        try:
            os.execvp(argv[0], argv)
        except OSError as error:
            raise Failure(f"{argv[0]}: {error.strerror}", status=127) from error


try:
    main(sys.argv[1:])
except Failure as failure:
    say(f"FATAL: {failure}")
    sys.exit(failure.status)
except psycopg2.Error as error:
    say(f"FATAL: the database refused: {' '.join(str(error).split())}")
    sys.exit(1)
