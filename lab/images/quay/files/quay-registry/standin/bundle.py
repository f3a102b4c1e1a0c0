"""The configuration bundle: conf/stack with config.yaml and certificates."""

import os
import stat

import yaml

from . import versions
from .failure import Failure

STACK = os.path.join(os.environ.get("QUAYCONF", "/quay-registry/conf"), "stack")


def load(folder=STACK):
    path = os.path.join(folder, "config.yaml")
    try:
        with open(path, encoding="utf-8") as file:
            config = yaml.safe_load(file)
    except FileNotFoundError as error:
        raise Failure(f"{path} is not there: mount the configuration bundle on /conf/stack") from error
    except PermissionError as error:
        raise Failure(f"{path} cannot be read by user {os.getuid()} (groups {os.getgroups()}): {ownership(path)}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Failure(f"{path} is not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(config, dict):
        raise Failure(f"{path} holds no fields")
    return config


def ownership(path):
    for candidate in (path, os.path.dirname(path)):
        try:
            info = os.stat(candidate)
        except OSError:
            continue
        return f"{candidate} belongs to {info.st_uid}:{info.st_gid} with mode {stat.S_IMODE(info.st_mode):04o}"
    return "its folder cannot be entered"


def flag(config, name, default=False):
    """A FEATURE_ or other truth value; python's defaults of the real application are the callers' business."""
    return bool(config.get(name, default))


def read_only(config):
    return config.get("REGISTRY_STATE") == "readonly"


def pushes_off(config):
    """Why nothing can be pushed, or None."""
    if read_only(config):
        return "System is currently read-only. Pulls will succeed but all write operations are currently suspended."
    if config.get("DISABLE_PUSHES") is True and versions.since(3, 13):
        return "Pushes to the registry are currently disabled. Please contact the administrator for more information."
    return None


def boot_checks(config):
    """What the real application raises for at start, whatever validation says."""
    if config.get("SETUP_COMPLETE") is not True:
        raise Failure("SETUP_COMPLETE is not true: the configuration is not finished")
    if versions.since(3, 2) and not config.get("DATABASE_SECRET_KEY"):
        raise Failure("DATABASE_SECRET_KEY is missing: it is required once SETUP_COMPLETE is true")
    if not config.get("SECRET_KEY"):
        raise Failure("SECRET_KEY is missing: each node would make up its own, and logins would break between nodes")
    geo = flag(config, "FEATURE_STORAGE_REPLICATION") and (3, 8, 0) <= versions.NUMBER <= (3, 17, 3)
    if geo and not os.environ.get("QUAY_DISTRIBUTED_STORAGE_PREFERENCE"):
        raise Failure("FEATURE_STORAGE_REPLICATION is on and QUAY_DISTRIBUTED_STORAGE_PREFERENCE is not set in the environment")
