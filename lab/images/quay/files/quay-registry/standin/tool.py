"""config-tool validate: every field group checked, one table, exit 1 when anything is wrong."""

import os
import re
import socket
import sys
import urllib.parse

from . import bundle, database, redis, storage, tls, versions
from .failure import Failure, say

REQUIRED = [
    "AUTHENTICATION_TYPE",
    "BUILDLOGS_REDIS",
    "DATABASE_SECRET_KEY",
    "DB_URI",
    "DEFAULT_TAG_EXPIRATION",
    "DISTRIBUTED_STORAGE_CONFIG",
    "DISTRIBUTED_STORAGE_PREFERENCE",
    "PREFERRED_URL_SCHEME",
    "SECRET_KEY",
    "SERVER_HOSTNAME",
    "SETUP_COMPLETE",
    "TAG_EXPIRATION_OPTIONS",
    "USER_EVENTS_REDIS",
]
AUTHENTICATION = ("AppToken", "Database", "JWT", "Keystone", "LDAP", "OIDC")


def check_required(config, _folder, _online):
    missing = [field for field in REQUIRED if config.get(field) in (None, "")]
    if missing:
        raise Failure(f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} required")
    for field in ("SECRET_KEY", "DATABASE_SECRET_KEY"):
        if not isinstance(config[field], str):
            raise Failure(f"{field} must be text: put it in quotes, YAML reads it as {type(config[field]).__name__}")
    if config["SETUP_COMPLETE"] is not True:
        raise Failure("SETUP_COMPLETE must be true")


def check_hostname(config, folder, _online):
    scheme = config.get("PREFERRED_URL_SCHEME")
    if scheme not in ("http", "https"):
        raise Failure(f"PREFERRED_URL_SCHEME must be http or https, not {scheme!r}")
    name = str(config.get("SERVER_HOSTNAME") or "")
    if not re.fullmatch(r"[a-zA-Z0-9.-]+(:[0-9]+)?", name):
        raise Failure(f"SERVER_HOSTNAME must be a host name with an optional port, not {name!r}")
    if tls.needed(config):
        tls.check(folder, name)


def check_database(config, _folder, online):
    if not online:
        return
    with database.session(config) as cursor:
        database.check_extension(cursor)


def check_redis(config, _folder, online):
    for field in ("BUILDLOGS_REDIS", "USER_EVENTS_REDIS"):
        settings = config.get(field)
        if not isinstance(settings, dict) or not settings.get("host"):
            raise Failure(f"{field}: host is required")
        if online:
            redis.ping(field, settings)


def check_storage(config, _folder, online):
    found = storage.stores(config)
    for field in ("DISTRIBUTED_STORAGE_PREFERENCE", "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS"):
        for identifier in config.get(field) or []:
            if identifier not in found:
                raise Failure(f"{field} names {identifier}, which DISTRIBUTED_STORAGE_CONFIG does not have")
    if bundle.flag(config, "FEATURE_STORAGE_REPLICATION"):
        if any(store.local for store in found.values()):
            raise Failure("LocalStorage cannot be replicated")
        if len(found) < 2:
            raise Failure("FEATURE_STORAGE_REPLICATION needs two stores")
    if online:
        for store in found.values():
            store.check()


def check_time_machine(config, _folder, _online):
    options = config.get("TAG_EXPIRATION_OPTIONS")
    if not isinstance(options, list) or not options:
        raise Failure("TAG_EXPIRATION_OPTIONS must be a list")
    for value in [*options, config.get("DEFAULT_TAG_EXPIRATION")]:
        if not re.fullmatch(r"[0-9]+[wdhms]", str(value)):
            raise Failure(f"{value!r} is not a time such as 2w or 1d")
    if config.get("DEFAULT_TAG_EXPIRATION") not in options:
        raise Failure(f"DEFAULT_TAG_EXPIRATION {config.get('DEFAULT_TAG_EXPIRATION')} must be one of TAG_EXPIRATION_OPTIONS")


def check_access(config, _folder, _online):
    kind = config.get("AUTHENTICATION_TYPE")
    if kind not in AUTHENTICATION:
        raise Failure(f"AUTHENTICATION_TYPE must be one of {', '.join(AUTHENTICATION)}, not {kind!r}")
    users = config.get("SUPER_USERS", [])
    if not isinstance(users, list) or not all(users) or len(set(users)) != len(users):
        raise Failure("SUPER_USERS must be a list of different names")
    if bundle.flag(config, "FEATURE_INVITE_ONLY_USER_CREATION") and not bundle.flag(config, "FEATURE_USER_CREATION", True):
        raise Failure("FEATURE_INVITE_ONLY_USER_CREATION needs FEATURE_USER_CREATION")


def check_email(config, _folder, _online):
    # the real application's default is true; without a server it fails only when it first writes a letter
    if bundle.flag(config, "FEATURE_MAILING") and not config.get("MAIL_SERVER"):
        raise Failure("FEATURE_MAILING is on and MAIL_SERVER is missing")


