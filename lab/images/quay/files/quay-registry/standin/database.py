"""PostgreSQL behind DB_URI."""

import contextlib
import hashlib
import hmac
import urllib.parse

import psycopg2

from . import versions
from .failure import Failure


def connect(config, name="quay", timeout=4):
    uri = str(config.get("DB_URI") or "")
    parts = urllib.parse.urlsplit(uri)
    if parts.scheme.startswith("mysql"):
        raise Failure("DB_URI names MySQL: the stand-in speaks PostgreSQL only")
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise Failure("DB_URI must look like postgresql://user:password@host:port/database")
    extra = {key: value for key, value in (config.get("DB_CONNECTION_ARGS") or {}).items() if key in ("sslmode", "sslrootcert")}
    try:
        connection = psycopg2.connect(uri, connect_timeout=timeout, application_name=name, **extra)
    except psycopg2.Error as error:
        raise Failure(f"DB_URI: cannot use the database at {parts.hostname}:{parts.port or 5432}: {' '.join(str(error).split())}") from error
    # a registry that is read-only shows that it is
    connection.set_session(readonly=config.get("REGISTRY_STATE") == "readonly")
    return connection


@contextlib.contextmanager
def session(config):
    """A cursor in a transaction of its own."""
    connection = connect(config)
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def check_extension(cursor):
    cursor.execute("select 1 from pg_extension where extname = 'pg_trgm'")
    if not cursor.fetchone():
        cursor.execute("select current_database()")
        raise Failure(f"the extension pg_trgm is not installed in database {cursor.fetchone()[0]}")


def has_table(cursor, table):
    cursor.execute("select to_regclass(%s)", (f'public."{table}"',))
    return cursor.fetchone()[0] is not None


def revision(cursor):
    """The schema's revision, or None where there is no schema."""
    if not has_table(cursor, "alembic_version"):
        return None
    cursor.execute("select version_num from alembic_version")
    rows = [row[0] for row in cursor.fetchall()]
    if len(rows) > 1:
        raise Failure(f"the schema is damaged: alembic_version has {len(rows)} rows ({', '.join(rows)})")
    return rows[0] if rows else None


def check_schema(cursor):
    """Refuses anything but this image's own schema, naming both."""
    found = revision(cursor)
    if found is None:
        raise Failure(f"the database has no schema; {versions.NAME} needs {versions.HEAD}: run the image once with: migrate head")
    if found != versions.HEAD:
        newer = "older" if found in versions.KNOWN else "newer"
        advice = "run the image once with: migrate head" if newer == "older" else "start the image that belongs to the schema, or restore the backup"
        raise Failure(f"the schema is {newer} than {versions.NAME}: it is at {versions.describe(found)}, this image needs {versions.HEAD}; {advice}")
    check_damage(cursor)


def check_damage(cursor):
    """Two migrations at once leave a revision applied twice."""
    cursor.execute("select revision from standin_migration where finished is not null group by revision having count(*) > 1 order by 1")
    twice = [row[0] for row in cursor.fetchall()]
    if twice:
        raise Failure(f"the schema is damaged: {', '.join(twice)} applied twice, by migrations that ran at the same time; restore the backup")


def fingerprint(config):
    """Tells whether DATABASE_SECRET_KEY is still the same, and nothing else."""
    key = hashlib.scrypt(str(config["DATABASE_SECRET_KEY"]).encode(), salt=b"qplay stand-in", n=1024, r=8, p=1)
    return hmac.new(key, b"DATABASE_SECRET_KEY", hashlib.sha256).hexdigest()


def check_secret(cursor, config):
    """The first to come stores the key's fingerprint; a different key later cannot read the database."""
    if config.get("REGISTRY_STATE") != "readonly":
        cursor.execute("insert into standin_secret (name, fingerprint) values ('DATABASE_SECRET_KEY', %s) on conflict do nothing", (fingerprint(config),))
    cursor.execute("select fingerprint from standin_secret where name = 'DATABASE_SECRET_KEY'")
    row = cursor.fetchone()
    if row and not hmac.compare_digest(row[0], fingerprint(config)):
        raise Failure("DATABASE_SECRET_KEY is not the key this database was encrypted with: put the old key back")
