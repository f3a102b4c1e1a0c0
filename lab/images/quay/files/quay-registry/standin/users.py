"""Users, passwords and access tokens in the database."""

import hashlib
import hmac
import os
import re
import secrets
import uuid

from .failure import Failure


def hash_password(password):
    salt = os.urandom(16)
    return f"scrypt${salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, n=4096, r=8, p=1).hex()}"


def matches(password, stored):
    kind, salt, digest = (stored or "none$$").split("$")
    if kind != "scrypt":
        return False
    found = hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), n=4096, r=8, p=1).hex()
    return hmac.compare_digest(found, digest)


def authenticate(cursor, username, password):
    """The user's id, or None."""
    cursor.execute('select id, password_hash from "user" where (username = %s or email = %s) and enabled and not organization', (username, username))
    row = cursor.fetchone()
    return row[0] if row and matches(password, row[1]) else None


def create(cursor, username, password, email):
    if not re.fullmatch(r"[a-z0-9]+(?:[._-][a-z0-9]+)*", username or "") or not 2 <= len(username) <= 255:
        raise Failure("Invalid namespace: a user name has 2 to 255 of a-z, 0-9 and ._- between them")
    if not isinstance(password, str) or len(password) < 8 or re.search(r"\s", password):
        raise Failure("Invalid password, password must be at least 8 characters and contain no whitespace.")
    cursor.execute(
        'insert into "user" (uuid, username, password_hash, email, verified) values (%s, %s, %s, %s, true) returning id',
        (str(uuid.uuid4()), username, hash_password(password), email),
    )
    return cursor.fetchone()[0]


def any_user(cursor):
    cursor.execute('select 1 from "user" limit 1')
    return cursor.fetchone() is not None


def new_token(cursor, user_id, scope):
    token = secrets.token_hex(20).upper()
    cursor.execute(
        "insert into oauthaccesstoken (token_hash, authorized_user_id, scope) values (%s, %s, %s)",
        (hashlib.sha256(token.encode()).hexdigest(), user_id, scope),
    )
    return token


def by_token(cursor, token):
    """(id, username) of the user an API token belongs to, or None."""
    cursor.execute(
        'select u.id, u.username from oauthaccesstoken t join "user" u on u.id = t.authorized_user_id where t.token_hash = %s',
        (hashlib.sha256(token.encode()).hexdigest(),),
    )
    return cursor.fetchone()
