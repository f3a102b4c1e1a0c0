"""Where a program lies."""
import os

from ansible.module_utils.common.file import is_executable


def get_bin_path(arg, opt_dirs=None, required=None):
    """The path of a program in the given folders, the PATH or the folders of the administrator's programs."""
    if os.path.isabs(arg) and os.path.exists(arg):
        return arg
    folders = [one for one in (opt_dirs or []) if one is not None and os.path.exists(one)]
    folders += os.environ.get('PATH', '').split(os.pathsep)
    folders += [one for one in ('/sbin', '/usr/sbin', '/usr/local/sbin') if one not in folders and os.path.exists(one)]
    for folder in folders:
        if not folder:
            continue
        path = os.path.join(folder, arg)
        if os.path.exists(path) and not os.path.isdir(path) and is_executable(path):
            return path
    raise ValueError('Failed to find required executable "%s" in paths: %s' % (arg, os.pathsep.join(folders)))
