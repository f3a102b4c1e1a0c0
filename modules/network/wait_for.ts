import { setTimeout as sleep } from 'node:timers/promises';
import { inputError } from '../../engine/error.ts';
import { type ActionOutcome, type ArgsOf, defineAction, type Host, sh } from '../../engine/module/contract.ts';
import { describe, lookOf } from '../files/attributes.ts';
import { pathWord } from '../files/path.ts';
import { pyRegex } from '../files/pyregex.ts';
import { recordsOf } from '../files/records.ts';
import { LOOK } from '../files/shell.ts';
import { isFatal } from './failure.ts';
import { activeConnections } from './sockets.ts';

const options = {
  host: { type: 'str', default: '127.0.0.1', description: 'Name or address, as the managed host sees it.' },
  port: { type: 'int', description: 'TCP port to wait for.' },
  path: { type: 'path', description: 'File of the managed host to wait for.' },
  state: {
    type: 'str',
    default: 'started',
    choices: ['absent', 'drained', 'present', 'started', 'stopped'],
    description:
      '`started` and `present`: the port accepts connections, the file is there. `stopped` and `absent`: it does not. `drained`: no connection to the port is left.',
  },
  search_regex: { type: 'str', description: 'Regular expression (Python’s) that must match in the file, or in what the port sends.' },
  timeout: { type: 'int', default: 300, description: 'Seconds until it is given up. Without a port and a path: seconds to wait.' },
  connect_timeout: { type: 'int', default: 5, description: 'Seconds for one attempt to connect.' },
  delay: { type: 'int', default: 0, description: 'Seconds before the first look.' },
  sleep: { type: 'int', default: 1, description: 'Seconds between looks.' },
  msg: { type: 'str', description: 'What to say when it is given up.' },
  exclude_hosts: { type: 'list', elements: 'str', description: 'Addresses whose connections do not count, with `drained`.' },
  active_connection_states: {
    type: 'list',
    elements: 'str',
    default: ['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'],
    description: 'States of connections that count, with `drained`.',
  },
} as const;

type Args = ArgsOf<typeof options>;

/** What a look found: `undefined` when not yet, else values to return. */
type Found = Readonly<Record<string, unknown>> | undefined;

export default defineAction({
  name: 'wait_for',
  fqcn: ['ansible.builtin.wait_for'],
  summary: 'Waits until a port opens or closes, or a file appears, disappears or says something.',
  notes: ['Connections are made from the managed host. In check mode it looks once and does not wait.'],
  inCheck: 'decide',
  options,
  rules: { mutuallyExclusive: [['port', 'path']] },
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/wait_for_module.html',
  returns: { elapsed: 'Seconds waited.', match_groups: 'Groups of `search_regex`.', match_groupdict: 'Named groups of `search_regex`.' },
  examples: [
    { title: 'SSH accepts connections and says who it is', args: { port: 22, search_regex: 'OpenSSH', timeout: 30 } },
    { title: 'A lock file is gone', args: { path: '/run/qplay-no-such.lock', state: 'absent' } },
  ],

  async run(args, host, controller): Promise<ActionOutcome> {
    check(args);
    const start = Date.now();
    const elapsed = (): number => Math.floor((Date.now() - start) / 1000);
    const result = (more: Found = {}) => ({
      state: args.state,
      port: args.port ?? null,
      path: args.path ?? null,
      search_regex: args.search_regex ?? null,
      elapsed: elapsed(),
      match_groups: [],
      match_groupdict: {},
      ...more,
    });
    const seconds = (count: number): Promise<unknown> => sleep(count * 1000, undefined, { signal: host.signal });
    if (controller.check) {
      const found = waits(args) ? await look(args, host, start + args.connect_timeout * 1000) : undefined;
      return found === undefined ? { status: 'unknown', why: `It would wait for ${aim(args)}`, result: result() } : { status: 'ok', result: result(found) };
    }
    await seconds(args.delay);
    if (!waits(args)) {
      await seconds(args.timeout);
      return { status: 'ok', result: result() };
    }
    const end = start + args.timeout * 1000;
    while (Date.now() < end) {
      const found = await look(args, host, end);
      if (found !== undefined) return { status: 'ok', result: result(found) };
      await seconds(Math.min(args.sleep, Math.max(0, (end - Date.now()) / 1000)));
    }
    return {
      status: 'failed',
      why: args.msg ?? `Timeout when waiting for ${aim(args)}`,
      result: { elapsed: elapsed() },
      ...(args.msg === undefined && { hint: `It was given ${args.timeout} seconds (timeout)` }),
    };
  },
});

