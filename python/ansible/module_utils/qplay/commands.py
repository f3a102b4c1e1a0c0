"""Programs that a module runs."""
import os
import re
import selectors
import shlex
import subprocess
import traceback

from ansible.module_utils.common.text.converters import to_bytes, to_native, to_text

PROMPTED = 'A prompt was encountered while running a command, but no input data was specified'
SECRET_WORD = re.compile(r'^(--?[\w-]*pass(?:[-_]?(?:wor[dt]|phrase|code|wd))?)(=.*)?$', re.IGNORECASE)


class CommandWork(object):
    def run_command(self, args, check_rc=False, close_fds=True, executable=None, data=None, binary_data=False, path_prefix=None, cwd=None,
                    use_unsafe_shell=False, prompt_regex=None, environ_update=None, umask=None, encoding='utf-8',
                    errors='surrogate_or_strict', expand_user_and_vars=True, pass_fds=None, before_communicate_callback=None,
                    ignore_invalid_cwd=True, handle_exceptions=True):
        """Runs a program and waits for its end, not for what it left behind with its streams open.

        :returns: exit status, standard output and standard error; as bytes when `encoding` is None
        """
        if not isinstance(args, (list, bytes, str)):
            self.fail_json(rc=257, cmd=args, msg="Argument 'args' to run_command must be list or string")
        words, shell = self._words(args, use_unsafe_shell, executable, expand_user_and_vars)
        options = dict(executable=executable, shell=shell, close_fds=close_fds, env=self._environment(environ_update, path_prefix),
                       stdin=subprocess.PIPE if data else None, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if umask:
            options['preexec_fn'] = lambda: os.umask(umask)
        if pass_fds:
            options['pass_fds'] = pass_fds
        if cwd:
            folder = os.path.abspath(os.path.expanduser(to_text(cwd)))
            if os.path.isdir(folder):
                options['cwd'] = folder
            elif not ignore_invalid_cwd:
                self.fail_json(msg='Provided cwd is not a valid directory: %s' % cwd)
        prompt = re.compile(to_bytes(prompt_regex), re.MULTILINE) if prompt_regex else None
        try:
            child = subprocess.Popen(words, **options)
            if before_communicate_callback:
                before_communicate_callback(child)
            out, err, prompted = _talk(child, to_bytes(data) + (b'' if binary_data else b'\n') if data else None, prompt)
        except Exception as failure:
            self.log('Error Executing CMD:%s Exception:%s' % (self._clean_args(words), to_native(failure)))
            if not handle_exceptions:
                raise
            more = {} if isinstance(failure, OSError) else {'exception': traceback.format_exc()}
            self.fail_json(rc=getattr(failure, 'errno', None) or 257, stdout='', stderr='', msg=to_native(failure), cmd=self._clean_args(words), **more)
        code = 257 if prompted else child.returncode
        if prompted:
            err = to_bytes(PROMPTED)
        elif code != 0 and check_rc:
            self.fail_json(cmd=self._clean_args(words), rc=code, stdout=to_native(out), stderr=to_native(err), msg=to_native(err.rstrip()))
        if encoding is None:
            return code, out, err
        return code, to_native(out, encoding=encoding, errors=errors), to_native(err, encoding=encoding, errors=errors)

    def _words(self, args, unsafe_shell, executable, expand):
        if unsafe_shell:
            text = ' '.join(shlex.quote(to_text(one)) for one in args) if isinstance(args, list) else to_text(args)
            program = executable or (self._shell if self._shell not in (None, '/bin/sh') else None)
            return ([to_bytes(program), b'-c', to_bytes(text)], False) if program else (to_bytes(text), True)
        words = shlex.split(to_text(args, errors='surrogateescape')) if isinstance(args, (bytes, str)) else [one for one in args if one is not None]
        if expand:
            words = [os.path.expanduser(os.path.expandvars(one if isinstance(one, bytes) else to_text(one))) for one in words]
        return [to_bytes(one) for one in words], False

    def _environment(self, update, path_prefix):
        env = dict(os.environ)
        env.update(self.run_command_environ_update or {})
        env.update(update or {})
        if path_prefix:
            env['PATH'] = '%s:%s' % (path_prefix, env['PATH']) if env.get('PATH') else path_prefix
        return env

    def _clean_args(self, args):
        """A command line as it may be shown: without passwords."""
        words = [to_native(one) for one in args] if isinstance(args, list) else shlex.split(to_native(args))
        shown, hide = [], False
        for word in words:
            found = SECRET_WORD.match(word)
            if hide:
                word = '********'
            hide = bool(found and not found.group(2) and not hide)
            shown.append(found.group(1) + '=********' if found and found.group(2) else word)
        return ' '.join(shlex.quote(one) for one in shown)


def _talk(child, data, prompt):
    """What a program writes until it has ended and nothing more comes, and whether it asked for something."""
    found = {child.stdout: b'', child.stderr: b''}
    watch = selectors.DefaultSelector()
    for stream in found:
        os.set_blocking(stream.fileno(), False)
        watch.register(stream, selectors.EVENT_READ)
    if data is not None:
        os.set_blocking(child.stdin.fileno(), False)
        watch.register(child.stdin, selectors.EVENT_WRITE)
    prompted = False
    while watch.get_map() and not prompted:
        events = watch.select(1)
        for key, _mask in events:
            stream = key.fileobj
            if stream is child.stdin:
                data = _feed(stream, data)
                if not data:
                    watch.unregister(stream)
                continue
            chunk = stream.read(32768)
            if chunk == b'':
                watch.unregister(stream)
            found[stream] += chunk or b''
            prompted = prompted or bool(stream is child.stdout and prompt and data is None and prompt.search(found[stream]))
        if not events and child.poll() is not None:
            break
    watch.close()
    if prompted:
        child.kill()
    child.wait()
    for stream in found:
        stream.close()
    return found[child.stdout], found[child.stderr], prompted


def _feed(stream, data):
    """Writes what the program takes now. Returns what is left; nothing when it is done or does not read."""
    try:
        rest = data[os.write(stream.fileno(), data[:65536]):]
    except BlockingIOError:
        return data
    except BrokenPipeError:
        rest = b''
    if not rest:
        stream.close()
    return rest
