"""A specification of arguments, and what it makes of some."""
from copy import deepcopy

from ansible.module_utils.common import parameters as work
from ansible.module_utils.common import validation
from ansible.module_utils.common.text.converters import to_native
from ansible.module_utils.common.warnings import deprecate, warn
from ansible.module_utils.errors import AliasError, AnsibleValidationErrorMultiple, MutuallyExclusiveError, RequiredError, UnsupportedError


class ValidationResult(object):
    def __init__(self, parameters):
        self.secrets = set()
        self.unsupported = []
        self.deprecated_aliases = []
        self.aliases = {}
        self.alias_warnings = []
        self.deprecations = []
        self._validated_parameters = deepcopy(parameters)
        self.errors = AnsibleValidationErrorMultiple()

    @property
    def validated_parameters(self):
        return self._validated_parameters

    @property
    def unsupported_parameters(self):
        return set('.'.join(context + [key]) for context, key, _options in self.unsupported)

    @property
    def _no_log_values(self):
        return self.secrets

    @property
    def error_messages(self):
        return self.errors.messages


class ArgumentSpecValidator(object):
    def __init__(self, argument_spec, mutually_exclusive=None, required_together=None, required_one_of=None, required_if=None, required_by=None):
        self.argument_spec = argument_spec
        self._rules = dict(mutually_exclusive=mutually_exclusive, required_together=required_together, required_one_of=required_one_of,
                           required_if=required_if, required_by=required_by)

    def validate(self, parameters, *args, **kwargs):
        found = ValidationResult(parameters)
        given = found.validated_parameters
        spec = self.argument_spec
        found.secrets |= work.set_fallbacks(spec, given)
        try:
            found.aliases = work.handle_aliases(spec, given, found.alias_warnings, found.deprecated_aliases)
        except (TypeError, ValueError) as failure:
            found.errors.append(AliasError(to_native(failure)))
        found.secrets |= work.list_no_log_values(spec, given)
        found.deprecations = work.list_deprecations(spec, given)
        legal = work.legal_names(spec, found.aliases)
        unsupported = [([], key, spec) for key in given if key not in legal]
        try:
            validation.check_mutually_exclusive(self._rules['mutually_exclusive'], given)
        except TypeError as failure:
            found.errors.append(MutuallyExclusiveError(to_native(failure)))
        found.secrets |= work.set_defaults(spec, given, False)
        try:
            validation.check_required_arguments(spec, given)
        except TypeError as failure:
            found.errors.append(RequiredError(to_native(failure)))
        work.validate_types(spec, given, [], found.errors)
        work.validate_values(spec, given, [], found.errors)
        for rule, check, kind in work.RULES:
            try:
                check(self._rules[rule], given)
            except TypeError as failure:
                found.errors.append(kind(to_native(failure)))
        found.secrets |= work.set_defaults(spec, given)
        work.validate_within(spec, given, [], found)
        found.unsupported = unsupported + found.unsupported
        if found.unsupported:
            found.errors.append(UnsupportedError(_unsupported(found.unsupported)))
        for one in found.deprecated_aliases:
            found.deprecations.append({
                'msg': "Alias '%s' is deprecated. See the module docs for more information" % one['name'],
                'version': one.get('version'), 'date': one.get('date'), 'collection_name': one.get('collection_name'),
            })
        return found


def _unsupported(unsupported):
    names = sorted('.'.join(context + [key]) for context, key, _options in unsupported)
    options = unsupported[-1][2]
    aliases = sorted(one for spec in options.values() for one in spec.get('aliases') or [])
    known = ', '.join(sorted(options)) + (' (%s)' % ', '.join(aliases) if aliases else '')
    return '%s. Supported parameters include: %s.' % (', '.join(names), known)


class ModuleArgumentSpecValidator(ArgumentSpecValidator):
    """As above; what is deprecated or given twice is told with the module's result."""

    def validate(self, parameters, *args, **kwargs):
        found = super(ModuleArgumentSpecValidator, self).validate(parameters)
        for one in found.deprecations:
            deprecate(one['msg'], version=one.get('version'), date=one.get('date'), collection_name=one.get('collection_name'))
        for option, alias in found.alias_warnings:
            warn('Both option %s and its alias %s are set.' % (option, alias))
        return found
