"""What a module has to say besides its result."""
_warnings = []
_deprecations = []


def warn(warning):
    if not isinstance(warning, (str, bytes)):
        raise TypeError('warn requires a string not a %s' % type(warning))
    if warning not in _warnings:
        _warnings.append(warning)


def deprecate(msg, version=None, date=None, collection_name=None):
    if not isinstance(msg, (str, bytes)):
        raise TypeError('deprecate requires a string not a %s' % type(msg))
    until = {'version': version} if date is None else {'date': date}
    one = dict(msg=msg, **until)
    one['collection_name'] = collection_name
    if one not in _deprecations:
        _deprecations.append(one)


def get_warning_messages():
    return tuple(_warnings)


def get_deprecation_messages():
    return tuple(_deprecations)
