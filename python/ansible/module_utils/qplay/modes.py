"""Symbolic modes (`u=rwx,g+s,o-w`), as chmod(1) reads them."""
import os
import re
import stat

CLAUSE = re.compile(r'^([ugoa]*)((?:[=+-](?:[ugo]|[rwxXst]*))+)$')
ACTION = re.compile(r'([=+-])([ugo]|[rwxXst]*)')
SHIFT = {'u': 6, 'g': 3, 'o': 0}
BITS = {'r': 4, 'w': 2, 'x': 1}
SPECIAL = {'u': stat.S_ISUID, 'g': stat.S_ISGID, 'o': stat.S_ISVTX}


def symbolic_mode(path_stat, text):
    """The mode that a file of this state has after `text`. Raises ValueError when it is none."""
    mode = stat.S_IMODE(path_stat.st_mode)
    for clause in text.split(','):
        found = CLAUSE.match(clause)
        if not found:
            raise ValueError('bad symbolic permission for mode: %s' % clause)
        who = found.group(1)
        users = 'ugo' if who in ('', 'a') or 'a' in who else who
        for operator, permissions in ACTION.findall(found.group(2)):
            for user in users:
                mode = _applied(mode, user, operator, _wanted(permissions, user, mode, path_stat, who == ''))
    return mode


def _wanted(permissions, user, mode, path_stat, use_umask):
    if permissions in SHIFT and permissions:
        return (mode >> SHIFT[permissions] & 7) << SHIFT[user]
    bits = 0
    for one in permissions:
        if one in BITS:
            bits |= BITS[one]
        elif one == 'X' and (stat.S_ISDIR(path_stat.st_mode) or path_stat.st_mode & 0o111):
            bits |= 1
    bits <<= SHIFT[user]
    if use_umask:
        umask = os.umask(0)
        os.umask(umask)
        bits &= ~umask
    if 's' in permissions and user in 'ug':
        bits |= SPECIAL[user]
    if 't' in permissions and user in 'o':
        bits |= SPECIAL['o']
    return bits


def _applied(mode, user, operator, bits):
    if operator == '+':
        return mode | bits
    if operator == '-':
        return mode & ~bits
    return mode & ~(7 << SHIFT[user] | SPECIAL[user]) | bits
