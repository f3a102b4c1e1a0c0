"""The scanner's stand-in: strict about its configuration, its key and its database, and it never finds anything.

Up to Quay 3.3 it is Clair 2 (clair-jwt), then Clair 4 with another configuration and another database.
"""

import base64
import binascii
import hashlib
import hmac
import http.server
import json
import os
import signal
import sys
import threading
import time

import psycopg2
import yaml

from . import versions
from .failure import Failure, say

SERVICES = ("indexer", "matcher", "notifier")
# what each mode reads of its own block; a combo has all three, and finds itself
MODES = {
    "combo": {name: ("connstring",) for name in SERVICES},
    "indexer": {"indexer": ("connstring",)},
    "matcher": {"matcher": ("connstring", "indexer_addr")},
    "notifier": {"notifier": ("connstring", "indexer_addr", "matcher_addr")},
}
# tables in which each part of Clair 4 notes how far its schema is
TABLES = {"indexer": "libindex_migrations", "matcher": "libvuln_migrations", "notifier": "notifier_migrations"}
KNOWN = {"http_listen_addr", "introspection_addr", "log_level", "tls", *SERVICES, "matchers", "updaters", "auth", "trace", "metrics"}
PATIENCE = 30  # seconds for the database


def run():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    four = versions.since(3, 4)
    config = load(os.environ.get("CLAIR_CONF", "/clair/config.yaml") if four else "/clair/config/config.yaml")
    if four:
        run_four(config)
    else:
        run_two(config)


def run_four(config):
    """Healthy at once; ready, with an API, only when its database is."""
    parts = check_four(config)
    key, issuers = psk(config)
    introspection = type("Ready", (Introspection,), {"ready": False})
    serve(port_of(config.get("introspection_addr", ":8089")), introspection)
    for name, settings in parts.items():
        prepare_four(name, settings)
    time.sleep(float(os.environ.get("STANDIN_CLAIR_SECONDS", "1")))
    api = serve(port_of(config.get("http_listen_addr", ":6060")), type("Api", (Api,), {"key": key, "issuers": issuers}))
    introspection.ready = True
    say(f"Clair STAND-IN of Quay {versions.NAME}, {os.environ.get('CLAIR_MODE', 'combo')}: ready")
    api.join()


def run_two(config):
    prepare_two(check_two(config))
    serve(int(config["clair"].get("api", {}).get("healthport", 6061)), Introspection)
    say(f"Clair STAND-IN (version 2) of Quay {versions.NAME}: ready")
    serve(int(config["clair"].get("api", {}).get("port", 6060)), Introspection).join()


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            config = yaml.safe_load(file)
    except (OSError, yaml.YAMLError) as error:
        raise Failure(f"{path} cannot be read: {' '.join(str(error).split())}") from error
    if not isinstance(config, dict):
        raise Failure(f"{path} holds no fields")
    return config


def check_two(config):
    if set(config) & set(SERVICES):
        raise Failure("this is a configuration of Clair 4, and this is Clair 2")
    source = (((config.get("clair") or {}).get("database") or {}).get("options") or {}).get("source")
    if not source:
        raise Failure("clair.database.options.source is missing")
    return source


def check_four(config):
    if "clair" in config:
        raise Failure("this is a configuration of Clair 2, and this is Clair 4")
    strange = sorted(set(config) - KNOWN)
    if strange and versions.since(3, 9):
        raise Failure(f"unknown fields in the configuration: {', '.join(strange)}")
    mode = os.environ.get("CLAIR_MODE", "combo")
    if mode not in MODES:
        raise Failure(f"CLAIR_MODE must be one of {', '.join(MODES)}, not {mode!r}")
    missing = [f"{name}.{field}" for name, fields in MODES[mode].items() for field in fields if not (config.get(name) or {}).get(field)]
    if missing:
        raise Failure(f"{', '.join(missing)} must be set in {mode} mode")
    return {name: config[name] for name in MODES[mode]}


def psk(config):
    settings = (config.get("auth") or {}).get("psk") or {}
    issuers = settings.get("iss")
    if not isinstance(issuers, list):
        raise Failure("auth.psk.iss must be a list, as in: [quay]")
    try:
        return base64.b64decode(settings.get("key") or "", validate=True) or fail("auth.psk.key is missing"), issuers
    except (binascii.Error, TypeError) as error:
        raise Failure("auth.psk.key is not base64") from error


