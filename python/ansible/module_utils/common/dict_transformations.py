"""Dicts under other names, joined and compared."""
import re
from collections.abc import MutableMapping
from copy import deepcopy


def _camel_to_snake(name, reversible=False):
    if reversible:
        return re.sub(r'(?<!^)(?=[A-Z])|^(?=[A-Z])', lambda found: '_', name).lower()
    name = re.sub(r'[A-Z]{3,}s$', lambda found: '_' + found.group(0).lower(), name)
    name = re.sub(r'(.)([A-Z][a-z]+)', r'\1_\2', name)
    return re.sub(r'([a-z0-9])([A-Z])', r'\1_\2', name).lower()


def camel_dict_to_snake_dict(camel_dict, reversible=False, ignore_list=()):
    def turned(value):
        if isinstance(value, dict):
            return camel_dict_to_snake_dict(value, reversible)
        return [turned(one) for one in value] if isinstance(value, list) else value

    return dict((_camel_to_snake(key, reversible), value if key in ignore_list else turned(value)) for key, value in camel_dict.items())


def _snake_to_camel(name, capitalize_first=False):
    first, *rest = name.split('_')
    return (first.capitalize() if capitalize_first else first) + ''.join(one.capitalize() or '_' for one in rest)


def snake_dict_to_camel_dict(snake_dict, capitalize_first=False):
    def turned(value):
        if isinstance(value, dict):
            return dict((_snake_to_camel(key, capitalize_first) if isinstance(key, str) else key, turned(one)) for key, one in value.items())
        return [turned(one) for one in value] if isinstance(value, list) else value

    return turned(snake_dict)


def dict_merge(a, b):
    """`b` over `a`, dicts within joined."""
    if not isinstance(b, dict):
        return b
    merged = deepcopy(a)
    for key, value in b.items():
        merged[key] = dict_merge(merged[key], value) if isinstance(merged.get(key), dict) else deepcopy(value)
    return merged


def recursive_diff(dict1, dict2):
    """What each of two dicts has that the other has not or has otherwise; nothing when they are equal."""
    if not all(isinstance(one, MutableMapping) for one in (dict1, dict2)):
        raise TypeError("Unable to diff 'dict1' %s and 'dict2' %s. Both must be a dictionary." % (type(dict1), type(dict2)))
    left = dict((key, dict1[key]) for key in dict1 if key not in dict2)
    right = dict((key, dict2[key]) for key in dict2 if key not in dict1)
    for key in set(dict1) & set(dict2):
        if isinstance(dict1[key], dict) and isinstance(dict2[key], dict):
            within = recursive_diff(dict1[key], dict2[key])
            if within:
                left[key], right[key] = within
        elif dict1[key] != dict2[key]:
            left[key], right[key] = dict1[key], dict2[key]
    return (left, right) if left or right else None
