"""migrate REVISION: brings the schema up, some three seconds for a fresh database.

As with the real one nothing keeps two of these apart. When two run at once both apply the same revision, which the log
table remembers: health and every later start then report the damage.
"""

import os
import socket
import time

from . import database, schema, versions
from .failure import Failure, say

DURATION = 2.6  # seconds for all steps of one run together

LOG = """
create table if not exists alembic_version (version_num varchar(32) not null);
create table if not exists standin_migration (
  id serial primary key, revision text not null, host text not null, backend integer not null,
  backend_start timestamptz not null, started timestamptz not null default clock_timestamp(), finished timestamptz);
"""


def upgrade(config, wanted):
    target = versions.HEAD if wanted == "head" else wanted
    if target not in versions.KNOWN:
        raise Failure(f"can't locate revision identified by {target!r}: {versions.NAME} knows {', '.join(versions.KNOWN)}")
    connection = database.connect(config, name="quay-migrate")
    connection.autocommit = True
    with connection.cursor() as cursor:
        database.check_extension(cursor)
        prepare(cursor)
        pending = steps_to(cursor, target)
        for revision in pending:
            apply(connection, cursor, revision, DURATION / len(pending))
        database.check_secret(cursor, config)
        database.check_damage(cursor)
    connection.close()
    say(f"migration: the schema is at {target}" + ("" if pending else ", nothing to do"))


def prepare(cursor):
    """The tables of the migration itself; forgets steps that a killed run began and never finished."""
    cursor.execute("select pg_advisory_lock(7155)")
    cursor.execute(LOG)
    cursor.execute("""
        delete from standin_migration m where finished is null and not exists (
          select 1 from pg_stat_activity a where a.pid = m.backend and a.backend_start = m.backend_start)""")
    cursor.execute("select pg_advisory_unlock(7155)")


def steps_to(cursor, target):
    found = database.revision(cursor)
    if found is not None and found not in versions.KNOWN:
        raise Failure(f"can't locate revision identified by {found!r}: the schema is newer than {versions.NAME}, whose head is {versions.HEAD}")
    done = versions.KNOWN.index(found) + 1 if found else 0
    return versions.KNOWN[done : versions.KNOWN.index(target) + 1]


def apply(connection, cursor, revision, seconds):
    say(f"migration: {revision} begins")
    cursor.execute(
        "insert into standin_migration (revision, host, backend, backend_start) "
        "select %s, %s, pg_backend_pid(), backend_start from pg_stat_activity where pid = pg_backend_pid() returning id",
        (revision, os.environ.get("HOSTNAME") or socket.gethostname()),
    )
    row = cursor.fetchone()[0]
    time.sleep(seconds)
    cursor.execute("begin")
    cursor.execute("select pg_advisory_xact_lock(7156)")  # one catalogue change at a time; it does not hinder a second run
    cursor.execute(schema.STEPS[revision])
    cursor.execute("delete from alembic_version")
    cursor.execute("insert into alembic_version values (%s)", (revision,))
    cursor.execute("update standin_migration set finished = clock_timestamp() where id = %s", (row,))
    cursor.execute("commit")
    say(f"migration: {revision} done")
