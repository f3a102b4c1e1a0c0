"""registry: nginx, docker-registry and the web part, until one of them ends or SIGTERM comes."""

import os
import secrets
import signal
import socket
import subprocess
import threading
import time

from . import backend, bundle, database, health, redis, storage, versions, web
from .failure import say

KEY_LIFETIME = 120  # minutes, renewed every 55


def run(config):
    # before anything listens: a container that is told to stop must not make podman wait
    children = []
    signal.signal(signal.SIGTERM, lambda *_: stop(children))
    signal.signal(signal.SIGINT, lambda *_: stop(children))
    check_services(config)
    kid = secrets.token_hex(32)
    store_key(config, kid)
    threading.Thread(target=keep_key, args=(config, kid), daemon=True).start()
    server = web.listen(config, kid, health.WEB_PORT)
    children.append(subprocess.Popen(["docker-registry", "serve", backend.write_registry(config)]))
    children.append(subprocess.Popen(["nginx", "-c", backend.write_nginx(config, bundle.STACK)]))
    for child in children:
        threading.Thread(target=watch, args=(child, children), daemon=True).start()
    say(f"Quay STAND-IN {versions.NAME} serves {config['PREFERRED_URL_SCHEME']}://{config['SERVER_HOSTNAME']}, schema {versions.HEAD}")
    server.serve_forever()


def check_services(config):
    """No start without schema, secret key, Redis and bucket, also where validation is ignored."""
    with database.session(config) as cursor:
        database.check_extension(cursor)
        database.check_schema(cursor)
        database.check_secret(cursor, config)
    for field in ("BUILDLOGS_REDIS", "USER_EVENTS_REDIS"):
        redis.ping(field, config.get(field))
    storage.preferred(config).check()


def store_key(config, kid):
    with database.session(config) as cursor:
        cursor.execute(
            "insert into servicekey (kid, service, name, expiration_date) values (%s, 'quay', %s, now() + %s * interval '1 minute') "
            "on conflict (kid) do update set expiration_date = excluded.expiration_date",
            (kid, socket.gethostname(), KEY_LIFETIME),
        )


def keep_key(config, kid):
    while True:
        time.sleep(55 * 60)
        try:
            store_key(config, kid)
        except Exception as error:  # pylint: disable=broad-except  # the health check tells when it has expired
            say(f"service key not renewed: {error}")


def watch(child, children):
    status = child.wait()
    say(f"{child.args[0]} ended with status {status}")
    stop([other for other in children if other is not child], status or 1)


def stop(children, status=0):
    for child in children:
        child.terminate()
    os._exit(status)
