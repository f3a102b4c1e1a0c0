import { QplayError } from '../error.ts';
import type { Line } from '../module/contract.ts';
import type { LayeredScope } from '../vars/scope.ts';
import { type Delegate, targetFor } from './delegate.ts';
import type { Target } from './target.ts';
import type { TaskRun } from './task-run.ts';

interface Making {
  readonly taskRun: TaskRun;
  readonly scope: LayeredScope;
  readonly delegate: Delegate | undefined;
  /** Where the task runs. */
  readonly target: Target;
  readonly environment: Readonly<Record<string, string>> | undefined;
  /** Seconds. */
  readonly timeout: number | undefined;
}

const SSH_ARGS = ['ansible_ssh_args', 'ansible_ssh_common_args', 'ansible_ssh_extra_args'] as const;

/** The way between the host that a task is for and the one where it runs. */
export function lineOf({ taskRun, scope, delegate, target, environment, timeout }: Making): Line {
  const { run, host } = taskRun;
  const own = delegate === undefined ? target : targetFor(taskRun, scope, undefined);
  const { connect } = own;
  const isOwn = delegate === undefined ? connect.kind === 'local' : delegate.name === host.name || delegate.name === connect.host;
  const rsync = scope.get('ansible_rsync_path');
  return {
    runs: isOwn ? 'there' : delegate === undefined || target.connect.kind === 'local' ? 'here' : 'elsewhere',
    host: connect.host,
    ...(connect.port !== undefined && { port: connect.port }),
    ...(connect.user !== undefined && { user: connect.user }),
    ...(connect.privateKeyFile !== undefined && { privateKeyFile: connect.privateKeyFile }),
    sshArgs: SSH_ARGS.map((name) => scope.get(name))
      .filter((one) => typeof one === 'string' && one !== '')
      .join(' '),
    ...(own.become && { become: { method: own.become.method, user: own.become.user } }),
    environment: environment ?? {},
    ...(typeof rsync === 'string' && rsync !== '' && { rsync }),
    signal: timeout === undefined ? run.options.signal : AbortSignal.any([run.options.signal, timeIsUp(taskRun.task.action, timeout)]),
    open: (text, { where = 'host', plain = false } = {}) => {
      const at = where === 'host' ? own : target;
      return run.connections.get(at.connect).open(text, plain ? undefined : at.become);
    },
  };
}

function timeIsUp(name: string, seconds: number): AbortSignal {
  const over = new AbortController();
  const error = new QplayError({ kind: 'task', severity: 'error', code: 'timeout', message: `${name} was not done after ${seconds} s` });
  setTimeout(() => over.abort(error), seconds * 1000).unref();
  return over.signal;
}
