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
KNOWN = {"http_listen_addr", "introspection_addr", "log_level", "tls", *SERVICES, "matchers", "updaters", "auth", "trace", "metrics"}
PATIENCE = 30  # seconds for the database


def run():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    four = versions.since(3, 4)
    config = load(os.environ.get("CLAIR_CONF", "/clair/config.yaml") if four else "/clair/config/config.yaml")
    sources = check_four(config) if four else check_two(config)
    for source in sorted(set(sources)):
        prepare(source, 4 if four else 2)
    if four:
        key, issuers = psk(config)
        serve(port_of(config.get("introspection_addr", ":8089")), Introspection)
        api = type("Api", (Api,), {"key": key, "issuers": issuers})
        say(f"Clair STAND-IN of Quay {versions.NAME}: ready")
        serve(port_of(config.get("http_listen_addr", ":6060")), api).join()
    else:
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
    source = (((config.get("clair") or {}).get("database") or {}).get("options") or {}).get("source")
    if not source:
        raise Failure("clair.database.options.source is missing")
    return [source]


def check_four(config):
    strange = sorted(set(config) - KNOWN)
    if strange and versions.since(3, 9):
        raise Failure(f"unknown fields in the configuration: {', '.join(strange)}")
    missing = [f"{name}.connstring" for name in SERVICES if not (config.get(name) or {}).get("connstring")]
    if missing and os.environ.get("CLAIR_MODE", "combo") == "combo":
        raise Failure(f"{', '.join(missing)} must be set in combo mode")
    return [config[name]["connstring"] for name in SERVICES if config.get(name)]


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


def prepare(source, kind):
    """Its own schema, never the registry's, and never that of another kind or of a newer version."""
    connection = connect(source)
    with connection, connection.cursor() as cursor:
        cursor.execute("select to_regclass('alembic_version') is not null")
        if cursor.fetchone()[0]:
            raise Failure("this is the registry's own database: Clair needs one of its own")
        cursor.execute("select pg_advisory_xact_lock(7157)")
        if kind == 4:
            cursor.execute('create extension if not exists "uuid-ossp"')
        cursor.execute("create table if not exists standin_clair (kind integer not null, line integer not null)")
        cursor.execute("select kind, line from standin_clair")
        row = cursor.fetchone()
        if row and row[0] != kind:
            raise Failure(f"the database is that of Clair {row[0]}, and this is Clair {kind}: nothing is taken over, give it a new one")
        if row and row[1] > versions.NUMBER[1]:
            raise Failure(f"the database is newer than {versions.NAME}: it has been used by that of Quay 3.{row[1]}")
        cursor.execute("delete from standin_clair")
        cursor.execute("insert into standin_clair values (%s, %s)", (kind, versions.NUMBER[1]))
    connection.close()


def port_of(address):
    return int(str(address).rpartition(":")[2])


def serve(port, handler):
    server = http.server.ThreadingHTTPServer(("", port), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    return thread


class Introspection(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer(200, {"status": "ok"})

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
