"""Arguments by their specification: aliases, defaults, types, choices, secrets."""
import os
from collections.abc import Mapping, Sequence, Set

from ansible.module_utils.common.text.converters import to_native
from ansible.module_utils.common import validation
from ansible.module_utils.errors import (
    AliasError, AnsibleFallbackNotFound, ArgumentTypeError, ArgumentValueError, ElementError, MutuallyExclusiveError, RequiredByError,
    RequiredError, RequiredIfError, RequiredOneOfError, RequiredTogetherError, SubParameterTypeError,
)
from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE, BOOLEANS_TRUE

PASS_VARS = {
    'check_mode': ('check_mode', False), 'debug': ('_debug', False), 'diff': ('_diff', False),
    'ignore_unknown_opts': ('_ignore_unknown_opts', False), 'keep_remote_files': ('_keep_remote_files', False),
    'module_name': ('_name', None), 'no_log': ('no_log', False), 'remote_tmp': ('_remote_tmp', None),
    'target_log_info': ('_target_log_info', None), 'selinux_special_fs': ('_selinux_special_fs', []),
    'shell_executable': ('_shell', '/bin/sh'), 'socket': ('_socket_path', None),
    'string_conversion_action': ('_string_conversion_action', 'warn'), 'syslog_facility': ('_syslog_facility', 'INFO'),
    'tmpdir': ('_tmpdir', None), 'verbosity': ('_verbosity', 0), 'version': ('ansible_version', '0.0'),
}
PASS_BOOLS = ('check_mode', 'debug', 'diff', 'keep_remote_files', 'ignore_unknown_opts', 'no_log')

DEFAULT_TYPE_VALIDATORS = {
    'str': validation.check_type_str, 'list': validation.check_type_list, 'dict': validation.check_type_dict,
    'bool': validation.check_type_bool, 'int': validation.check_type_int, 'float': validation.check_type_float,
    'path': validation.check_type_path, 'raw': validation.check_type_raw, 'jsonarg': validation.check_type_jsonarg,
    'json': validation.check_type_jsonarg, 'bytes': validation.check_type_bytes, 'bits': validation.check_type_bits,
}

RULES = (
    ('required_together', validation.check_required_together, RequiredTogetherError),
    ('required_one_of', validation.check_required_one_of, RequiredOneOfError),
    ('required_if', validation.check_required_if, RequiredIfError),
    ('required_by', validation.check_required_by, RequiredByError),
)


def env_fallback(*args, **kwargs):
    for name in args:
        if name in os.environ:
            return os.environ[name]
    raise AnsibleFallbackNotFound


def set_fallbacks(argument_spec, parameters):
    """Values from elsewhere (the environment) for what is not given. Returns those that are secret."""
    secrets = set()
    for name, spec in argument_spec.items():
        way = spec.get('fallback', (None,))
        if name in parameters or way[0] is None:
            continue
        keywords = [one for one in way[1:] if isinstance(one, dict)]
        plain = [one for group in way[1:] if not isinstance(group, dict) for one in ([group] if isinstance(group, str) else group)]
        try:
            value = way[0](*plain, **(keywords[-1] if keywords else {}))
        except AnsibleFallbackNotFound:
            continue
        if spec.get('no_log', False) and value:
            secrets.add(value)
        parameters[name] = value
    return secrets


def set_defaults(argument_spec, parameters, set_default=True):
    """First (`set_default=False`) the defaults that have a value, then `None` for the rest. Returns those that are secret."""
    secrets = set()
    for name, spec in argument_spec.items():
        default = spec.get('default')
        if spec.get('no_log', False) and default:
            secrets.add(default)
        if set_default and name not in parameters:
            parameters[name] = default
        elif not set_default and default is not None and name not in parameters:
            parameters[name] = default
    return secrets


def handle_aliases(argument_spec, parameters, warnings, deprecations):
    """Values under the names of their options. Returns the names by their aliases."""
    aliases = {}
    for name, spec in argument_spec.items():
        if spec.get('required', False) and spec.get('default') is not None:
            raise ValueError('internal error: required and default are mutually exclusive for %s' % name)
        also = spec.get('aliases')
        for one in spec.get('deprecated_aliases') or []:
            if one['name'] in parameters:
                deprecations.append(one)
        if also is None:
            continue
        if isinstance(also, (str, bytes)) or not isinstance(also, Sequence):
            raise TypeError('internal error: aliases must be a list or tuple')
        for one in also:
            aliases[one] = name
            if one in parameters:
                if name in parameters:
                    warnings.append((name, one))
                parameters[name] = parameters[one]
    return aliases


