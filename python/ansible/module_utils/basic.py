"""AnsibleModule: what modules in Python are written with.

Written for qplay from the documentation of ansible-core 2.18 and from what that does; none of its text is here. It runs from
Python 3.6 on. Names that modules take from here by `import *` are imported for them.
"""
import atexit  # noqa: F401
import errno  # noqa: F401
import grp  # noqa: F401
import hashlib  # noqa: F401
import json
import locale
import os
import platform  # noqa: F401
import pwd  # noqa: F401
import re  # noqa: F401
import shlex  # noqa: F401
import shutil
import signal  # noqa: F401
import stat  # noqa: F401
import subprocess  # noqa: F401
import sys
import syslog
import tempfile
import time  # noqa: F401
import traceback
import types  # noqa: F401
from collections.abc import Mapping, MutableMapping, MutableSequence, MutableSet, Sequence, Set  # noqa: F401
from itertools import chain, repeat  # noqa: F401

from ansible.module_utils.common._utils import get_all_subclasses  # noqa: F401
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from ansible.module_utils.common.collections import is_iterable  # noqa: F401
from ansible.module_utils.common.file import (  # noqa: F401
    FILE_ATTRIBUTES, _DEFAULT_PERM, _EXEC_PERM_BITS, _PERM_BITS, format_attributes, get_file_arg_spec, get_flags_from_attributes, is_executable,
)
from ansible.module_utils.common.parameters import (  # noqa: F401
    DEFAULT_TYPE_VALIDATORS, PASS_BOOLS, PASS_VARS, env_fallback, remove_values, sanitize_keys,
)
from ansible.module_utils.common import parameters as _parameters
from ansible.module_utils.common.process import get_bin_path
from ansible.module_utils.common.sys_info import get_distribution, get_distribution_version, get_platform_subclass  # noqa: F401
from ansible.module_utils.common.text.converters import (  # noqa: F401
    container_to_bytes as json_dict_unicode_to_bytes, container_to_text as json_dict_bytes_to_unicode, jsonify, to_bytes, to_native, to_text,
)
from ansible.module_utils.common.text.formatters import SIZE_RANGES, bytes_to_human, human_to_bytes, lenient_lowercase  # noqa: F401
from ansible.module_utils.common import validation as _validation
from ansible.module_utils.common.validation import check_missing_parameters, safe_eval  # noqa: F401
from ansible.module_utils.common.warnings import deprecate, get_deprecation_messages, get_warning_messages, warn
from ansible.module_utils.errors import AnsibleFallbackNotFound, AnsibleValidationErrorMultiple, UnsupportedError  # noqa: F401
from ansible.module_utils.parsing.convert_bool import BOOLEANS, BOOLEANS_FALSE, BOOLEANS_TRUE, boolean  # noqa: F401
from ansible.module_utils.qplay.commands import CommandWork
from ansible.module_utils.qplay.files import ALGORITHMS as AVAILABLE_HASH_ALGORITHMS
from ansible.module_utils.qplay.files import FileWork
from ansible.module_utils.six import (  # noqa: F401
    PY2, PY3, b, binary_type, integer_types, iteritems, string_types, text_type,
)
from ansible.module_utils.six.moves import map, reduce, shlex_quote  # noqa: F401

NoneType = type(None)
SEQUENCETYPE = frozenset, type({}.keys()), Sequence
NUMBERTYPES = (int, float)
imap = map
_literal_eval = __import__('ast').literal_eval
basestring = string_types
unicode = text_type
PASSWORD_MATCH = re.compile(r'^(?:.+[-_\s])?pass(?:[-_\s]?(?:word|phrase|wrd|wd)?)(?:[-_\s].+)?$', re.I)

FILE_COMMON_ARGUMENTS = dict(
    mode=dict(type='raw'), owner=dict(type='str'), group=dict(type='str'), seuser=dict(type='str'), serole=dict(type='str'),
    selevel=dict(type='str'), setype=dict(type='str'), attributes=dict(type='str', aliases=['attr']), unsafe_writes=dict(
        type='bool', default=False, fallback=(env_fallback, ['ANSIBLE_UNSAFE_WRITES'])),
)

#: Set by whoever runs the module: the bytes of the arguments' JSON.
_ANSIBLE_ARGS = None


def get_platform():
    return platform.system()


def load_platform_subclass(cls, *args, **kwargs):
    return super(cls, cls).__new__(get_platform_subclass(cls))


def get_module_path():
    return os.path.dirname(os.path.realpath(__file__))


def _load_params():
    """The arguments of the module, as it was given them."""
    given = _ANSIBLE_ARGS
    if given is None:
        if len(sys.argv) > 1 and os.path.exists(sys.argv[1]):
            with open(sys.argv[1], 'rb') as handle:
                given = handle.read()
        else:
            given = sys.stdin.buffer.read()
    try:
        return json.loads(given.decode('utf-8'))['ANSIBLE_MODULE_ARGS']
    except (ValueError, KeyError, TypeError):
        print('\n{"msg": "Error: Module unable to decode stdin/parameters as valid JSON. Unable to parse what parameters were passed", "failed": true}')
        sys.exit(1)


