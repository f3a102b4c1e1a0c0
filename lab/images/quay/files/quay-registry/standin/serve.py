"""registry: nginx, docker-registry and the web part, until one of them ends or SIGTERM comes."""

import os
import signal
import subprocess
import threading

from . import backend, backfill, bundle, database, health, redis, servicekey, storage, versions, web
from .failure import say


def run(config):
    # before anything listens: a container that is told to stop must not make podman wait
    children = []
    signal.signal(signal.SIGTERM, lambda *_: stop(children))
    signal.signal(signal.SIGINT, lambda *_: stop(children))
    check_services(config)
    kid = servicekey.begin(config)
    backfill.begin(config)
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
        if versions.since(3, 2):
            database.check_secret(cursor, config)
    for field in ("BUILDLOGS_REDIS", "USER_EVENTS_REDIS"):
        redis.ping(field, config.get(field))
    storage.preferred(config).check()


def watch(child, children):
    status = child.wait()
    say(f"{child.args[0]} ended with status {status}")
    stop([other for other in children if other is not child], status or 1)


def stop(children, status=0):
    for child in children:
        child.terminate()
    os._exit(status)
