"""What system this is."""
import platform

from ansible.module_utils import distro
from ansible.module_utils.common._utils import get_all_subclasses

__all__ = ('get_distribution', 'get_distribution_version', 'get_platform_subclass')

_NAMES = {'Amzn': 'Amazon', 'Rhel': 'Redhat'}


def get_distribution():
    found = distro.id().capitalize()
    if platform.system() == 'Linux':
        return _NAMES.get(found, found or 'OtherLinux')
    return found or platform.system()


def get_distribution_version():
    if platform.system() != 'Linux':
        return None
    best = distro.version(best=True)
    if distro.id() == 'centos':
        return '.'.join(best.split('.')[:2])
    return best if distro.id() == 'debian' else distro.version()


def get_distribution_codename():
    return distro.codename() or None if platform.system() == 'Linux' else None


def get_platform_subclass(cls):
    """The subclass that says it is for this distribution, else the one for this system, else the class itself."""
    this_platform = platform.system()
    distribution = get_distribution()
    below = get_all_subclasses(cls)
    for one in below:
        if distribution is not None and getattr(one, 'distribution', None) == distribution and getattr(one, 'platform', None) == this_platform:
            return one
    for one in below:
        if getattr(one, 'platform', None) == this_platform and getattr(one, 'distribution', None) is None:
            return one
    return cls