def missing_required_lib(library, reason=None, url=None):
    message = 'Failed to import the required Python library (%s) on %s\'s Python %s.' % (library, platform.node(), sys.executable)
    if reason:
        message += ' This is required %s.' % reason
    if url:
        message += ' See %s for more info.' % url
    return message + (' Please read the module documentation and install it in the appropriate location. If the required library is installed,'
                      ' but Ansible is using the wrong Python interpreter, please consult the documentation on ansible_python_interpreter')


def heuristic_log_sanitize(data, no_log_values=None):
    """A text without what is given as secret, nor the password of a URL."""
    shown = re.sub(r'(://[^/\s:@]*:)[^/\s@]+@', r'\1********@', to_native(data))
    return remove_values(shown, no_log_values) if no_log_values else shown


class AnsibleModule(FileWork, CommandWork):
    def __init__(self, argument_spec, bypass_checks=False, no_log=False, mutually_exclusive=None, required_together=None, required_one_of=None,
                 add_file_common_args=False, supports_check_mode=False, required_if=None, required_by=None, check_invalid_arguments=None):
        self.argument_spec = argument_spec
        if add_file_common_args:
            for name, spec in FILE_COMMON_ARGUMENTS.items():
                self.argument_spec.setdefault(name, spec)
        self.supports_check_mode = supports_check_mode
        self.bypass_checks = bypass_checks
        self.no_log = no_log
        self.mutually_exclusive = mutually_exclusive
        self.required_together = required_together
        self.required_one_of = required_one_of
        self.required_if = required_if
        self.required_by = required_by
        self.cleanup_files = []
        self.run_command_environ_update = {}
        self.no_log_values = set()
        self.aliases = {}
        self._check_locale()
        self.params = _load_params()
        self._take_internals()
        self._check_arguments()
        if self.check_mode and not self.supports_check_mode:
            self.exit_json(skipped=True, msg='remote module (%s) does not support check mode' % self._name)
        if not self.no_log:
            self._log_invocation()
        self._set_cwd()

    def _check_locale(self):
        try:
            locale.setlocale(locale.LC_ALL, '')
        except locale.Error:
            locale.setlocale(locale.LC_ALL, 'C')
            os.environ.update(LANG='C', LC_ALL='C', LC_MESSAGES='C')

    def _take_internals(self):
        for key, (name, default) in PASS_VARS.items():
            value = self.params.pop('_ansible_' + key, default)
            if key in PASS_BOOLS:
                value = self.boolean(value)
            if key == 'no_log':
                value = value or self.no_log
            setattr(self, name, value)

    def _check_arguments(self):
        self.validator = ModuleArgumentSpecValidator(self.argument_spec, self.mutually_exclusive, self.required_together, self.required_one_of,
                                                     self.required_if, self.required_by)
        found = self.validation_result = self.validator.validate(self.params)
        self.params.update(found.validated_parameters)
        self.no_log_values |= set(to_native(one) for one in found.secrets)
        self.aliases.update(found.aliases)
        if len(found.errors) == 0:
            return
        error = found.errors[0]
        if isinstance(error, UnsupportedError):
            if not self._ignore_unknown_opts:
                self.fail_json(msg='Unsupported parameters for (%s) module: %s' % (self._name, error.msg))
        else:
            self.fail_json(msg=error.msg)

    @property
    def tmpdir(self):
        if self._tmpdir is None:
            base = os.path.expanduser(os.path.expandvars(self._remote_tmp)) if self._remote_tmp else None
            if base is not None and not os.path.isdir(base):
                try:
                    os.makedirs(base, mode=0o700)
                except OSError:
                    base = None
            self._tmpdir = tempfile.mkdtemp(prefix='ansible-moduletmp-%s-' % time.time(), dir=base)
            if not self._keep_remote_files:
                atexit.register(shutil.rmtree, self._tmpdir, True)
        return self._tmpdir

    def _set_cwd(self):
        """A working directory that can be read, whoever the module runs as."""
        try:
            cwd = os.getcwd()
            if not os.access(cwd, os.F_OK | os.R_OK):
                raise OSError('cannot be read')
            return cwd
        except OSError:
            for one in (self.tmpdir, os.path.expandvars('$HOME'), tempfile.gettempdir()):
                if os.access(one, os.F_OK | os.R_OK):
                    os.chdir(one)
                    return one
        return None

    def warn(self, warning):
        warn(warning)
        self.log('[WARNING] %s' % warning)

    def deprecate(self, msg, version=None, date=None, collection_name=None):
        if version is not None and date is not None:
            raise AssertionError('implementation error -- version and date must not both be set')
        deprecate(msg, version=version, date=date, collection_name=collection_name)
        self.log('[DEPRECATION WARNING] %s %s' % (msg, date or version))

    def debug(self, msg):
        if self._debug:
            self.log('[debug] %s' % msg)

    def log(self, msg, log_args=None):
        """A line for the log of the host."""
        if self.no_log:
            return
        text = remove_values(to_native(msg), self.no_log_values)
        if self._target_log_info:
            text = '%s %s' % (self._target_log_info, text)
        try:
            syslog.openlog('ansible-%s' % self._name, 0, getattr(syslog, self._syslog_facility, syslog.LOG_USER))
            syslog.syslog(syslog.LOG_INFO, text.replace('\0', ''))
        except (TypeError, ValueError):
            pass

    def _log_invocation(self):
        shown = {}
        for name, value in self.params.items():
            spec = self.argument_spec.get(self.aliases.get(name, name), {})
            hide = spec.get('no_log')
            if hide is None:
                hide = bool(PASSWORD_MATCH.search(name)) and spec.get('type') != 'bool' and not spec.get('choices')
                if hide and value is not None and not isinstance(value, bool):
                    self.warn('Module did not set no_log for %s' % name)
            shown[name] = 'NOT_LOGGING_PASSWORD' if hide and PASSWORD_MATCH.search(name) else 'NOT_LOGGING_PARAMETER' if hide else value
        text = ' '.join('%s=%s' % (name, heuristic_log_sanitize(value, self.no_log_values)) for name, value in shown.items())
        self.log('Invoked with %s' % text if text else 'Invoked', log_args=shown)

    def get_bin_path(self, arg, required=False, opt_dirs=None):
        try:
            return get_bin_path(arg=arg, opt_dirs=opt_dirs)
        except ValueError as failure:
            if required:
                self.fail_json(msg=to_text(failure))
            return None

    def boolean(self, arg):
        if arg is None:
            return arg
        try:
            return boolean(arg)
        except TypeError as failure:
            self.fail_json(msg=to_native(failure))

    def jsonify(self, data):
        try:
            return jsonify(data)
        except UnicodeError as failure:
            self.fail_json(msg=to_text(failure))

    def from_json(self, data):
        return json.loads(data)

    def safe_eval(self, value, locals=None, include_exceptions=False):
        return safe_eval(value, locals, include_exceptions)

    def bytes_to_human(self, size):
        return bytes_to_human(size)

    def human_to_bytes(self, number, isbits=False):
        return human_to_bytes(number, isbits)

    def fail_on_missing_params(self, required_params=None):
        try:
            check_missing_parameters(self.params, required_params)
        except TypeError as failure:
            self.fail_json(msg=to_native(failure))

    def add_cleanup_file(self, path):
        if path not in self.cleanup_files:
            self.cleanup_files.append(path)

    def do_cleanup_files(self):
        for path in self.cleanup_files:
            self.cleanup(path)

    def _return(self, result):
        self.add_path_info(result)
        result.setdefault('invocation', {'module_args': self.params})
        for one in _listed(result.get('warnings')):
            self.warn(one)
        for one in _listed(result.get('deprecations')):
            self._deprecate_result(one)
        if get_warning_messages():
            result['warnings'] = get_warning_messages()
        if get_deprecation_messages():
            result['deprecations'] = get_deprecation_messages()
        plain = dict((key, value) for key, value in result.items() if value is None or isinstance(value, bool))
        shown = remove_values(result, self.no_log_values)
        shown.update(plain)
        print('\n%s' % self.jsonify(shown))

    def _deprecate_result(self, one):
        if isinstance(one, Mapping):
            self.deprecate(one['msg'], version=one.get('version'), date=one.get('date'), collection_name=one.get('collection_name'))
        elif isinstance(one, (list, tuple)) and len(one) == 2:
            self.deprecate(one[0], version=one[1])
        else:
            self.deprecate(one)

    def exit_json(self, **kwargs):
        """Ends the module well."""
        self.do_cleanup_files()
        self._return(kwargs)
        sys.exit(0)

    def fail_json(self, msg, **kwargs):
        """Ends the module, which has failed."""
        kwargs.update(failed=True, msg=msg)
        if 'exception' not in kwargs and sys.exc_info()[2] and (self._debug or self._verbosity >= 3):
            kwargs['exception'] = ''.join(traceback.format_tb(sys.exc_info()[2]))
        self.do_cleanup_files()
        self._return(kwargs)
        sys.exit(1)

    # names of its parts that some modules use
    _CHECK_ARGUMENT_TYPES_DISPATCHER = DEFAULT_TYPE_VALIDATORS
    _check_type_str = staticmethod(_validation.check_type_str)
    _check_type_list = staticmethod(_validation.check_type_list)
    _check_type_dict = staticmethod(_validation.check_type_dict)
    _check_type_bool = staticmethod(_validation.check_type_bool)
    _check_type_int = staticmethod(_validation.check_type_int)


def _listed(value):
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def get_exception():
    return sys.exc_info()[1]


_set_defaults = _parameters.set_defaults
