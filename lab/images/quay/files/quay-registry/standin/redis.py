"""A PING with a password, over a bare socket."""

import socket

from .failure import Failure


def ping(name, settings, timeout=4):
    """Raises unless the Redis of field NAME answers PONG."""
    if not isinstance(settings, dict) or not settings.get("host"):
        raise Failure(f"{name}: host is missing")
    host, port = settings["host"], int(settings.get("port") or 6379)
    commands = []
    if settings.get("password"):
        commands.append(("AUTH", str(settings["password"])))
    commands.append(("PING",))
    try:
        with socket.create_connection((host, port), timeout=timeout) as link, link.makefile("rb") as answers:
            for command in commands:
                link.sendall(encode(command))
                answer = answers.readline().decode(errors="replace").strip()
                if not answer.startswith("+"):
                    raise Failure(f"{name}: Redis at {host}:{port} refuses {command[0]}: {answer.lstrip('-') or 'connection closed'}")
    except OSError as error:
        raise Failure(f"{name}: no Redis at {host}:{port}: {error}") from error


def encode(words):
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        data = word.encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)
