"""The key this instance signs with: made at each start, or given by files, which a registry that is read-only cannot do without."""

import os
import secrets
import socket
import subprocess
import threading
import time

from . import bundle, database
from .failure import Failure, say

LIFETIME = 120  # minutes, renewed every 55
ROOT = "/quay-registry"


def begin(config):
    """The id of the key."""
    if config.get("INSTANCE_SERVICE_KEY_KID_LOCATION") or bundle.read_only(config):
        return given(config)
    kid = secrets.token_hex(32)
    store(config, kid)
    threading.Thread(target=keep, args=(config, kid), daemon=True).start()
    return kid


def given(config):
    where = {field: config.get(field) for field in ("INSTANCE_SERVICE_KEY_KID_LOCATION", "INSTANCE_SERVICE_KEY_LOCATION")}
    missing = [field for field, path in where.items() if not path]
    if missing:
        raise Failure(f"{' and '.join(missing)} must be set: a registry that is read-only cannot make a service key")
    paths = [os.path.join(ROOT, path) for path in where.values()]
    for path in paths:
        if not os.access(path, os.R_OK):
            raise Failure(f"{path} is not there, or cannot be read by user {os.getuid()}")
    if subprocess.run(["openssl", "pkey", "-in", paths[1], "-noout"], capture_output=True, check=False).returncode:
        raise Failure(f"{paths[1]} holds no private key")
    with open(paths[0], encoding="utf-8") as file:
        kid = file.read().strip()
    check(config, kid)
    return kid


def check(config, kid):
    with database.session(config) as cursor:
        cursor.execute("select approval_id is not null, coalesce(expiration_date > now() at time zone 'utc', true) from servicekey where kid = %s", (kid,))
        row = cursor.fetchone()
    if row is None:
        raise Failure(f"the service key {kid} is not in the database")
    if not row[0]:
        raise Failure(f"the service key {kid} is not approved")
    if not row[1]:
        raise Failure(f"the service key {kid} has expired")


def store(config, kid):
    """As the real one, a key of an instance approves itself."""
    with database.session(config) as cursor:
        cursor.execute(
            "insert into servicekeyapproval (approval_type, approved_date, notes) "
            "select 'ServiceKeyApprovalType.AUTOMATIC', now(), '' where not exists (select 1 from servicekey where kid = %s) returning id",
            (kid,),
        )
        row = cursor.fetchone()
        cursor.execute(
            "insert into servicekey (kid, service, name, expiration_date, approval_id) values (%s, 'quay', %s, now() at time zone 'utc' + %s * interval '1 minute', %s) "
            "on conflict (kid) do update set expiration_date = excluded.expiration_date",
            (kid, socket.gethostname(), LIFETIME, row[0] if row else None),
        )


def keep(config, kid):
    while True:
        time.sleep(55 * 60)
        try:
            store(config, kid)
        except Exception as error:  # pylint: disable=broad-except  # the health check tells when it has expired
            say(f"service key not renewed: {error}")
