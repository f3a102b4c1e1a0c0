import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type ActionOutcome, type ArgsOf, type Controller, defineAction, type Host, type Line, type Pipe, quote, raw } from '../../engine/module/contract.ts';
import { commandText, farPath, namesHost, outcomeOf, rsyncCommand, sshCommand } from './rsync-command.ts';
import { openWay } from './rsync-way.ts';

const options = {
  src: {
    type: 'path',
    required: true,
    description: 'What is copied, on the control node, or on the host with `mode: pull`. A slash at the end means the content of a folder.',
  },
  dest: { type: 'path', required: true, description: 'Where it goes.' },
  dest_port: { type: 'int', description: 'Port of sshd, when it is not that of the connection. rsync then calls ssh.' },
  mode: { type: 'str', default: 'push', choices: ['pull', 'push'], description: 'Direction, seen from where rsync runs.' },
  archive: { type: 'bool', default: true, description: 'Folders with all they hold, links, modes, times, owner, group and devices.' },
  checksum: { type: 'bool', default: false, description: 'Compare content, not size and time.' },
  compress: { type: 'bool', default: true, description: 'Compress what is sent.' },
  existing_only: { type: 'bool', default: false, description: 'Make no new files.' },
  delete: { type: 'bool', default: false, description: 'Remove from `dest` what `src` does not have.' },
  dirs: { type: 'bool', default: false, description: 'Make folders without what they hold.' },
  recursive: { type: 'bool', description: 'Go into folders; as `archive` when absent.' },
  links: { type: 'bool', description: 'Copy links as links; as `archive` when absent.' },
  copy_links: { type: 'bool', default: false, description: 'Copy what links point to.' },
  perms: { type: 'bool', description: 'Keep modes; as `archive` when absent.' },
  times: { type: 'bool', description: 'Keep times; as `archive` when absent.' },
  owner: { type: 'bool', description: 'Keep the owner; as `archive` when absent.' },
  group: { type: 'bool', description: 'Keep the group; as `archive` when absent.' },
  rsync_path: { type: 'str', description: 'rsync on the other side, such as `sudo rsync`. The task’s become does nothing then.' },
  rsync_timeout: { type: 'int', default: 0, description: 'Seconds without a byte after which rsync gives up; 0 for ever.' },
  rsync_opts: { type: 'list', elements: 'str', default: [], description: 'Further options of rsync.' },
  partial: { type: 'bool', default: false, description: 'Keep what was sent of a file when the transfer breaks off.' },
  delay_updates: { type: 'bool', default: true, description: 'Put files into their places together at the end, and read .rsync-filter files.' },
  link_dest: { type: 'list', elements: 'path', description: 'Folders of `dest`’s host whose equal files are linked, not copied.' },
  private_key: { type: 'path', description: 'Key for another login than the connection’s. rsync then calls ssh.' },
  set_remote_user: { type: 'bool', default: true, description: 'Name the user in the remote path.' },
  use_ssh_args: { type: 'bool', default: false, description: 'Where rsync calls ssh, give it the arguments of `ansible_ssh_common_args` and its kin.' },
  ssh_connection_multiplexing: { type: 'bool', default: false, description: 'Where rsync calls ssh, let it use a connection that ssh shares.' },
  verify_host: {
    type: 'bool',
    default: false,
    description: 'Where rsync calls ssh, check the key of the host. The connection that is there was checked already.',
  },
} as const;

export type Args = ArgsOf<typeof options>;

export default defineAction({
  name: 'synchronize',
  fqcn: ['ansible.posix.synchronize'],
  summary: 'Copies folders by rsync, between the control node and the host or between two hosts.',
  notes: [
    'rsync must be on both sides. It runs on the control node and speaks over the connection that is there, with its user, jump hosts and become (passwords, too); ssh is not called.',
    '`delegate_to` another host makes rsync run there; it then calls ssh of that host, as its login user.',
    'With `dest_port` or `private_key` other than the connection’s, a path that names a host, or `--rsh` in `rsync_opts`, rsync calls ssh.',
    'A check runs rsync with --dry-run.',
  ],
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/posix/synchronize_module.html; rsync(1)',
  inCheck: 'decide',
  options,
  returns: { cmd: 'The command line.', msg: 'What rsync printed: a line for each change.', rc: 'Its exit status.', stdout_lines: 'The lines of `msg`.' },
  examples: [
    { title: 'Bring a folder to the host', args: { src: 'site/', dest: '/srv/site' } },
    { title: 'The same, and remove what is no longer in it', args: { src: 'site/', dest: '/srv/site', delete: true, rsync_opts: ['--exclude=.git'] } },
    { title: 'Fetch a folder', args: { mode: 'pull', src: '/var/log/nginx/', dest: '/tmp/logs/' } },
  ],

  async run(args, host, controller): Promise<ActionOutcome> {
    if (args.rsync_opts.includes(''))
      controller.warn('The empty string is present in rsync_opts; it makes rsync transfer the current folder. "." says the same without this warning.');
    const line = controller.line?.();
    if (line === undefined || line.runs === 'there') return here(args, host, controller, line);
    if (args.src.startsWith('rsync://') && args.dest.startsWith('rsync://')) return failure('either src or dest must be a localhost', 1, '');
    return line.runs === 'here' ? fromHere(args, controller, line) : fromElsewhere(args, controller, line);
  },
});

