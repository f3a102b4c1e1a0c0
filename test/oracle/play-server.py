"""Runs Ansible's command-line programs for tests: imports ansible once, then forks for each request.

Reads requests from stdin, one JSON object a line:
  {"id": 1, "program": "ansible-playbook", "argv": ["play.yml"], "cwd": "/tmp/x", "env": {}, "fresh": false, "seconds": 60}
and answers on stdout, in the order in which they end:
  {"id": 1, "exit": 0, "stdout": "...", "stderr": "...", "events": [...]}
Several requests may be under way at once. `events` is what callbacks of a playbook were told, see Recorder. Settings are read
when ansible is imported: with `fresh` the request has a process of its own, which honours an ansible.cfg in `cwd` and all of `env`.
"""
import importlib
import io
import json
import os
import pkgutil
import random
import select
import shutil
import signal
import sys
import tempfile
import time

PROGRAMS = {
    'ansible': ('ansible.cli.adhoc', 'AdHocCLI'),
    'ansible-doc': ('ansible.cli.doc', 'DocCLI'),
    'ansible-inventory': ('ansible.cli.inventory', 'InventoryCLI'),
    'ansible-playbook': ('ansible.cli.playbook', 'PlaybookCLI'),
    'ansible-vault': ('ansible.cli.vault', 'VaultCLI'),
}


class Recorder:
    """A callback that writes down what it is told, one list an event, its kind first."""

    disabled = False
    wants_implicit_tasks = False

    def __init__(self, stream):
        self.stream = stream

    def write(self, *event):
        self.stream.write(json.dumps(event, default=str) + '\n')
        self.stream.flush()

    def result(self, kind, result, **more):
        task = result._task
        if 'label' in more:
            more['label'] = str(more['label'])
        outcome = {key: value for key, value in result._result.items() if not key.startswith('_ansible')}
        self.write(kind, result._host.get_name(), task._uuid, {'action': task.resolved_action or task.action, 'result': outcome, **more})

    def v2_playbook_on_play_start(self, play):
        self.write('play', play.get_name())

    def v2_playbook_on_no_hosts_matched(self):
        self.write('no-hosts')

    def v2_playbook_on_no_hosts_remaining(self):
        self.write('none-left')

    def v2_playbook_on_task_start(self, task, is_conditional):
        self.write('task', task.get_name(), task._uuid)

    def v2_playbook_on_handler_task_start(self, task):
        self.write('handler', task.get_name(), task._uuid)

    def v2_playbook_on_include(self, included):
        name = included._filename
        self.write('include', os.path.basename(name), [host.name for host in included._hosts])

    def v2_runner_on_ok(self, result):
        self.result('ok', result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.result('failed', result, ignored=bool(ignore_errors))

    def v2_runner_on_skipped(self, result):
        self.result('skipped', result)

    def v2_runner_on_unreachable(self, result):
        self.result('unreachable', result)

    def v2_runner_retry(self, result):
        self.result('retry', result)

    def v2_runner_item_on_ok(self, result):
        self.result('item-ok', result, label=result._result.get('_ansible_item_label'))

    def v2_runner_item_on_failed(self, result):
        self.result('item-failed', result, label=result._result.get('_ansible_item_label'))

    def v2_runner_item_on_skipped(self, result):
        self.result('item-skipped', result, label=result._result.get('_ansible_item_label'))

    def v2_playbook_on_stats(self, stats):
        self.write('stats', {host: stats.summarize(host) for host in stats.processed}, stats.custom)


def record(path):
    """Makes every task queue of this process tell a Recorder that writes to `path`."""
    from ansible.executor.task_queue_manager import TaskQueueManager
    load = TaskQueueManager.load_callbacks

    def load_callbacks(self):
        loaded = self._callbacks_loaded
        load(self)
        if not loaded:
            self._callback_plugins.append(Recorder(open(path, 'a')))

    TaskQueueManager.load_callbacks = load_callbacks


def warm():
    """Imports what most playbooks load, so that no child has to."""
    for module, _ in PROGRAMS.values():
        importlib.import_module(module)
    for kind in ('action', 'strategy', 'lookup', 'filter', 'test', 'callback', 'connection', 'shell', 'vars', 'inventory', 'become', 'cache'):
        package = importlib.import_module('ansible.plugins.' + kind)
        before = dict(vars(package))
        for found in pkgutil.iter_modules(package.__path__):
            importlib.import_module('%s.%s' % (package.__name__, found.name))
            # a plugin called "list" must not stand in the way of Python's own within the package
            vars(package).pop(found.name, None)
        vars(package).update(before)


def play(request, folder):
    """The whole life of one request, in a process of its own. Does not return."""
    os.setsid()
    for number, name in ((1, 'stdout'), (2, 'stderr')):
        os.dup2(os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, 'w', encoding='utf-8'), open(2, 'w', encoding='utf-8')
    if request.get('stdin') is not None:
        given = tempfile.TemporaryFile()
        given.write(request['stdin'].encode())
        given.seek(0)
        os.dup2(given.fileno(), 0)
        sys.stdin = io.TextIOWrapper(open(0, 'rb', closefd=False), encoding='utf-8')
    random.seed()
    os.chdir(request['cwd'])
    os.environ.update(request.get('env', {}))
    if request.get('fresh'):
        os.execv(sys.executable, [sys.executable, os.path.abspath(__file__), '--one', folder])
    run_program(request, folder)


def run_program(request, folder):
    module, name = PROGRAMS[request['program']]
    record(os.path.join(folder, 'events'))
    cli = getattr(importlib.import_module(module), name)
    code = 250
    try:
        sys.argv = [request['program'], *request['argv']]
        cli.cli_executor(sys.argv)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def text(folder, name):
    try:
        with open(os.path.join(folder, name), encoding='utf-8', errors='replace') as stream:
            return stream.read()
    except FileNotFoundError:
        return ''


class Server:
    def __init__(self):
        self.children = {}
        self.out = os.fdopen(os.dup(1), 'w')
        os.dup2(2, 1)

    def begin(self, request):
        folder = tempfile.mkdtemp(prefix='play-server-')
        with open(os.path.join(folder, 'request'), 'w') as stream:
            json.dump(request, stream)
        done, running = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(done)
            try:
                play(request, folder)
            finally:
                os._exit(250)
        os.close(running)
        self.children[done] = (pid, request, folder, time.monotonic() + request.get('seconds', 60))

    def end(self, done):
        pid, request, folder, _ = self.children.pop(done)
        os.close(done)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        answer = {
            'id': request['id'],
            'exit': status,
            'stdout': text(folder, 'stdout'),
            'stderr': text(folder, 'stderr'),
            'events': [json.loads(line) for line in text(folder, 'events').splitlines()],
        }
        shutil.rmtree(folder, ignore_errors=True)
        self.out.write(json.dumps(answer) + '\n')
        self.out.flush()

    def serve(self):
        pending, more = b'', True
        while more or self.children:
            ready = select.select([*([0] if more else []), *self.children], [], [], 1)[0]
            for descriptor in ready:
                if descriptor != 0:
                    self.end(descriptor)
                    continue
                read = os.read(0, 65536)
                more = read != b''
                pending += read
                *lines, pending = pending.split(b'\n')
                for line in lines:
                    self.begin(json.loads(line))
            for pid, _, _, deadline in self.children.values():
                if time.monotonic() > deadline:
                    os.killpg(pid, signal.SIGKILL)


if __name__ == '__main__':
    if sys.argv[1:2] == ['--one']:
        with open(os.path.join(sys.argv[2], 'request')) as stream:
            run_program(json.load(stream), sys.argv[2])
    warm()
    Server().serve()
