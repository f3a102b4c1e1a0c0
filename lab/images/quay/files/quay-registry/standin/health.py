"""The three health endpoints, with the fields and codes of the real ones."""

import http.client
import shutil
import tempfile

from . import database, redis, servicekey, storage
from .failure import Failure, say

REGISTRY_PORT = 5001
WEB_PORT = 5002


def instance(config, kid):
    return answer(
        {
            "auth": lambda: auth(config),
            "database": lambda: check_database(config),
            "disk_space": lambda: disk(config.get("DISKSPACE_HEALTH_THRESHOLD", 0.01)),
            "registry_gunicorn": lambda: serves(REGISTRY_PORT, "/v2/"),
            "service_key": lambda: service_key(config, kid),
            "web_gunicorn": lambda: serves(WEB_PORT, "/_internal_ping"),
        }
    )


def endtoend(config):
    return answer(
        {
            "auth": lambda: auth(config),
            "database": lambda: check_database(config),
            "redis": lambda: redis.ping("BUILDLOGS_REDIS", config["BUILDLOGS_REDIS"], timeout=2),
            "storage": lambda: config.get("REGISTRY_STATE") == "readonly" or storage.preferred(config).check(timeout=3),
        }
    )


def warning(config):
    return answer({"disk_space_warning": lambda: disk(config.get("DISKSPACE_HEALTH_WARNING_THRESHOLD", 0.1))})


def answer(checks):
    """(code, body): the code of the answer and the field in it are the same."""
    services = {name: succeeds(name, check) for name, check in checks.items()}
    code = 200 if all(services.values()) else 503
    return code, {"data": {"services": services}, "status_code": code}


def succeeds(name, check):
    try:
        check()
        return True
    except Exception as error:  # pylint: disable=broad-except  # whatever it is, the service is not well
        say(f"health: {name}: {error}")
        return False


def auth(config):
    with database.session(config) as cursor:
        cursor.execute('select count(*) from "user"')


def check_database(config):
    with database.session(config) as cursor:
        # as in the real one a schema of another version is no illness: during an upgrade the old nodes go on serving
        database.check_damage(cursor)


def disk(threshold):
    for path in ("/quay-registry", tempfile.gettempdir()):
        usage = shutil.disk_usage(path)
        if usage.free / usage.total < threshold:
            raise Failure(f"{path} has {usage.free / usage.total:.1%} free")


def serves(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    finally:
        connection.close()
    if status != 200:
        raise Failure(f"port {port} answers {status}")


def service_key(config, kid):
    """Like the real check, true when the database is away: the database's own check tells that."""
    try:
        database.connect(config).close()
    except Failure:
        return
    servicekey.check(config, kid)