def list_deprecations(argument_spec, parameters, prefix=''):
    found = []
    for name, spec in argument_spec.items():
        if name not in parameters:
            continue
        shown = '%s["%s"]' % (prefix, name) if prefix else name
        if spec.get('removed_at_date') is not None or spec.get('removed_in_version') is not None:
            found.append({
                'msg': "Param '%s' is deprecated. See the module docs for more information" % shown,
                'date': spec.get('removed_at_date'), 'version': spec.get('removed_in_version'),
                'collection_name': spec.get('removed_from_collection'),
            })
        if spec.get('options') is not None:
            within = parameters[name] if isinstance(parameters[name], list) else [parameters[name]]
            for one in within:
                if isinstance(one, Mapping):
                    found.extend(list_deprecations(spec['options'], one, shown))
    return found


def _texts(value):
    """Whatever a secret value consists of, as text."""
    if isinstance(value, (str, bytes)):
        return {to_native(value)} if value else set()
    if isinstance(value, Mapping):
        return set().union(*[_texts(one) for one in value.values()]) if value else set()
    if isinstance(value, (list, tuple, Set)):
        return set().union(*[_texts(one) for one in value]) if value else set()
    if isinstance(value, bool) or value is None:
        return set()
    return {to_native(value)}


def list_no_log_values(argument_spec, parameters):
    secrets = set()
    for name, spec in argument_spec.items():
        value = parameters.get(name)
        if spec.get('no_log', False) and value:
            secrets |= _texts(value)
        if spec.get('options') is not None and value is not None:
            if isinstance(value, str):
                try:
                    value = validation.check_type_dict(value)
                except TypeError as failure:
                    raise TypeError('Failed to convert "%s": %s' % (name, to_native(failure)))
            for one in [value] if isinstance(value, Mapping) else value if isinstance(value, list) else []:
                if isinstance(one, str):
                    one = validation.check_type_dict(one)
                if isinstance(one, Mapping):
                    secrets |= list_no_log_values(spec['options'], one)
    return secrets


def legal_names(argument_spec, aliases):
    return set(argument_spec) | set(aliases)


def validator_of(wanted):
    """What makes a value of a type, and the type's name."""
    if wanted is None:
        return DEFAULT_TYPE_VALIDATORS['str'], 'str'
    if callable(wanted):
        return wanted, getattr(wanted, '__name__', str(wanted))
    return DEFAULT_TYPE_VALIDATORS.get(wanted), wanted


def validate_types(argument_spec, parameters, context, errors):
    for name, spec in argument_spec.items():
        value = parameters.get(name)
        if name not in parameters or (value is None and not spec.get('required') and spec.get('default') is None):
            continue
        checker, wanted = validator_of(spec.get('type'))
        where = " found in '%s'." % ' -> '.join(context) if context else ''
        try:
            parameters[name] = checker(value)
        except (TypeError, ValueError) as failure:
            errors.append(ArgumentTypeError("argument '%s' is of type %s%s and we were unable to convert to %s: %s"
                                            % (name, type(value), where, wanted, to_native(failure))))
            continue
        if spec.get('elements'):
            if wanted != 'list' or not isinstance(parameters[name], list):
                errors.append(ArgumentTypeError("Invalid type %s for option '%s'%s, elements value check is supported only with 'list' type"
                                                % (wanted, parameters[name], where)))
                continue
            parameters[name] = _members(spec['elements'], name, parameters[name], context, errors)


def _members(wanted_type, name, values, context, errors):
    checker, wanted = validator_of(wanted_type)
    made = []
    for value in values:
        try:
            made.append(checker(value))
        except (TypeError, ValueError) as failure:
            where = " found in '%s'" % ' -> '.join(context) if context else ''
            errors.append(ElementError("Elements value for option '%s'%s is of type %s and we were unable to convert to %s: %s"
                                       % (name, where, type(value), wanted, to_native(failure))))
    return made


def validate_values(argument_spec, parameters, context, errors):
    for name, spec in argument_spec.items():
        choices = spec.get('choices')
        if choices is None or name not in parameters:
            continue
        value = parameters[name]
        shown = ', '.join(to_native(one) for one in choices)
        if isinstance(value, list):
            wrong = [one for one in value if one not in choices]
            if wrong:
                _refuse(errors, 'value of %s must be one or more of: %s. Got no match for: %s'
                        % (name, shown, ', '.join(to_native(one) for one in wrong)), context)
        elif value not in choices:
            # YAML reads yes and no as booleans; the one choice that means the same was meant
            meant = {'True': BOOLEANS_TRUE, 'False': BOOLEANS_FALSE}.get(value, frozenset()) & set(choices) if isinstance(value, str) else set()
            if len(meant) == 1:
                (parameters[name],) = meant
            else:
                _refuse(errors, 'value of %s must be one of: %s, got: %s' % (name, shown, value), context)