const waits = (args: Args): boolean => args.port !== undefined || args.path !== undefined || args.state === 'drained';

/** What is waited for, in words. */
function aim(args: Args): string {
  const thing = args.path ?? `${args.host}:${args.port}`;
  if (args.search_regex !== undefined) return `search string ${args.search_regex} in ${thing}`;
  if (args.state === 'drained') return `${thing} to drain`;
  if (args.state === 'absent' || args.state === 'stopped') return args.path === undefined ? `${thing} to stop` : `${thing} to be absent`;
  return args.path === undefined ? thing : `file ${thing}`;
}

function check(args: Args): void {
  if (args.path !== undefined && (args.state === 'stopped' || args.state === 'drained'))
    throw inputError('wait', `state: ${args.state} is for a port, not for a path`);
  if (args.exclude_hosts !== undefined && args.state !== 'drained') throw inputError('wait', 'exclude_hosts goes with state: drained');
  if (args.state === 'drained' && args.port === undefined) throw inputError('wait', 'state: drained needs a port');
  if (args.search_regex !== undefined) pyRegex(args.search_regex, 'search_regex', { multiline: true });
}

/** One look; `end` is the time by which it must be over. */
async function look(args: Args, host: Host, end: number): Promise<Found> {
  if (args.state === 'drained') return (await activeConnections(host, args)) === 0 ? {} : undefined;
  const gone = args.state === 'absent' || args.state === 'stopped';
  if (args.path !== undefined) return lookAtFile(args, args.path, host, gone);
  const found = await lookAtPort(args, host, end, gone);
  if (!gone) return found;
  return found === undefined ? {} : undefined;
}

async function lookAtFile(args: Args, path: string, host: Host, gone: boolean): Promise<Found> {
  const search = !gone && args.search_regex !== undefined;
  const seen = await host.run(sh`${LOOK}p=${pathWord(path)}
if [ -e "$p" ]; then qp_look "$p"; printf '\\0'
${search && sh`cat -- "$p"`}
fi`);
  const there = seen.bytes.length > 0;
  if (gone) return there ? undefined : {};
  if (!there) return undefined;
  const records = recordsOf(seen);
  const look = lookOf(records.get('look'));
  const found = search ? matchIn(args, records.rest.toString('latin1')) : {};
  return found === undefined ? undefined : { ...(look && describe(look)), ...found };
}

function matchIn(args: Args, bytes: string): Found {
  const regex = pyRegex(Buffer.from(args.search_regex ?? '').toString('latin1'), 'search_regex', { multiline: true });
  const match = regex.exec(bytes);
  if (match === null) return undefined;
  const text = (part: string | undefined): string | null => (part === undefined ? null : Buffer.from(part, 'latin1').toString());
  return {
    match_groups: match.slice(1).map(text),
    match_groupdict: Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, part]) => [name, text(part)])),
  };
}

/** Whether the port accepts a connection, and says what is searched. Any way to fail means no. */
async function lookAtPort(args: Args, host: Host, end: number, gone: boolean): Promise<Found> {
  const patience = new AbortController();
  const limit = Math.min(args.connect_timeout * 1000, Math.max(1, end - Date.now()));
  const dialled = host.dial(args.host, args.port as number);
  try {
    const socket = await Promise.race([dialled, sleep(limit, undefined, { signal: patience.signal, ref: false })]);
    if (socket === undefined) {
      dialled.then((late) => late.destroy()).catch(() => undefined);
      return undefined;
    }
    socket.on('error', () => undefined);
    try {
      if (gone || args.search_regex === undefined) return {};
      return await listen(args, socket, end);
    } finally {
      socket.destroy();
    }
  } catch (error) {
    if (isFatal(error)) throw error;
    return undefined;
  } finally {
    patience.abort();
  }
}

/** Reads what the port sends until it matches, ends, or the time is up. */
async function listen(args: Args, socket: Awaited<ReturnType<Host['dial']>>, end: number): Promise<Found> {
  const timer = setTimeout(() => socket.destroy(), Math.max(0, end - Date.now()));
  let text = '';
  try {
    for await (const chunk of socket) {
      text += (chunk as Buffer).toString('latin1');
      const found = matchIn(args, text);
      if (found !== undefined) return found;
    }
  } catch {
    // a connection that breaks is one that did not say it
  } finally {
    clearTimeout(timer);
  }
  return undefined;
}
