"""The web part: health, the few API calls an installer makes, registry logins, and manifests (which leave rows)."""

import base64
import http.client
import http.server
import json
import re
import urllib.parse

import psycopg2

from . import access, backfill, bundle, database, health, users, versions
from .failure import Failure, say

PAGE = "<!doctype html><title>Quay stand-in</title><h1>Quay stand-in {version}</h1><p>Made by the qplay lab. This is not Quay: it behaves like it where an installer can go wrong."
MANIFEST = re.compile(r"^/v2/(.+)/manifests/([^/?]+)$")
SCOPE = re.compile(r"^/v2/(.+)/(?:blobs|manifests|tags)/")


def listen(config, kid, port):
    class Handler(Web):
        pass

    Handler.config, Handler.kid = config, kid
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server


class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    config: dict
    kid: str

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.path_only, _, self.query = self.path.partition("?")
        try:
            self.route()
        except (Failure, psycopg2.Error) as error:
            say(f"{self.command} {self.path_only}: {' '.join(str(error).split())}")
            self.reply(503, {"message": "a service behind this one does not answer"})

    do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = do_GET

    def route(self):
        fixed = {
            "/health": lambda: self.reply(*health.instance(self.config, self.kid)),
            "/health/instance": lambda: self.reply(*health.instance(self.config, self.kid)),
            "/health/endtoend": lambda: self.reply(*health.endtoend(self.config)),
            "/status": lambda: self.reply(*health.endtoend(self.config)),
            "/health/warning": lambda: self.reply(*health.warning(self.config)),
            "/_internal_ping": lambda: self.reply(200, True),
            "/v1/_internal_ping": lambda: self.reply(200, True),
            "/_authorize": self.authorize,
            "/v2": self.registry_root,
            "/v2/": self.registry_root,
            "/v2/auth": self.token,
            "/api/v1/user/initialize": self.initialize,
            "/api/v1/user/": self.current_user,
            "/api/v1/repository": self.repositories,
            "/": lambda: self.send(200, PAGE.format(version=versions.NAME).encode(), {"Content-Type": "text/html; charset=utf-8"}),
        }
        if backfill.in_background(self.config):
            for path in ("/upgradeprogress", "/upgradeprogress/"):
                fixed[path] = lambda: self.reply(200, backfill.progress(self.config))
        manifest = MANIFEST.match(self.path_only)
        if manifest:
            self.manifest(*manifest.groups())
        elif self.path_only.startswith("/v2/") and self.path_only not in fixed:
            self.forward(self.path) if self.permitted(self.path_only, self.command) else self.deny(self.path_only, self.command)
        else:
            fixed.get(self.path_only, lambda: self.reply(404, {"message": "Not found"}))()

    # --- answers

    def send(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def reply(self, status, value, headers=None):
        self.read_body()  # what is left unread would be taken for the next request
        self.send(status, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})})

    def read_body(self):
        if not hasattr(self, "body_of") or self.body_of is not self.headers:
            self.body_of = self.headers
            self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return self.body

    def json_body(self):
        try:
            value = json.loads(self.read_body() or b"{}")
        except ValueError:
            value = None
        return value if isinstance(value, dict) else {}

    # --- the API

    def initialize(self):
        """The first user of an empty database."""
        if self.command != "POST":
            return self.reply(405, {"message": "Method not allowed"})
        if bundle.read_only(self.config):
            return self.reply(503, {"message": bundle.pushes_off(self.config)})
        if not (versions.since(3, 6) and bundle.flag(self.config, "FEATURE_USER_INITIALIZE")):
            return self.reply(404, {"message": "Not found"})
        if self.config["AUTHENTICATION_TYPE"] != "Database":
            return self.reply(400, {"message": "Cannot initialize user in a non-database auth system"})
        wanted = self.json_body()
        with database.session(self.config) as cursor:
            cursor.execute('lock table "user" in exclusive mode')
            if users.any_user(cursor):
                return self.reply(400, {"message": "Cannot initialize user in a non-empty database"})
            try:
                user = users.create(cursor, wanted.get("username"), wanted.get("password"), wanted.get("email"))
            except Failure as failure:
                return self.reply(400, {"message": str(failure)})
            answer = {"username": wanted["username"], "email": wanted.get("email"), "encrypted_password": ""}
            if wanted.get("access_token"):
                answer["access_token"] = users.new_token(cursor, user, "super:user repo:create repo:admin user:admin")
        return self.reply(200, answer)

    def api_user(self, cursor):
        kind, _, value = (self.headers.get("Authorization") or "").partition(" ")
        return users.by_token(cursor, value) if kind == "Bearer" else None

    def current_user(self):
        with database.session(self.config) as cursor:
            user = self.api_user(cursor)
        if not user:
            return self.reply(401, {"message": "Requires authentication"})
        return self.reply(200, {"username": user[1], "anonymous": False, "super_user": user[1] in self.config.get("SUPER_USERS", [])})

    def repositories(self):
        with database.session(self.config) as cursor:
            user = self.api_user(cursor)
            if not user:
                return self.reply(401, {"message": "Requires authentication"})
            cursor.execute(
                'select u.username, r.name, r.visibility, coalesce(array_agg(t.name) filter (where t.name is not null), array[]::text[]) '
                'from repository r join "user" u on u.id = r.namespace_user_id left join tag t on t.repository_id = r.id '
                "where u.id = %s or u.owner_id = %s group by 1, 2, 3 order by 1, 2",
                (user[0], user[0]),
            )
            rows = cursor.fetchall()
        return self.reply(200, {"repositories": [{"namespace": r[0], "name": r[1], "is_public": r[2] == "public", "tags": sorted(r[3])} for r in rows]})

    # --- logins and tokens of the registry protocol

    def basic_user(self, cursor):
        """(id, name) for right credentials, None for none, False for wrong ones."""
        kind, _, value = (self.headers.get("Authorization") or "").partition(" ")
        if kind.lower() != "basic":
            return None
        try:
            name, _, password = base64.b64decode(value).decode().partition(":")
        except ValueError:
            return False
        user = users.authenticate(cursor, name, password)
        return (user, name) if user else False

    def token(self):
        query = urllib.parse.parse_qs(self.query)
        with database.session(self.config) as cursor:
            user = self.basic_user(cursor)
            anonymous = bundle.flag(self.config, "FEATURE_ANONYMOUS_ACCESS", True)
            if user is False or (user is None and not anonymous):
                return self.reply(401, {"errors": [{"code": "UNAUTHORIZED", "message": "Invalid Username or Password", "detail": {}}]})
            user_id, name = user or (None, None)
            granted = {}
            for scope in query.get("scope", []):
                for part in scope.split():
                    pieces = part.split(":")
                    if len(pieces) == 3 and pieces[0] == "repository":
                        granted[pieces[1]] = access.allowed(cursor, self.config, user_id, name, pieces[1], set(pieces[2].split(",")))
        token = access.issue(self.config, name, granted)
        return self.reply(200, {"token": token, "access_token": token, "expires_in": access.LIFETIME})

    def claims(self):
        kind, _, value = (self.headers.get("Authorization") or "").partition(" ")
        return access.read(self.config, value) if kind.lower() == "bearer" else None

    def permitted(self, path, method):
        scope = SCOPE.match(path)
        wanted = "pull" if method in ("GET", "HEAD") else "push"
        claims = self.claims()
        if claims:
            if not scope:
                return True
            return any(entry["name"] == scope[1] and wanted in entry["actions"] for entry in claims["access"])
        with database.session(self.config) as cursor:
            user = self.basic_user(cursor)
            if not user:
                return False
            return not scope or wanted in access.allowed(cursor, self.config, *user, scope[1], {wanted})

    def deny(self, path, method):
        scope = SCOPE.match(path)
        host, scheme = self.config["SERVER_HOSTNAME"], self.config["PREFERRED_URL_SCHEME"]
        challenge = f'Bearer realm="{scheme}://{host}/v2/auth",service="{host}"'
        if scope:
            challenge += f',scope="repository:{scope[1]}:{"pull" if method in ("GET", "HEAD") else "pull,push"}"'
        error = {"errors": [{"code": "UNAUTHORIZED", "message": "access to the requested resource is not authorized", "detail": {}}]}
        self.reply(401, error, {"Www-Authenticate": challenge, "Docker-Distribution-Api-Version": "registry/2.0"})

    def authorize(self):
        path = self.headers.get("X-Original-URI", "").partition("?")[0]
        method = self.headers.get("X-Original-Method", "GET")
        self.reply(200, True) if self.permitted(path, method) else self.deny(path, method)

    def registry_root(self):
        self.reply(200, True, {"Docker-Distribution-Api-Version": "registry/2.0"}) if self.permitted(self.path_only, "GET") else self.deny(self.path_only, "GET")

    def manifest(self, repository, reference):
        if not self.permitted(self.path_only, self.command):
            return self.deny(self.path_only, self.command)
        status, headers = self.forward(self.path)
        if self.command == "PUT" and status == 201:
            user = (self.claims() or {}).get("sub") or ""
            with database.session(self.config) as cursor:
                access.record(cursor, user, repository, reference, headers.get("Docker-Content-Digest", ""), self.json_body())
        return None

    def forward(self, path):
        """Hands the request to docker-registry; returns the answer's status and headers."""
        connection = http.client.HTTPConnection("127.0.0.1", health.REGISTRY_PORT, timeout=120)
        # repeated headers (Accept) are joined, not dropped
        headers = {}
        for name, value in self.headers.items():
            if name.lower() not in ("connection", "content-length", "authorization"):
                headers[name] = f"{headers[name]}, {value}" if name in headers else value
        try:
            connection.request(self.command, path, body=self.read_body() or None, headers=headers)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Failure(f"docker-registry does not answer: {error}") from error
        finally:
            connection.close()
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", response.getheader("Content-Length") if self.command == "HEAD" and response.getheader("Content-Length") else str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        return response.status, response.headers