def _refuse(errors, message, context):
    errors.append(ArgumentValueError('%s found in %s' % (message, ' -> '.join(context)) if context else message))


def validate_within(argument_spec, parameters, context, found):
    """Options of dicts and of dicts in lists. `found` collects errors, secrets, unsupported names, deprecations."""
    for name, spec in argument_spec.items():
        wanted = spec.get('type')
        if wanted != 'dict' and not (wanted == 'list' and spec.get('elements') == 'dict'):
            continue
        options = spec.get('options')
        if spec.get('apply_defaults', False):
            if options is None:
                continue
            if parameters.get(name) is None:
                parameters[name] = {}
        elif options is None or name not in parameters or parameters[name] is None:
            continue
        value = parameters[name]
        members = [value] if isinstance(value, dict) else value
        if not isinstance(members, list):
            found.errors.append(SubParameterTypeError("value of '%s' must be of type dict or list of dicts" % name))
            continue
        for index, member in enumerate(members):
            if not isinstance(member, dict):
                found.errors.append(SubParameterTypeError("value of '%s' must be of type dict or list of dicts" % name))
                continue
            validate_level(spec, options, member, context + [name], found)


def validate_level(spec, options, member, context, found):
    found.secrets |= set_fallbacks(options, member)
    warnings = []
    try:
        aliases = handle_aliases(options, member, warnings, found.deprecated_aliases)
    except (TypeError, ValueError) as failure:
        found.errors.append(AliasError(to_native(failure)))
        aliases = {}
    found.secrets |= list_no_log_values(options, member)
    supported = legal_names(options, aliases)
    found.unsupported.extend((context, key, options) for key in member if key not in supported)
    try:
        validation.check_mutually_exclusive(spec.get('mutually_exclusive'), member, context)
    except TypeError as failure:
        found.errors.append(MutuallyExclusiveError(to_native(failure)))
    found.secrets |= set_defaults(options, member, False)
    try:
        validation.check_required_arguments(options, member, context)
    except TypeError as failure:
        found.errors.append(RequiredError(to_native(failure)))
    validate_types(options, member, context, found.errors)
    validate_values(options, member, context, found.errors)
    for rule, check, kind in RULES:
        try:
            check(spec.get(rule), member, context)
        except TypeError as failure:
            found.errors.append(kind(to_native(failure)))
    found.secrets |= set_defaults(options, member)
    validate_within(options, member, context, found)


HIDDEN = 'VALUE_SPECIFIED_IN_NO_LOG_PARAMETER'


def remove_values(value, no_log_strings):
    """A value with every secret in it hidden; what is as a whole a secret, has a word of its own in its place."""
    secrets = sorted((to_native(one, errors='surrogate_or_strict') for one in no_log_strings if one), key=len, reverse=True)

    def hidden(one):
        if isinstance(one, bytes):
            return hidden(to_native(one)).encode('utf-8')
        if isinstance(one, str):
            if one in secrets:
                return HIDDEN
            for secret in secrets:
                one = one.replace(secret, '*' * 8)
            return one
        if isinstance(one, Mapping):
            return dict((key, hidden(member)) for key, member in one.items())
        if isinstance(one, (list, tuple)):
            return [hidden(member) for member in one]
        if isinstance(one, Set):
            return [hidden(member) for member in one]
        if one is None or isinstance(one, bool):
            return one
        if isinstance(one, (int, float)):
            return HIDDEN if str(one) in secrets or any(secret in str(one) for secret in secrets) else one
        return one

    return hidden(value) if secrets else value


def sanitize_keys(obj, no_log_strings, ignore_keys=frozenset()):
    """As `remove_values`, for the keys of dicts."""
    secrets = sorted((to_native(one) for one in no_log_strings if one), key=len, reverse=True)

    def clean(key):
        if not isinstance(key, str) or key in ignore_keys or key.startswith('_ansible'):
            return key
        return remove_values(key, secrets)

    if isinstance(obj, Mapping):
        return dict((clean(key), sanitize_keys(one, secrets, ignore_keys)) for key, one in obj.items())
    if isinstance(obj, (list, tuple)):
        return [sanitize_keys(one, secrets, ignore_keys) for one in obj]
    return obj