/** Both ends are on the machine where the task runs. */
async function here(args: Args, host: Host, controller: Controller, line: Line | undefined): Promise<ActionOutcome> {
  const ends = { source: nearPath(args.src, controller), dest: nearPath(args.dest, controller) };
  const rsync = line?.rsync ?? 'rsync';
  const words = rsyncCommand(args, { rsync, check: controller.check, ...ends, rsyncPath: args.rsync_path });
  const ran = found(await host.run(raw(finding(words))));
  return ran === undefined ? missing(rsync, 'on this host') : judged(args, [ran.program, ...words.slice(1)], ran, ends.dest);
}

/** Runs the command line, after a line that says which program that is. */
const finding = (words: readonly string[]): string => `command -v ${quote(words[0] as string)} || { printf '\\n'; exit 0; }; ${words.map(quote).join(' ')}`;

/** What `finding` printed, taken apart; `undefined` when there is no such program. */
function found(ran: Ran): (Ran & { readonly program: string }) | undefined {
  const end = ran.stdout.indexOf('\n');
  const program = ran.stdout.slice(0, end);
  return program === '' ? undefined : { code: ran.code, stderr: ran.stderr, stdout: ran.stdout.slice(end + 1), program };
}

/** rsync of the control node, and the host at the other end of the connection. */
async function fromHere(args: Args, controller: Controller, line: Line): Promise<ActionOutcome> {
  const { source, dest, recursion } = farEnds(args, controller, line);
  if (recursion !== undefined) return recursion;
  const daemon = source.startsWith('rsync://') || dest.startsWith('rsync://');
  const plain = args.rsync_path !== undefined;
  const other = isOther(args, line);
  const way = daemon || other || hasRsh(args) ? undefined : await openWay((text) => line.open(text, { plain }));
  try {
    const rsh = way?.rsh ?? (daemon || hasRsh(args) ? undefined : sshCommand(args, loginOf(args, line)));
    const rsyncPath = args.rsync_path ?? (way === undefined ? becoming(line) : undefined);
    const rsync = programAt(line.rsync ?? 'rsync');
    if (rsync === undefined) return missing(line.rsync ?? 'rsync', 'on the control node');
    const words = rsyncCommand(args, { rsync, check: controller.check, source, dest, rsh, rsyncPath });
    const ran = await spawned(words, line);
    return judged(args, words, ran, dest);
  } finally {
    await way?.close();
  }
}

/** rsync of the host delegated to, which calls its own ssh. */
async function fromElsewhere(args: Args, controller: Controller, line: Line): Promise<ActionOutcome> {
  const { source, dest, recursion } = farEnds(args, controller, line);
  if (recursion !== undefined) return recursion;
  const daemon = source.startsWith('rsync://') || dest.startsWith('rsync://');
  const rsh = daemon || hasRsh(args) ? undefined : sshCommand(args, loginOf(args, line));
  const rsyncPath = args.rsync_path ?? becoming(line);
  const rsync = line.rsync ?? 'rsync';
  const words = rsyncCommand(args, { rsync, check: controller.check, source, dest, rsh, rsyncPath });
  const ran = found(await collected(await line.open(finding(words), { where: 'runner', plain: true }), line));
  return ran === undefined ? missing(rsync, 'on the host delegated to') : judged(args, [ran.program, ...words.slice(1)], ran, dest);
}

