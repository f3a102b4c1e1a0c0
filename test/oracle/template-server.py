"""Templates by ansible-core itself, one JSON line in, one out.

In:  {"basedir": folder, "vars": {...}, "cases": [{"text": ..., "mode": ..., "vars": {...}, "overrides": {...}}, ...]}
Out: {"answers": [{"value": ...} | {"error": class, "message": text, "chain": [classes of the causes]}, ...]}
Modes: value (a variable's or argument's value), text (what the template module writes), condition (a `when`) and
expression (a bare expression's value with its own Python type).
Values that JSON has no word for are {"$": type, "v": ...}: see `encode` and `decode`.
"""
import datetime
import json
import os
import random
import resource
import signal
import sys
import traceback

answers = os.fdopen(os.dup(1), 'w', encoding='utf-8')
complaints = os.fdopen(os.dup(2), 'w', encoding='utf-8')
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # plugins may print
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.conditional import Conditional
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar
from ansible.template.vars import AnsibleJ2Vars
from ansible.utils.unsafe_proxy import wrap_var
from jinja2.runtime import Undefined
from markupsafe import Markup

SECONDS = 20  # of processor time; what takes longer is no answer
EXACT = 2 ** 53


class TookTooLong(BaseException):
    pass


def alarm(signum, frame):
    raise TookTooLong()


def pairs(items):
    return [[encode(key), encode(member)] for key, member in items]


def encode(value):
    """A value as JSON that keeps its Python type."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, Markup):
        return {'$': 'Markup', 'v': str.__str__(value)}
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value) if -EXACT < value < EXACT else {'$': 'int', 'v': str(int(value))}
    if isinstance(value, float):
        return {'$': 'float', 'v': float.__repr__(value)}
    if isinstance(value, Undefined):
        return {'$': 'undefined'}
    if isinstance(value, tuple):
        return {'$': 'tuple', 'v': [encode(member) for member in value]}
    if isinstance(value, list):
        return [encode(member) for member in value]
    if isinstance(value, dict):
        if all(isinstance(key, str) for key in value) and '$' not in value:
            return {str.__str__(key): encode(member) for key, member in value.items()}
        return {'$': 'dict', 'v': pairs(value.items())}
    if isinstance(value, (set, frozenset)):
        return {'$': 'set', 'v': [encode(member) for member in value]}
    if isinstance(value, bytes):
        return {'$': 'bytes', 'v': value.hex()}
    if isinstance(value, datetime.datetime):
        return {'$': 'datetime', 'v': value.isoformat()}
    if isinstance(value, datetime.date):
        return {'$': 'date', 'v': value.isoformat()}
    if isinstance(value, datetime.timedelta):
        return {'$': 'timedelta', 'v': str(value // datetime.timedelta(microseconds=1))}
    return {'$': 'object', 'v': type(value).__name__, 'text': repr(value) if isinstance(value, range) else ''}


def decode(value):
    """What `encode` made, and {"$": "unsafe"} for text that is not templated."""
    if isinstance(value, list):
        return [decode(member) for member in value]
    if not isinstance(value, dict):
        return value
    if '$' not in value:
        return {key: decode(member) for key, member in value.items()}
    kind, held = value['$'], value.get('v')
    if kind == 'dict':
        return {decode(key): decode(member) for key, member in held}
    made = {
        'float': lambda: float(held), 'int': lambda: int(held), 'bytes': lambda: bytes.fromhex(held),
        'tuple': lambda: tuple(decode(member) for member in held), 'set': lambda: {decode(member) for member in held},
        'datetime': lambda: datetime.datetime.fromisoformat(held), 'date': lambda: datetime.date.fromisoformat(held),
        'unsafe': lambda: wrap_var(decode(held)), 'Markup': lambda: Markup(held),
    }
    return made[kind]()


class Bench:
    """One templar over one folder."""

    def __init__(self, basedir):
        self.loader = DataLoader()
        self.loader.set_basedir(basedir)
        self.templar = Templar(self.loader, {})
        self.templar.environment.loader.searchpath = [basedir, os.path.join(basedir, 'templates')]

    def answer(self, case, shared):
        variables = {**shared, **{name: decode(value) for name, value in case.get('vars', {}).items()}}
        self.templar.available_variables = variables
        random.seed(0)
        mode, text, overrides = case.get('mode', 'value'), case['text'], case.get('overrides')
        if mode == 'value':
            return self.templar.template(text, overrides=overrides)
        if mode == 'text':
            return self.templar.do_template(text, preserve_trailing_newlines=True, escape_backslashes=False, overrides=overrides)
        if mode == 'condition':
            condition = Conditional(loader=self.loader)
            condition.when = [text]
            return condition.evaluate_conditional(self.templar, variables)
        return self.expression(text)

    def expression(self, text):
        template = self.templar.environment.compile_expression(text, undefined_to_none=False)._template
        context = template.new_context(AnsibleJ2Vars(self.templar, template.globals), shared=True)
        outer, self.templar.cur_context = self.templar.cur_context, context
        try:
            for _ in template.root_render_func(context):
                pass
        finally:
            self.templar.cur_context = outer
        return context.vars['result']


def chain(error):
    """Names of the classes of an error and of what caused it, outermost first."""
    names = []
    while error is not None and len(names) < 12:
        names.append(type(error).__name__)
        error = getattr(error, 'orig_exc', None) or error.__cause__ or error.__context__
    return names


def describe(error):
    return str(error.message) if isinstance(error, AnsibleError) else str(error)


def judge(bench, case, shared):
    try:
        return attempt(bench, case, shared)
    except TookTooLong:  # even while an error is described
        return {'error': 'TookTooLong', 'message': '', 'chain': ['TookTooLong']}


def attempt(bench, case, shared):
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        return {'value': encode(bench.answer(case, shared))}
    except Exception as error:
        return {'error': type(error).__name__, 'message': describe(error), 'chain': chain(error)}
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def main():
    signal.signal(signal.SIGVTALRM, alarm)
    init_plugin_loader([])
    os.dup2(1, 2)  # from here on the warnings of templates; what failed before is the caller's to read
    benches = {}
    for line in iter(sys.stdin.readline, ''):
        asked = json.loads(line)
        basedir = asked.get('basedir') or os.getcwd()
        bench = benches.get(basedir)
        if bench is None:
            bench = benches[basedir] = Bench(basedir)
        shared = {name: decode(value) for name, value in asked.get('vars', {}).items()}
        answers.write(json.dumps({'answers': [judge(bench, case, shared) for case in asked['cases']]}) + '\n')
        answers.flush()


try:
    main()
except BaseException:
    traceback.print_exc(file=complaints)
    raise