def check_scanner(config, _folder, online):
    """Up to 3.6 both Clairs are asked for when the mode is online: Clair 4 at 8089, the port its own default names, whatever it was given."""
    if not bundle.flag(config, "FEATURE_SECURITY_SCANNER"):
        return
    two = config.get("SECURITY_SCANNER_ENDPOINT") if not versions.since(3, 8) else None
    four = config.get("SECURITY_SCANNER_V4_ENDPOINT")
    if not two and not four:
        raise Failure("FEATURE_SECURITY_SCANNER is on and SECURITY_SCANNER_V4_ENDPOINT is missing")
    for field, address, port in (("SECURITY_SCANNER_ENDPOINT", two, None), ("SECURITY_SCANNER_V4_ENDPOINT", four, 8089)):
        if not address:
            continue
        parts = urllib.parse.urlsplit(str(address))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Failure(f"{field} must be an address such as http://clair:8081, not {address!r}")
        if online and not versions.since(3, 7):
            reach(field, parts.hostname, port or parts.port or 80)


def reach(field, host, port):
    try:
        socket.create_connection((host, port), timeout=3).close()
    except OSError as error:
        raise Failure(f"{field}: {host}:{port} cannot be reached: {error}") from error


GROUPS = [
    ("Required fields", check_required),
    ("HostSettings", check_hostname),
    ("Database", check_database),
    ("Redis", check_redis),
    ("DistributedStorage", check_storage),
    ("TimeMachine", check_time_machine),
    ("AccessSettings", check_access),
    ("Email", check_email),
    ("SecurityScanner", check_scanner),
]


def validate(config, folder, mode):
    """Pairs of field group and error (None when right)."""
    results = []
    for name, check in GROUPS:
        try:
            check(config, folder, mode == "online")
            results.append((name, None))
        except Failure as failure:
            results.append((name, str(failure)))
        except (TypeError, ValueError, AttributeError) as error:
            results.append((name, f"a field has the wrong type: {error}"))
    return results


def table(results):
    width = max(len(error or "-") for _, error in results)
    line = f"+{'-' * 20}+{'-' * (width + 2)}+--------+"
    rows = [line, f"| {'Field Group':<18} | {'Error':<{width}} | Status |", line]
    for name, error in results:
        rows.append(f"| {name:<18} | {error or '-':<{width}} | {'FAILED' if error else 'OK':<6} |")
    return "\n".join([*rows, line])


# fields the schema has lost, with the version that no longer has them
GONE = {
    "FEATURE_BITTORRENT": (3, 4),
    "BITTORRENT_ANNOUNCE_URL": (3, 4),
    "BITTORRENT_PIECE_SIZE": (3, 4),
    "FEATURE_ACI_CONVERSION": (3, 7),
    "FEATURE_APP_REGISTRY": (3, 7),
    "FEATURE_READONLY_APP_REGISTRY": (3, 7),
    "SECURITY_SCANNER_ENDPOINT": (3, 9),
    "TERMS_OF_SERVICE_URL": (3, 14),
}
# and fields that came later than the first version that validates
NEW = {
    "FEATURE_FIPS": (3, 5),
    "FEATURE_USER_INITIALIZE": (3, 6),
    "FEATURE_QUOTA_MANAGEMENT": (3, 7),
    "FEATURE_PROXY_CACHE": (3, 7),
    "FEATURE_LISTEN_IP_VERSION": (3, 8),
    "FEATURE_AUTO_PRUNE": (3, 10),
    "FEATURE_REFERRERS_API": (3, 12),
    "DISABLE_PUSHES": (3, 13),
}


def strangers(config):
    """Fields of another version. The real schema lets every field pass, and so does this one; it only says so."""
    gone = [name for name, number in GONE.items() if name in config and versions.since(*number)]
    early = [name for name, number in NEW.items() if name in config and not versions.since(*number)]
    return sorted([*gone, *early])


def validate_or_stop(folder, mode):
    config = bundle.load(folder)
    results = validate(config, folder, mode)
    print(table(results), flush=True)
    if strangers(config):
        say(f"unknown to {versions.NAME} and ignored: {', '.join(strangers(config))}")
    wrong = [name for name, error in results if error]
    if not wrong:
        return
    if os.environ.get("IGNORE_VALIDATION") == "true":
        say("validation failed; going on because IGNORE_VALIDATION is true")
        return
    raise Failure(f"the configuration is not valid: {', '.join(wrong)}")


def main(argv):
    options = {"-c": None, "--configPath": None, "-m": None, "--mode": None}
    if not argv or argv[0] != "validate":
        raise Failure("usage: config-tool validate -c DIR --mode online|offline", status=2)
    words = argv[1:]
    while words:
        if words[0] not in options or len(words) < 2:
            raise Failure(f"config-tool: unknown or incomplete option {words[0]}", status=2)
        options[words[0]] = words[1]
        words = words[2:]
    folder = options["-c"] or options["--configPath"]
    mode = options["-m"] or options["--mode"]
    if not folder or mode not in ("online", "offline"):
        raise Failure("usage: config-tool validate -c DIR --mode online|offline", status=2)
    validate_or_stop(folder if os.path.isabs(folder) else os.path.join("/quay-registry", folder), mode)
    sys.exit(0)