/** Both paths as rsync is told, where one of them is on the host that the task is for. */
function farEnds(args: Args, controller: Controller, line: Line): { source: string; dest: string; recursion?: ActionOutcome } {
  const user = args.set_remote_user ? line.user : undefined;
  const near = (path: string) => (line.runs === 'here' ? nearPath(path, controller) : path);
  const push = args.mode === 'push';
  const source = push ? near(args.src) : farPath(line.host, args.src, user);
  const dest = push ? farPath(line.host, args.dest, user) : near(args.dest);
  const within = push ? undefined : args.link_dest?.find((one) => resolve(dirname(dest)).startsWith(resolve(one)));
  if (within === undefined) return { source, dest };
  const why = `Hardlinking into a subdirectory of the source would cause recursion. ${resolve(dirname(dest))} and ${dest}`;
  return { source, dest, recursion: { status: 'failed', why, result: { msg: why } } };
}

const hasRsh = (args: Args): boolean => args.rsync_opts.some((one) => one.includes('--rsh'));

/** Whether another login than that of the connection is meant. */
const isOther = (args: Args, line: Line): boolean =>
  namesHost(args.mode === 'push' ? args.dest : args.src) ||
  (args.dest_port !== undefined && args.dest_port !== (line.port ?? 22)) ||
  (args.private_key !== undefined && args.private_key !== line.privateKeyFile);

const loginOf = (args: Args, line: Line) => ({ port: args.dest_port ?? line.port ?? 22, key: args.private_key ?? line.privateKeyFile, sshArgs: line.sshArgs });

/** How rsync becomes another user where only ssh leads. */
const becoming = ({ become }: Line): string | undefined => (become?.method === 'sudo' ? `sudo -u ${become.user} rsync` : undefined);

/** A path of the machine on which rsync runs: that of a role's `files`, of the playbook's, or beside the playbook. */
function nearPath(path: string, controller: Controller): string {
  if (path.startsWith('~/') || path === '~') return `${process.env.HOME ?? ''}${path.slice(1)}`;
  if (path.startsWith('/') || path.includes(':')) return path;
  const slash = path.endsWith('/') ? '/' : '';
  try {
    return `${controller.find('files', path).replace(/\/+$/, '')}${slash}`;
  } catch {
    return `${resolve(controller.baseDir ?? process.cwd(), path)}${slash}`;
  }
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of the control node. */
function programAt(name: string): string | undefined {
  if (name.includes('/')) return existsSync(name) ? name : undefined;
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/local/bin', '/usr/bin', '/bin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Runs a program of the control node. */
function spawned(words: readonly string[], line: Line): Promise<Ran> {
  line.signal.throwIfAborted();
  const [program, ...rest] = words as [string, ...string[]];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...line.environment } });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  let stop = () => {};
  return new Promise<Ran>((done, reject) => {
    stop = () => {
      child.kill();
      // what rsync started keeps its streams open for a while
      reject(line.signal.reason);
    };
    line.signal.addEventListener('abort', stop);
    child.once('error', reject);
    child.once('close', (code) => done({ code: code ?? 128, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }));
  }).finally(() => line.signal.removeEventListener('abort', stop));
}

async function collected(pipe: Pipe, line: Line): Promise<Ran> {
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  pipe.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  pipe.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const stop = () => pipe.destroy();
  line.signal.addEventListener('abort', stop);
  pipe.stdin.end('\n');
  const end = await pipe.ended;
  await new Promise((done) => setTimeout(done, 20));
  line.signal.removeEventListener('abort', stop);
  line.signal.throwIfAborted();
  return { code: end.code ?? 255, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}

function judged(args: Args, words: readonly string[], ran: Ran, dest: string): ActionOutcome {
  const cmd = commandText(words);
  if (ran.code !== 0) return failure(ran.stderr, ran.code, cmd);
  const { changed, msg, lines } = outcomeOf(ran.stdout, args.link_dest !== undefined);
  const result = { cmd, msg, rc: 0, stdout_lines: lines };
  return changed ? { status: 'changed', result, diff: [{ label: dest, before: '', after: msg }] } : { status: 'ok', result };
}

function failure(said: string, rc: number, cmd: string): ActionOutcome {
  const why = said.trim().split('\n')[0] || `rsync ended with exit status ${rc}`;
  const absent = rc === 127 || /rsync: (?:command )?not found|remote command not found/.test(said);
  return {
    status: 'failed',
    why,
    ...(absent && { hint: 'rsync must be installed on the other side, too: a task with `package: name=rsync` before this one' }),
    result: { msg: said, rc, ...(cmd !== '' && { cmd }) },
  };
}

function missing(program: string, where: string): ActionOutcome {
  const why = `Failed to find required executable "${program}" ${where}`;
  return { status: 'failed', why, hint: `Install rsync ${where}`, result: { msg: why } };
}
