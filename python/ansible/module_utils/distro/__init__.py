"""The distribution, as /etc/os-release and /etc/debian_version tell of it."""
import os
import shlex


def _read():
    found = {}
    for path in ('/etc/os-release', '/usr/lib/os-release'):
        if os.path.exists(path):
            with open(path) as handle:
                for word in shlex.split(handle.read(), comments=True):
                    key, sign, value = word.partition('=')
                    if sign:
                        found[key.lower()] = value
            break
    return found


_release = _read()


def os_release_info():
    return dict(_release)


def id():
    return _release.get('id', '').lower()


def name(pretty=False):
    return _release.get('pretty_name' if pretty else 'name', '')


def version(pretty=False, best=False):
    if best and id() == 'debian' and os.path.exists('/etc/debian_version'):
        with open('/etc/debian_version') as handle:
            return handle.read().strip()
    return _release.get('version_id', '')


def codename():
    return _release.get('version_codename', _release.get('ubuntu_codename', ''))


def like():
    return _release.get('id_like', '')


def major_version(best=False):
    return version(best=best).split('.')[0]
