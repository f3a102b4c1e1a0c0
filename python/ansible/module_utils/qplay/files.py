"""What a module does with files: owner, mode, SELinux, backups, moves that are seen as a whole or not at all."""
import errno
import grp
import hashlib
import os
import pwd
import shutil
import stat
import sys
import tempfile
import time
import traceback

from ansible.module_utils.common.file import format_attributes, get_flags_from_attributes
from ansible.module_utils.common.text.converters import to_bytes, to_native, to_text
from ansible.module_utils.qplay.modes import symbolic_mode

ALGORITHMS = dict((name, getattr(hashlib, name)) for name in hashlib.algorithms_guaranteed if hasattr(hashlib, name) and 'shake' not in name)
# a rename that may work as a copy: another device, no right to the folder, a file that is in use
COPY_INSTEAD = (errno.EPERM, errno.EXDEV, errno.EACCES, errno.ETXTBSY, errno.EBUSY)


def expanded(path, expand=True):
    path = to_bytes(path, errors='surrogate_or_strict')
    return os.path.expanduser(os.path.expandvars(path)) if expand else path


def differs(diff, key, before, after):
    if diff is not None:
        diff.setdefault('before', {})[key] = before
        diff.setdefault('after', {})[key] = after


class FileWork(object):
    def selinux_enabled(self):
        return os.path.exists('/sys/fs/selinux/enforce')

    def selinux_mls_enabled(self):
        try:
            with open('/sys/fs/selinux/mls') as handle:
                return handle.read().strip() == '1'
        except (IOError, OSError):
            return False

    def selinux_initial_context(self):
        return [None] * (4 if self.selinux_mls_enabled() else 3)

    def selinux_context(self, path):
        empty = self.selinux_initial_context()
        if not self.selinux_enabled():
            return empty
        try:
            text = to_native(os.getxattr(to_bytes(path), 'security.selinux', follow_symlinks=False)).rstrip('\0')
        except OSError as failure:
            if failure.errno == errno.ENOENT:
                self.fail_json(path=to_native(path), msg='path %s does not exist' % to_native(path))
            return empty
        return text.split(':', 3)[:len(empty)]

    def selinux_default_context(self, path, mode=0):
        empty = self.selinux_initial_context()
        program = self.get_bin_path('matchpathcon') if self.selinux_enabled() else None
        if program is None:
            return empty
        code, out, _err = self.run_command([program, '-n', to_native(path)])
        return out.strip().split(':', 3)[:len(empty)] if code == 0 and ':' in out else empty

    def set_default_selinux_context(self, path, changed):
        if not self.selinux_enabled():
            return changed
        return self.set_context_if_different(path, self.selinux_default_context(path), False)

    def set_context_if_different(self, path, context, changed, diff=None):
        if not self.selinux_enabled() or self.check_file_absent_if_check_mode(path):
            return changed
        now = self.selinux_context(path)
        wanted = [new if new else old for new, old in zip(list(context) + [None] * len(now), now)]
        if wanted == now or None in wanted:
            return changed
        differs(diff, 'secontext', now, wanted)
        if not self.check_mode:
            self.run_command(['chcon', '-h', ':'.join(wanted), to_native(path)], check_rc=True)
        return True

    def user_and_group(self, path, expand=True):
        found = os.lstat(expanded(path, expand))
        return found.st_uid, found.st_gid

    def find_mount_point(self, path):
        path = os.path.realpath(os.path.expanduser(os.path.expandvars(to_bytes(path))))
        while not os.path.ismount(path):
            path = os.path.dirname(path)
        return to_text(path)

    def check_file_absent_if_check_mode(self, file_path):
        return self.check_mode and not os.path.exists(file_path)

    def set_owner_if_different(self, path, owner, changed, diff=None, expand=True):
        return self._own(path, owner, changed, diff, expand, 'owner')

    def set_group_if_different(self, path, group, changed, diff=None, expand=True):
        return self._own(path, group, changed, diff, expand, 'group')

    def _own(self, path, name, changed, diff, expand, kind):
        if name is None:
            return changed
        path = expanded(path, expand)
        if self.check_file_absent_if_check_mode(path):
            return True
        before = self.user_and_group(path, expand)[0 if kind == 'owner' else 1]
        number = self._number_of(path, name, kind)
        if before == number:
            return changed
        differs(diff, kind, before, number)
        if self.check_mode:
            return True
        try:
            os.lchown(path, number if kind == 'owner' else -1, number if kind == 'group' else -1)
        except OSError as failure:
            self.fail_json(path=to_text(path), msg='chown failed: %s' % to_text(failure) if kind == 'owner' else 'chgrp failed')
        return True

    def _number_of(self, path, name, kind):
        try:
            return int(name)
        except ValueError:
            pass
        try:
            return pwd.getpwnam(name).pw_uid if kind == 'owner' else grp.getgrnam(name).gr_gid
        except KeyError:
            self.fail_json(path=to_text(path), msg='%s failed: failed to look up %s %s'
                           % (('chown', 'user', name) if kind == 'owner' else ('chgrp', 'group', name)))

    def set_mode_if_different(self, path, mode, changed, diff=None, expand=True):
        if mode is None:
            return changed
        path = expanded(path, expand)
        if self.check_file_absent_if_check_mode(path):
            return True
        found = os.lstat(path)
        wanted = self._mode_of(path, mode, found)
        before = stat.S_IMODE(found.st_mode)
        if before == wanted:
            return changed
        differs(diff, 'mode', '0%03o' % before, '0%03o' % wanted)
        if self.check_mode:
            return True
        # the mode of a link is that of nothing
        if os.path.islink(path):
            return changed
        try:
            os.chmod(path, wanted)
        except OSError as failure:
            self.fail_json(path=to_text(path), msg='chmod failed', details=to_native(failure), exception=traceback.format_exc())
        return stat.S_IMODE(os.lstat(path).st_mode) != before or changed

    def _mode_of(self, path, mode, found):
        if isinstance(mode, int):
            return mode
        try:
            return int(mode, 8)
        except (TypeError, ValueError):
            pass
        try:
            wanted = symbolic_mode(found, mode)
        except Exception as failure:
            self.fail_json(path=to_text(path), msg='mode must be in octal or symbolic form', details=to_native(failure))
        if wanted != stat.S_IMODE(wanted):
            self.fail_json(path=to_text(path), msg='Invalid mode supplied, only permission info is allowed', details=wanted)
        return wanted

    def _symbolic_mode_to_octal(self, path_stat, symbolic_mode_text):
        return symbolic_mode(path_stat, symbolic_mode_text)

    def get_file_attributes(self, path, include_version=True):
        program = self.get_bin_path('lsattr')
        if not program:
            return {}
        code, out, _err = self.run_command([program, '-vd' if include_version else '-d', to_native(path)])
        words = out.split()
        if code != 0 or not words:
            return {}
        version = {'version': words[0].strip()} if include_version else {}
        flags = words[1 if include_version else 0].replace('-', '').strip()
        return dict(version, attr_flags=flags, attributes=format_attributes(flags))

    def set_attributes_if_different(self, path, attributes, changed, diff=None, expand=True):
        if attributes is None:
            return changed
        path = expanded(path, expand)
        if self.check_file_absent_if_check_mode(path):
            return True
        sign, letters = (attributes[0], attributes[1:]) if attributes[:1] in '+-=' and attributes else ('=', attributes)
        before = self.get_file_attributes(path, include_version=False).get('attr_flags', '')
        if (sign == '=' and before == letters) or (sign == '-' and not set(letters) & set(before)) or (sign == '+' and set(letters) <= set(before)):
            return changed
        differs(diff, 'attributes', format_attributes(before), '%s%s' % (sign, letters))
        program = self.get_bin_path('chattr')
        if program and not self.check_mode:
            code, out, err = self.run_command([program, sign + letters, to_native(path)])
            if code != 0 or err:
                self.fail_json(path=to_text(path), msg='chattr failed', details='Error while setting attributes: %s' % (out + err))
        return True

    def set_fs_attributes_if_different(self, file_args, changed, diff=None, expand=True):
        path = file_args['path']
        changed = self.set_context_if_different(path, file_args['secontext'], changed, diff)
        changed = self.set_owner_if_different(path, file_args['owner'], changed, diff, expand)
        changed = self.set_group_if_different(path, file_args['group'], changed, diff, expand)
        changed = self.set_mode_if_different(path, file_args['mode'], changed, diff, expand)
        return self.set_attributes_if_different(path, file_args['attributes'], changed, diff, expand)

    set_directory_attributes_if_different = set_fs_attributes_if_different
    set_file_attributes_if_different = set_fs_attributes_if_different

    def load_file_common_arguments(self, params, path=None):
        path = path if path is not None else params.get('path', params.get('dest'))
        if path is None:
            return {}
        path = os.path.expanduser(os.path.expandvars(path))
        if params.get('follow', False) and os.path.islink(path):
            path = os.path.realpath(path)
        context = [params.get(one) for one in ('seuser', 'serole', 'setype')] + ([params.get('selevel')] if self.selinux_mls_enabled() else [])
        if '_default' in context:
            context = [default if one == '_default' else one for one, default in zip(context, self.selinux_default_context(path))]
        common = dict((one, params.get(one)) for one in ('mode', 'owner', 'group', 'seuser', 'serole', 'setype', 'selevel', 'attributes'))
        return dict(common, path=path, secontext=context)

    def add_path_info(self, kwargs):
        path = kwargs.get('path', kwargs.get('dest'))
        if path is None or not os.path.exists(to_bytes(path)):
            return kwargs
        found = os.lstat(to_bytes(path))
        kwargs.update(uid=found.st_uid, gid=found.st_gid, mode='0%03o' % stat.S_IMODE(found.st_mode), size=found.st_size)
        try:
            kwargs['owner'] = pwd.getpwuid(found.st_uid).pw_name
        except KeyError:
            kwargs['owner'] = str(found.st_uid)
        try:
            kwargs['group'] = grp.getgrgid(found.st_gid).gr_name
        except KeyError:
            kwargs['group'] = str(found.st_gid)
        if stat.S_ISLNK(found.st_mode):
            kwargs['state'] = 'link'
        elif stat.S_ISDIR(found.st_mode):
            kwargs['state'] = 'directory'
        else:
            kwargs['state'] = 'hard' if found.st_nlink > 1 else 'file'
        if self.selinux_enabled():
            kwargs['secontext'] = ':'.join(one or '' for one in self.selinux_context(path))
        return kwargs

    def digest_from_file(self, filename, algorithm):
        path = to_bytes(filename)
        if not os.path.exists(path):
            return None
        if os.path.isdir(path):
            self.fail_json(msg='attempted to take checksum of directory: %s' % filename)
        if not hasattr(algorithm, 'hexdigest'):
            if algorithm not in ALGORITHMS:
                self.fail_json(msg="Could not hash file '%s' with algorithm '%s'. Available algorithms: %s"
                               % (filename, algorithm, ', '.join(ALGORITHMS)))
            algorithm = ALGORITHMS[algorithm]()
        with open(os.path.realpath(path), 'rb') as handle:
            for block in iter(lambda: handle.read(65536), b''):
                algorithm.update(block)
        return algorithm.hexdigest()

    def md5(self, filename):
        return self.digest_from_file(filename, 'md5')

    def sha1(self, filename):
        return self.digest_from_file(filename, 'sha1')

    def sha256(self, filename):
        return self.digest_from_file(filename, 'sha256')

    def backup_local(self, fn):
        if not os.path.exists(fn):
            return ''
        backup = '%s.%s.%s' % (fn, os.getpid(), time.strftime('%Y-%m-%d@%H:%M:%S~'))
        try:
            self.preserved_copy(fn, backup)
        except (shutil.Error, IOError) as failure:
            self.fail_json(msg='Could not make backup of %s to %s: %s' % (fn, backup, to_native(failure)))
        return backup

    def preserved_copy(self, src, dest):
        """Copies a file with times, mode, owner, SELinux context and attributes."""
        shutil.copy2(src, dest)
        if self.selinux_enabled():
            self.set_context_if_different(dest, self.selinux_context(src), False)
        found = os.stat(src)
        try:
            os.chown(dest, found.st_uid, found.st_gid)
        except OSError as failure:
            if failure.errno != errno.EPERM:
                raise
        self.set_attributes_if_different(dest, self.get_file_attributes(src, include_version=False).get('attr_flags', ''), True)

    def cleanup(self, tmpfile):
        if os.path.exists(tmpfile):
            try:
                os.unlink(tmpfile)
            except OSError as failure:
                sys.stderr.write('could not cleanup %s: %s' % (tmpfile, to_native(failure)))

    def atomic_move(self, src, dest, unsafe_writes=False, keep_dest_attrs=True):
        """Puts a file in the place of another, with owner, mode and context of that one; whoever looks sees one of the two."""
        source, target = to_bytes(src), to_bytes(dest)
        creating = not os.path.exists(target)
        context = None
        if self.selinux_enabled():
            context = self.selinux_default_context(dest) if creating else self.selinux_context(dest)
        if not creating and keep_dest_attrs:
            self._take_after(source, os.stat(target), target)
        try:
            os.rename(source, target)
        except (IOError, OSError) as failure:
            if failure.errno not in COPY_INSTEAD:
                self.fail_json(msg='Could not replace file: %s to %s: %s' % (src, dest, to_native(failure)), exception=traceback.format_exc())
            self._move_by_copy(source, target, unsafe_writes, keep_dest_attrs and not creating)
        if creating:
            # as a program that makes a new file would
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(target, 0o666 & ~umask)
            try:
                os.chown(target, os.geteuid(), os.getegid())
            except OSError:
                pass
        if context is not None:
            self.set_context_if_different(dest, context, False)

    def _take_after(self, path, found, model):
        try:
            os.chown(path, found.st_uid, found.st_gid)
            shutil.copystat(model, path)
            os.utime(path, None)
        except OSError as failure:
            if failure.errno != errno.EPERM:
                raise

    def _move_by_copy(self, source, target, unsafe_writes, keep):
        folder = os.path.dirname(target) or b'.'
        try:
            handle, beside = tempfile.mkstemp(prefix=b'.ansible_tmp', dir=folder, suffix=os.path.basename(target))
            os.close(handle)
        except (IOError, OSError) as failure:
            if unsafe_writes:
                return self._write_over(source, target)
            self.fail_json(msg='The destination directory (%s) is not writable by the current user. Error was: %s'
                           % (to_native(folder), to_native(failure)))
        try:
            shutil.copyfile(source, beside)
            shutil.copystat(source, beside)
            if keep:
                self._take_after(beside, os.stat(target), target)
            os.rename(beside, target)
            os.unlink(source)
        except (shutil.Error, IOError, OSError) as failure:
            if unsafe_writes and getattr(failure, 'errno', None) == errno.EBUSY:
                return self._write_over(source, target)
            self.fail_json(msg='Failed to replace file: %s to %s: %s' % (to_native(source), to_native(target), to_native(failure)),
                           exception=traceback.format_exc())
        finally:
            self.cleanup(beside)

    def _write_over(self, source, target):
        try:
            with open(source, 'rb') as reading, open(target, 'wb') as writing:
                shutil.copyfileobj(reading, writing)
        except (IOError, OSError) as failure:
            self.fail_json(msg='Could not write data to file (%s) from (%s): %s' % (to_native(target), to_native(source), to_native(failure)))

    def append_to_file(self, filename, str):
        with open(os.path.expandvars(os.path.expanduser(filename)), 'a') as handle:
            handle.write(str)


__all__ = ['FileWork', 'ALGORITHMS', 'get_flags_from_attributes']
