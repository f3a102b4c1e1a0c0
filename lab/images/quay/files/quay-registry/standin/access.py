"""Who may pull and push what, and the tokens of the registry protocol.

Tokens are signed with SECRET_KEY, so each node accepts what another issued as long as the keys are equal.
"""

import base64
import hashlib
import hmac
import json
import time
import uuid

from . import bundle

LIFETIME = 3600  # seconds


def issue(config, user, granted):
    """A token for (user name or None, {repository: set of actions})."""
    now = int(time.time())
    claims = {
        "iss": "quay",
        "aud": config["SERVER_HOSTNAME"],
        "sub": user or "(anonymous)",
        "iat": now,
        "exp": now + LIFETIME,
        "access": [{"type": "repository", "name": name, "actions": sorted(actions)} for name, actions in granted.items()],
    }
    body = f"{pack(json.dumps({'typ': 'JWT', 'alg': 'HS256'}))}.{pack(json.dumps(claims))}"
    return f"{body}.{signature(config, body)}"


def read(config, token):
    """The claims of a token, or None when it is not ours or too old."""
    body, _, mark = token.rpartition(".")
    if not hmac.compare_digest(signature(config, body), mark):
        return None
    claims = json.loads(base64.urlsafe_b64decode(body.split(".")[1] + "=="))
    return claims if claims["exp"] > time.time() else None


def pack(text):
    data = text if isinstance(text, bytes) else text.encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signature(config, body):
    return pack(hmac.new(str(config["SECRET_KEY"]).encode(), body.encode(), hashlib.sha256).digest())


def allowed(cursor, config, user_id, username, repository, wanted):
    """The actions of WANTED that the user has on the repository."""
    namespace, _, name = repository.partition("/")
    if not name:
        return set()
    cursor.execute('select id, owner_id, organization from "user" where username = %s', (namespace,))
    row = cursor.fetchone()
    if row is None:
        may_make = user_id is not None and bundle.flag(config, "CREATE_NAMESPACE_ON_PUSH")
        return wanted & {"pull", "push"} if may_make and "push" in wanted else set()
    if user_id is not None and user_id in (row[0], row[1]):
        return set(wanted)
    cursor.execute("select visibility from repository where namespace_user_id = %s and name = %s", (row[0], name))
    found = cursor.fetchone()
    return wanted & {"pull"} if found and found[0] == "public" else set()


def record(cursor, username, repository, tag, digest, manifest):
    """Rows for what has been pushed; makes namespace and repository when they are new."""
    namespace, _, name = repository.partition("/")
    cursor.execute(
        'insert into "user" (uuid, username, organization, owner_id) select %s, %s, true, id from "user" where username = %s on conflict (username) do nothing',
        (str(uuid.uuid4()), namespace, username),
    )
    cursor.execute(
        'insert into repository (namespace_user_id, name) select id, %s from "user" where username = %s on conflict do nothing',
        (name, namespace),
    )
    record_manifest(cursor, namespace, name, digest, manifest)
    if tag.startswith("sha256:"):
        return
    cursor.execute(
        "insert into tag (repository_id, name, manifest_digest) "
        'select r.id, %s, %s from repository r join "user" u on u.id = r.namespace_user_id where u.username = %s and r.name = %s '
        "on conflict (repository_id, name) do update set manifest_digest = excluded.manifest_digest, lifetime_start = now()",
        (tag, digest, namespace, name),
    )


def record_manifest(cursor, namespace, name, digest, manifest):
    cursor.execute(
        "insert into manifest (repository_id, digest) "
        'select r.id, %s from repository r join "user" u on u.id = r.namespace_user_id where u.username = %s and r.name = %s '
        "on conflict (repository_id, digest) do update set digest = excluded.digest returning id, repository_id",
        (digest, namespace, name),
    )
    row = cursor.fetchone()
    parts = [manifest.get("config"), *(manifest.get("layers") or [])]
    for blob in {part["digest"] for part in parts if isinstance(part, dict) and "digest" in part}:
        cursor.execute("insert into manifestblob (repository_id, manifest_id, blob_digest) values (%s, %s, %s) on conflict do nothing", (row[1], row[0], blob))
