"""The names of six that modules use, for Python 3 alone."""
import builtins
import collections.abc
import configparser
import functools
import html
import html.parser
import http.client
import http.cookiejar
import http.cookies
import importlib
import io
import itertools
import operator
import queue
import shlex
import sys
import types
import urllib.error
import urllib.parse
import urllib.request
import urllib.response

PY2 = False
PY3 = True
PY34 = True
string_types = (str,)
integer_types = (int,)
class_types = (type,)
text_type = str
binary_type = bytes
MAXSIZE = sys.maxsize
StringIO = io.StringIO
BytesIO = io.BytesIO
Iterator = object
unichr = chr
int2byte = operator.methodcaller('to_bytes', 1, 'big')
byte2int = operator.itemgetter(0)
indexbytes = operator.getitem
iterbytes = iter
next = advance_iterator = builtins.next
callable = builtins.callable
get_method_function = operator.attrgetter('__func__')
get_method_self = operator.attrgetter('__self__')
get_function_code = operator.attrgetter('__code__')
get_function_defaults = operator.attrgetter('__defaults__')
viewkeys = operator.methodcaller('keys')
viewvalues = operator.methodcaller('values')
viewitems = operator.methodcaller('items')
wraps = functools.wraps
print_ = print


def b(s):
    return s.encode('latin-1')


def u(s):
    return s


def iterkeys(d, **kwargs):
    return iter(d.keys(**kwargs))


def itervalues(d, **kwargs):
    return iter(d.values(**kwargs))


def iteritems(d, **kwargs):
    return iter(d.items(**kwargs))


def iterlists(d, **kwargs):
    return iter(d.lists(**kwargs))


def ensure_str(s, encoding='utf-8', errors='strict'):
    return s.decode(encoding, errors) if isinstance(s, bytes) else s


ensure_text = ensure_str


def ensure_binary(s, encoding='utf-8', errors='strict'):
    return s.encode(encoding, errors) if isinstance(s, str) else s


def python_2_unicode_compatible(klass):
    return klass


def raise_from(value, from_value):
    raise value from from_value


def reraise(tp, value, tb=None):
    raise (tp() if value is None else value).with_traceback(tb)


def add_metaclass(metaclass):
    def wrapper(cls):
        members = dict(cls.__dict__)
        for name in ('__dict__', '__weakref__'):
            members.pop(name, None)
        return metaclass(cls.__name__, cls.__bases__, members)

    return wrapper


def with_metaclass(meta, *bases):
    class Once(type):
        def __new__(cls, name, _bases, members):
            return meta(name, bases, members)

    return type.__new__(Once, 'temporary_class', (), {})


def _module(name, **members):
    made = types.ModuleType(__name__ + '.' + name)
    made.__path__ = []
    made.__dict__.update(members)
    sys.modules[made.__name__] = made
    return made


moves = _module(
    'moves',
    builtins=builtins, configparser=configparser, queue=queue, http_client=http.client, http_cookiejar=http.cookiejar,
    http_cookies=http.cookies, html_entities=html, html_parser=html.parser, cStringIO=io.StringIO, StringIO=io.StringIO,
    collections_abc=collections.abc, filter=filter, filterfalse=itertools.filterfalse, input=input, intern=sys.intern, map=map, range=range,
    xrange=range, reduce=functools.reduce, reload_module=importlib.reload, shlex_quote=shlex.quote, zip=zip, zip_longest=itertools.zip_longest,
    getcwd=__import__('os').getcwd, UserDict=collections.UserDict, UserList=collections.UserList, UserString=collections.UserString,
)
for _name, _found in (('builtins', builtins), ('configparser', configparser), ('queue', queue), ('http_client', http.client),
                      ('http_cookiejar', http.cookiejar), ('http_cookies', http.cookies), ('html_parser', html.parser),
                      ('collections_abc', collections.abc)):
    sys.modules[moves.__name__ + '.' + _name] = _found
moves.urllib = _module('moves.urllib', parse=urllib.parse, error=urllib.error, request=urllib.request, response=urllib.response)
moves.urllib_parse, moves.urllib_error, moves.urllib_request = urllib.parse, urllib.error, urllib.request
for _name in ('parse', 'error', 'request', 'response'):
    sys.modules[moves.urllib.__name__ + '.' + _name] = getattr(urllib, _name)
    sys.modules[moves.__name__ + '.urllib_' + _name] = getattr(urllib, _name)
