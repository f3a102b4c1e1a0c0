"""migrate REVISION: brings the schema up, some three seconds for all steps of one run.

As with the real one nothing keeps two of these apart. When two run at once both apply the same revision, which the log
table remembers: health and every later start then report the damage. Nor is it one transaction: a run that fails has stamped
the revisions before, and may have done half of the next.

STANDIN_MIGRATION_SECONDS in the environment, or a row in the table standin_fault, changes how long it takes;
STANDIN_MIGRATION_FAILS or such a row makes it fail: at a revision, or `half` way. See lab/README.md.
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
        check_source(cursor)
        pending = steps_to(cursor, target)
        failing = failing_revision(cursor, pending)
        seconds = float(fault(cursor, "migration_seconds") or DURATION)
        for revision in pending:
            apply(cursor, revision, seconds / len(pending), revision == failing)
        if versions.since(3, 2):
            database.check_secret(cursor, config)
        database.check_damage(cursor)
    connection.close()
    say(f"migration: the schema is at {target}" + ("" if pending else ", nothing to do"))


def fault(cursor, name):
    """A disturbance that a test asked for: in the environment, or where the container's environment is not the test's, in a table."""
    if not database.has_table(cursor, "standin_fault"):
        return os.environ.get(f"STANDIN_{name.upper()}")
    cursor.execute("select value from standin_fault where name = %s", (name,))
    row = cursor.fetchone()
    return row[0] if row else os.environ.get(f"STANDIN_{name.upper()}")


def failing_revision(cursor, pending):
    wanted = fault(cursor, "migration_fails")
    return pending[len(pending) // 2] if wanted == "half" and pending else wanted


def prepare(cursor):
    """The tables of the migration itself; forgets steps that a killed run began and never finished."""
    cursor.execute("select pg_advisory_lock(7155)")
    cursor.execute(LOG)
    cursor.execute("""
        delete from standin_migration m where finished is null and not exists (
          select 1 from pg_stat_activity a where a.pid = m.backend and a.backend_start = m.backend_start)""")
    cursor.execute("select pg_advisory_unlock(7155)")


def check_source(cursor):
    """3.1 and later take over from a version 3 that has finished with the tags of version 2, not from version 2 itself."""
    if not versions.since(3, 1) or not database.has_table(cursor, "standin_backfill"):
        return
    cursor.execute("select exists (select 1 from tag)")
    filled = cursor.fetchone()[0]
    if filled and database.revision(cursor) == versions.KNOWN[0]:
        raise Failure(f"the database is that of version 2: {versions.NAME} takes over from version 3 only")
    cursor.execute("select count(*) from standin_backfill")
    left = cursor.fetchone()[0]
    if left:
        raise Failure(f"the upgrade to version 3 is not finished: {left} tags are left; run 3.0 with V3_UPGRADE_MODE: complete first")


def steps_to(cursor, target):
    found = database.revision(cursor)
    if found is not None and found not in versions.KNOWN:
        raise Failure(f"can't locate revision identified by {found!r}: the schema is newer than {versions.NAME}, whose head is {versions.HEAD}")
    done = versions.KNOWN.index(found) + 1 if found else 0
    return versions.KNOWN[done : versions.KNOWN.index(target) + 1]


def apply(cursor, revision, seconds, failing):
    say(f"migration: {revision} begins")
    cursor.execute(
        "insert into standin_migration (revision, host, backend, backend_start) "
        "select %s, %s, pg_backend_pid(), backend_start from pg_stat_activity where pid = pg_backend_pid() returning id",
        (revision, os.environ.get("HOSTNAME") or socket.gethostname()),
    )
    row = cursor.fetchone()[0]
    time.sleep(seconds)
    if failing:
        cursor.execute(schema.STEPS[revision])  # done, and not stamped
        raise Failure(f"migration: {revision} failed half way, as the test asked; the schema is between two revisions")
    cursor.execute("begin")
    cursor.execute("select pg_advisory_xact_lock(7156)")  # one catalogue change at a time; it does not hinder a second run
    cursor.execute(schema.STEPS[revision])
    cursor.execute("delete from alembic_version")
    cursor.execute("insert into alembic_version values (%s)", (revision,))
    cursor.execute("update standin_migration set finished = clock_timestamp() where id = %s", (row,))
    cursor.execute("commit")
    say(f"migration: {revision} done")
