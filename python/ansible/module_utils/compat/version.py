"""Versions that can be compared, strict ones (1.2, 1.2.3a4) and loose ones (anything)."""
import re
from functools import total_ordering


class Version(object):
    def __init__(self, vstring=None):
        if vstring:
            self.parse(vstring)

    def __repr__(self):
        return "%s ('%s')" % (self.__class__.__name__, str(self))

    def _other(self, other):
        return self.__class__(other) if isinstance(other, str) else other

    def __eq__(self, other):
        other = self._other(other)
        return self._cmp(other) == 0 if isinstance(other, Version) else NotImplemented

    def __lt__(self, other):
        other = self._other(other)
        return self._cmp(other) < 0 if isinstance(other, Version) else NotImplemented

    def _cmp(self, other):
        mine, its = self._key(), self._other(other)._key()
        return (mine > its) - (mine < its)

    def _key(self):
        return self.version

    __hash__ = None


@total_ordering
class StrictVersion(Version):
    version_re = re.compile(r'^(\d+) \. (\d+) (\. (\d+))? ([ab](\d+))?$', re.VERBOSE | re.ASCII)

    def parse(self, vstring):
        found = self.version_re.match(vstring)
        if not found:
            raise ValueError("invalid version number '%s'" % vstring)
        major, minor, _dot, patch, pre, number = found.groups()
        self.version = (int(major), int(minor), int(patch or 0))
        self.prerelease = (pre[0], int(number)) if pre else None

    def _key(self):
        # what comes before a release has a letter before 'z'
        return (self.version, self.prerelease or ('z', 0))

    def __str__(self):
        shown = self.version if self.version[2] else self.version[:2]
        return '.'.join(map(str, shown)) + ('%s%d' % self.prerelease if self.prerelease else '')


@total_ordering
class LooseVersion(Version):
    component_re = re.compile(r'(\d+ | [a-z]+ | \.)', re.VERBOSE)

    def parse(self, vstring):
        self.vstring = vstring
        parts = [one for one in self.component_re.split(vstring) if one and one != '.']
        self.version = [int(one) if one.isdigit() else one for one in parts]

    def __str__(self):
        return self.vstring
