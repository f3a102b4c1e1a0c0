"""Text and bytes, from one to the other and through JSON."""
import codecs
import datetime
import json
from collections.abc import Mapping, Set


def _handler(errors):
    """Python's name of an error handler; those of Ansible's that are no Python names keep what cannot be decoded."""
    if errors in (None, 'surrogate_or_replace', 'surrogate_then_replace', 'surrogate_or_strict'):
        return 'surrogateescape'
    return errors


def to_bytes(obj, encoding='utf-8', errors=None, nonstring='simplerepr'):
    if isinstance(obj, bytes):
        return obj
    if isinstance(obj, str):
        try:
            return obj.encode(encoding, _handler(errors))
        except UnicodeEncodeError:
            if errors in (None, 'surrogate_or_replace'):
                return obj.encode(encoding, 'replace')
            if errors == 'surrogate_then_replace':
                return obj.encode('utf-8', 'surrogateescape').decode('utf-8', 'replace').encode(encoding, 'replace')
            raise
    other = _nonstring(obj, nonstring, b'')
    return other if not isinstance(other, str) else to_bytes(other, encoding, errors)


def to_text(obj, encoding='utf-8', errors=None, nonstring='simplerepr'):
    if isinstance(obj, str):
        return obj
    if isinstance(obj, bytes):
        return obj.decode(encoding, _handler(errors))
    other = _nonstring(obj, nonstring, '')
    return other if not isinstance(other, bytes) else to_text(other, encoding, errors)


def _nonstring(obj, nonstring, empty):
    if nonstring == 'simplerepr':
        try:
            return str(obj)
        except UnicodeError:
            return repr(obj)
    if nonstring == 'passthru':
        return obj
    if nonstring == 'empty':
        return empty
    if nonstring == 'strict':
        raise TypeError('obj must be a string type')
    raise TypeError("Invalid value %s for to_text's nonstring parameter" % nonstring)


to_native = to_text


def container_to_text(d, encoding='utf-8', errors='surrogate_or_strict'):
    return _within(d, bytes, lambda one: to_text(one, encoding, errors))


def container_to_bytes(d, encoding='utf-8', errors='surrogate_or_strict'):
    return _within(d, str, lambda one: to_bytes(one, encoding, errors))


def _within(value, kind, turn):
    if isinstance(value, kind):
        return turn(value)
    if isinstance(value, dict):
        return dict((_within(key, kind, turn), _within(one, kind, turn)) for key, one in value.items())
    if isinstance(value, list):
        return [_within(one, kind, turn) for one in value]
    if isinstance(value, tuple):
        return tuple(_within(one, kind, turn) for one in value)
    return value


def _json_encode_fallback(obj):
    if isinstance(obj, Set):
        return list(obj)
    if isinstance(obj, (datetime.datetime, datetime.date)):
        return obj.isoformat()
    if isinstance(obj, Mapping):
        return dict(obj)
    raise TypeError('Cannot json serialize %s' % to_native(obj))


def jsonify(data, **kwargs):
    """JSON text of a result; bytes in it are taken as UTF-8, or else as Latin-1."""
    failure = None
    for encoding in ('utf-8', 'latin-1'):
        try:
            return json.dumps(container_to_text(data, encoding=encoding), default=_json_encode_fallback, **kwargs)
        except UnicodeDecodeError as error:
            failure = error
    raise UnicodeError('Invalid unicode encoding encountered: %s' % failure)


codecs.lookup_error('surrogateescape')