def fail(text):
    raise Failure(text)


def connect(source):
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return psycopg2.connect(source, connect_timeout=4, application_name="clair")
        except psycopg2.OperationalError as error:
            if time.monotonic() > end or "authentication" in str(error):
                raise Failure(f"the database does not let Clair in: {' '.join(str(error).split())}") from error
            time.sleep(1)


def exists(cursor, table):
    cursor.execute("select to_regclass(%s) is not null", (table,))
    return cursor.fetchone()[0]


def own(cursor, kind):
    """Its own database, never the registry's, and never that of the other Clair."""
    if exists(cursor, "alembic_version"):
        raise Failure("this is the registry's own database: Clair needs one of its own")
    other = {2: "libvuln_migrations", 4: "schema_migrations"}[kind]
    if exists(cursor, other):
        raise Failure(f"the database is that of Clair {6 - kind}, and this is Clair {kind}: nothing is taken over, give it a new one")


def prepare_two(source):
    connection = connect(source)
    with connection, connection.cursor() as cursor:
        own(cursor, 2)
        cursor.execute("create table if not exists schema_migrations (version integer primary key)")
        cursor.execute("create table if not exists vulnerability (id integer primary key, name text)")
        cursor.execute("insert into vulnerability select n, 'CVE-' || n from generate_series(1, 20) n on conflict do nothing")
    connection.close()


def prepare_four(name, settings):
    """Its part of the schema, brought to this line's; a newer one is refused."""
    table, line = TABLES[name], versions.NUMBER[1]
    connection = connect(settings["connstring"])
    with connection, connection.cursor() as cursor:
        own(cursor, 4)
        cursor.execute("select pg_advisory_xact_lock(7157)")
        if not settings.get("migrations") and not exists(cursor, table):
            raise Failure(f"the table {table} is missing, and {name}.migrations is off")
        cursor.execute('create extension if not exists "uuid-ossp"')
        cursor.execute(f"create table if not exists {table} (version integer primary key)")
        cursor.execute(f"select max(version) from {table}")
        found = cursor.fetchone()[0] or 0
        if found > line:
            raise Failure(f"the database is newer than {versions.NAME}: it has been used by that of Quay 3.{found}")
        if found < line and not settings.get("migrations") and found:
            raise Failure(f"the schema is that of Quay 3.{found}, and {name}.migrations is off")
        cursor.execute(f"insert into {table} values (%s) on conflict do nothing", (line,))
        if name == "matcher":
            cursor.execute("create table if not exists vuln (id bigint generated by default as identity primary key, name text)")
            cursor.execute("insert into vuln (name) select 'CVE-' || n from generate_series(1, 50) n where not exists (select from vuln)")
    connection.close()


def port_of(address):
    return int(str(address).rpartition(":")[2])


def serve(port, handler):
    server = http.server.ThreadingHTTPServer(("", port), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    return thread


class Introspection(http.server.BaseHTTPRequestHandler):
    ready = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        waiting = self.path == "/readyz" and not self.ready
        self.answer(503 if waiting else 200, {"status": "starting" if waiting else "ok"})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Api(Introspection):
    key: bytes
    issuers: list

    def do_GET(self):
        if not self.permitted():
            return self.answer(401, {"message": "the token is not signed with this key, or not by a known issuer"})
        if self.path.startswith("/indexer/api/v1/index_state"):
            return self.answer(200, {"state": hashlib.sha256(versions.NAME.encode()).hexdigest()})
        return self.answer(404, {"message": "not found"})

    do_POST = do_GET

    def permitted(self):
        body, _, mark = (self.headers.get("Authorization") or "").removeprefix("Bearer ").rpartition(".")
        wanted = base64.urlsafe_b64encode(hmac.new(self.key, body.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
        if not hmac.compare_digest(wanted, mark):
            return False
        claims = json.loads(base64.urlsafe_b64decode(body.split(".")[1] + "=="))
        return not self.issuers or claims.get("iss") in self.issuers
