"""ssl.cert and ssl.key of the bundle."""

import os
import subprocess

from . import versions
from .failure import Failure


def needed(config):
    return config.get("PREFERRED_URL_SCHEME") == "https" and not config.get("EXTERNAL_TLS_TERMINATION")


def present(folder):
    return all(os.path.exists(os.path.join(folder, name)) for name in ("ssl.cert", "ssl.key"))


def check(folder, hostname):
    """Both files readable, a pair, in date, and made out to the host name by subject alternative name."""
    certificate, key = os.path.join(folder, "ssl.cert"), os.path.join(folder, "ssl.key")
    for path in (certificate, key):
        if not os.path.exists(path):
            raise Failure(f"{os.path.basename(path)} is missing: PREFERRED_URL_SCHEME is https and EXTERNAL_TLS_TERMINATION is not set")
        if not os.access(path, os.R_OK):
            raise Failure(f"{os.path.basename(path)} cannot be read by user {os.getuid()}")
    if openssl("x509", "-in", certificate, "-noout", "-pubkey") != openssl("pkey", "-in", key, "-pubout"):
        raise Failure("ssl.key does not belong to ssl.cert")
    if not succeeds("x509", "-in", certificate, "-noout", "-checkend", "0"):
        raise Failure("ssl.cert has expired")
    name = hostname.rsplit(":", 1)[0]
    if may_use_common_name() and "DNS:" not in names(certificate):
        if f"CN = {name}" not in openssl("x509", "-in", certificate, "-noout", "-subject"):
            raise Failure(f"ssl.cert is not made out to SERVER_HOSTNAME {name}")
        return
    if "DNS:" not in names(certificate):
        raise Failure(f"ssl.cert has no subject alternative name; the common name is not looked at: make it out to DNS:{name}")
    answer = openssl("x509", "-in", certificate, "-noout", "-checkhost", name)
    if "does match" not in answer:
        raise Failure(f"ssl.cert is not made out to SERVER_HOSTNAME {name}")


def names(certificate):
    return openssl("x509", "-in", certificate, "-noout", "-ext", "subjectAltName")


def may_use_common_name():
    """Up to 3.7 the runtime's old way with certificates can be asked for."""
    return not versions.since(3, 8) and "x509ignoreCN=0" in os.environ.get("GODEBUG", "")


def openssl(*words):
    done = subprocess.run(["openssl", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"openssl cannot read {os.path.basename(words[2])}: {done.stderr.strip().splitlines()[:1]}")
    return done.stdout


def succeeds(*words):
    return subprocess.run(["openssl", *words], capture_output=True, check=False).returncode == 0
