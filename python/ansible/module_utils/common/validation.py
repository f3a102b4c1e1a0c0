"""Types of arguments, and rules between them."""
import ast
import json
import os
import re

from ansible.module_utils.common.text.converters import jsonify, to_native, to_text
from ansible.module_utils.common.text.formatters import human_to_bytes
from ansible.module_utils.parsing.convert_bool import boolean


def count_terms(terms, parameters):
    wanted = [terms] if isinstance(terms, str) else terms
    return len(set(wanted).intersection(parameters))


def _found_in(message, context):
    return '%s found in %s' % (message, ' -> '.join(context)) if context else message


def _groups(terms):
    """A list of names, or of lists of names, as a list of lists."""
    if not terms:
        return []
    return [terms] if all(isinstance(one, str) for one in terms) else list(terms)


def check_mutually_exclusive(terms, parameters, options_context=None):
    broken = [one for one in _groups(terms) if count_terms(one, parameters) > 1]
    if broken:
        raise TypeError(_found_in('parameters are mutually exclusive: %s' % ', '.join('|'.join(one) for one in broken), options_context))
    return []


def check_required_one_of(terms, parameters, options_context=None):
    for one in terms or []:
        if count_terms(one, parameters) == 0:
            raise TypeError(_found_in('one of the following is required: %s' % ', '.join(one), options_context))
    return []


def check_required_together(terms, parameters, options_context=None):
    for one in terms or []:
        if 0 < count_terms(one, parameters) < len(one):
            raise TypeError(_found_in('parameters are required together: %s' % ', '.join(one), options_context))
    return []


def check_required_by(requirements, parameters, options_context=None):
    result = {}
    for key, value in (requirements or {}).items():
        if parameters.get(key) is None:
            continue
        names = [value] if isinstance(value, str) else value
        result[key] = [one for one in names if parameters.get(one) is None]
        if result[key]:
            raise TypeError(_found_in("missing parameter(s) required by '%s': %s" % (key, ', '.join(result[key])), options_context))
    return result


def check_required_arguments(argument_spec, parameters, options_context=None):
    missing = [name for name, spec in (argument_spec or {}).items() if spec.get('required', False) and name not in parameters]
    if missing:
        raise TypeError(_found_in('missing required arguments: %s' % ', '.join(sorted(missing)), options_context))
    return []


def check_required_if(requirements, parameters, options_context=None):
    for requirement in requirements or []:
        key, value, names = requirement[:3]
        is_one_of = len(requirement) == 4 and requirement[3]
        if key not in parameters or parameters[key] != value:
            continue
        missing = [one for one in names if one not in parameters]
        if missing and (not is_one_of or len(missing) >= len(names)):
            raise TypeError(_found_in('%s is %s but %s of the following are missing: %s'
                                      % (key, value, 'any' if is_one_of else 'all', ', '.join(missing)), options_context))
    return []


def check_missing_parameters(parameters, required_parameters=None):
    missing = [one for one in required_parameters or [] if not parameters.get(one)]
    if missing:
        raise TypeError('missing required arguments: %s' % ', '.join(missing))
    return []


def safe_eval(value, locals=None, include_exceptions=False):
    """A literal of Python's as what it says; any other text as it is."""
    result, error = value, None
    if isinstance(value, str) and not re.search(r'\w\.\w+\(|import \w+', value):
        try:
            result = ast.literal_eval(value)
        except Exception as failure:
            error = failure
    return (result, error) if include_exceptions else result


def check_type_str(value, allow_conversion=True, param=None, prefix=''):
    if isinstance(value, str):
        return value
    if allow_conversion and value is not None:
        return to_native(value, errors='surrogate_or_strict')
    raise TypeError("'%r' is not a string and conversion is not allowed" % (value,))


def check_type_list(value):
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return value.split(',')
    if isinstance(value, (int, float)):
        return [str(value)]
    raise TypeError('%s cannot be converted to a list' % type(value))


def _pairs(text):
    """`a=1, b="two words"` by its commas and blanks outside of quotes."""
    parts, part, quoted, escaped = [], '', None, False
    for one in text.strip():
        if escaped:
            part, escaped = part + one, False
        elif one == '\\':
            escaped = True
        elif quoted is None and one in '\'"':
            quoted = one
        elif one == quoted:
            quoted = None
        elif quoted is None and one in ', ':
            parts.append(part)
            part = ''
        else:
            part += one
    return dict(one.split('=', 1) for one in parts + [part] if one)


def check_type_dict(value):
    if isinstance(value, dict):
        return value
    if not isinstance(value, str):
        raise TypeError('%s cannot be converted to a dict' % type(value))
    if value.startswith('{'):
        try:
            return json.loads(value)
        except Exception:
            found, error = safe_eval(value, include_exceptions=True)
            if error is not None:
                raise TypeError('unable to evaluate string as dictionary')
            return found
    if '=' in value:
        try:
            return _pairs(value)
        except ValueError:
            raise TypeError('unable to evaluate string in the "key=value" format as dictionary')
    raise TypeError('dictionary requested, could not parse JSON or key=value')


def check_type_bool(value):
    if isinstance(value, (bool, str, int, float)):
        return boolean(value)
    raise TypeError('%s cannot be converted to a bool' % type(value))


def check_type_int(value):
    if isinstance(value, int):
        return value
    try:
        if isinstance(value, str):
            return int(value)
        whole = int(value)
        if whole != value:
            raise ValueError('Significant decimal part found')
        return whole
    except (ValueError, TypeError, OverflowError) as failure:
        raise TypeError('"%r" cannot be converted to an int' % (value,)) from failure


def check_type_float(value):
    if isinstance(value, float):
        return value
    try:
        return float(value)
    except (ValueError, TypeError):
        raise TypeError('%s cannot be converted to a float' % type(value))


def check_type_path(value):
    return os.path.expanduser(os.path.expandvars(check_type_str(value)))


def check_type_raw(value):
    return value


def check_type_bytes(value):
    try:
        return human_to_bytes(value)
    except ValueError:
        raise TypeError('%s cannot be converted to a Byte value' % type(value))


def check_type_bits(value):
    try:
        return human_to_bytes(value, isbits=True)
    except ValueError:
        raise TypeError('%s cannot be converted to a Bit value' % type(value))


def check_type_jsonarg(value):
    if isinstance(value, (str, bytes)):
        return to_text(value.strip())
    if isinstance(value, (list, tuple, dict)):
        return jsonify(value)
    raise TypeError('%s cannot be converted to a json string' % type(value))
