"""The bench of templates, Python's side: a workload as JSON on stdin; CPU seconds a time and a check of the result on stdout."""
import hashlib
import json
import sys
import time


def jinja2_environment():
    import jinja2
    environment = jinja2.Environment(trim_blocks=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    environment.filters['hash'] = lambda text, kind: hashlib.new(kind, text.encode()).hexdigest()
    return environment


def clocked(times, work):
    work()  # warm
    start = time.process_time()
    for _ in range(times):
        result = work()
    return (time.process_time() - start) / times, result


def render(asked):
    template = jinja2_environment().from_string(asked['texts'][0])
    return clocked(asked['times'], lambda: template.render(asked['vars']))


def compile_all(asked):
    environment = jinja2_environment()
    start = time.process_time()
    for text in asked['texts']:
        environment.from_string(text)
    return time.process_time() - start, str(len(asked['texts']))


def conditions(asked):
    from ansible.parsing.dataloader import DataLoader
    from ansible.playbook.conditional import Conditional
    from ansible.template import Templar
    from ansible.utils.display import Display
    Display.deprecated = lambda *args, **kwargs: None  # results that are no booleans are told once in a playbook
    loader = DataLoader()
    templar = Templar(loader, asked['vars'])
    condition = Conditional(loader=loader)

    def evaluate(text):
        condition.when = [text]
        return condition.evaluate_conditional(templar, asked['vars'])
    return clocked(asked['times'], lambda: ''.join('1' if evaluate(text) else '0' for text in asked['texts']))


asked = json.load(sys.stdin)
seconds, result = {'render': render, 'compile': compile_all, 'conditions': conditions}[asked['kind']](asked)
print(json.dumps({'seconds': seconds, 'check': hashlib.sha256(result.encode()).hexdigest()}))
