import { createHash, getHashes } from 'node:crypto';
import { inputError, QplayError } from '../../engine/error.ts';
import { type ArgsOf, type AskPlan, type Controller, defineAsk, type Host, type Observed, type Plan, type Result, sh } from '../../engine/module/contract.ts';
import { ATTRIBUTES, lookOf, wantedOf } from '../files/attributes.ts';
import { modeWarning } from '../files/mode.ts';
import { pathWord } from '../files/path.ts';
import { backupSuffix, planPlace, probePlace, type Source, type Target } from '../files/place.ts';
import { recordsOf } from '../files/records.ts';
import { bodyOf, CLIENT, send } from './client-options.ts';
import { type Download, download } from './download.ts';
import { nameOf } from './file-name.ts';
import type { HttpStream } from './http.ts';

const options = {
  url: { type: 'str', required: true, description: 'Address, `http` or `https`, as the managed host sees it.' },
  dest: { type: 'path', required: true, description: 'File of the host, or a folder: then the name comes from the server or the address.' },
  checksum: {
    type: 'str',
    default: '',
    description: '`ALGORITHM:HEX`, or `ALGORITHM:URL` of a file with checksums. A file that has it is not downloaded again.',
  },
  force: { type: 'bool', default: false, description: 'Download every time. If not, the server is asked whether it has a newer one.' },
  backup: { type: 'bool', default: false, description: 'Keep a copy of the old file beside it, with the time in its name.' },
  timeout: { type: 'int', default: 10, description: 'Seconds without progress until it is given up.' },
  tmp_dest: { type: 'path', description: 'Taken for compatibility: the temporary file is made beside `dest`.' },
  ...CLIENT,
  ...ATTRIBUTES,
  unsafe_writes: { type: 'bool', default: false, description: 'Write in place where the file cannot be replaced in one step.' },
} as const;

type Args = ArgsOf<typeof options>;

/** What was found out before planning. */
interface Seen {
  readonly target: Target;
  /** What is at the target now, and was when the task began. */
  readonly now: Observed;
  readonly before?: Observed;
  readonly source: Source;
  readonly result: Result;
}

type State = { readonly seen: Seen } | { readonly plan: Exclude<AskPlan, { is: 'wrong' }> };

const SERVER = String.raw`perl -MIO::Socket::INET -e 'fork && exit; open STDIN, "</dev/null"; open STDOUT, ">/dev/null"; open STDERR, ">/dev/null"; alarm 120; my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1:8079", Listen => 5, ReuseAddr => 1) or exit; while (my $c = $s->accept) { my $since = 0; while (<$c>) { $since = 1 if /^If-Modified-Since/i; last if /^\r?$/ } print $c $since ? "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n" : "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n"; close $c }'`;

export default defineAsk({
  name: 'get_url',
  fqcn: ['ansible.builtin.get_url'],
  summary: 'Downloads a file to the host over HTTP or HTTPS.',
  notes: ['Nothing is needed on the host: the connection is made from there, HTTP is spoken by the control node. FTP and file addresses are not supported.'],
  options,
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/get_url_module.html',
  returns: {
    dest: 'Path of the file on the host.',
    url: 'Where it came from.',
    checksum_src: 'SHA-1 of what was downloaded.',
    checksum_dest: 'SHA-1 of the file before.',
    status_code: 'Status code of the answer.',
    msg: 'What came, in words.',
    size: 'Size in bytes.',
    backup_file: 'Path of the copy of the old file.',
  },
  examples: [
    {
      title: 'Download once; later only when the server has a newer one',
      args: { url: 'http://127.0.0.1:8079/hello.txt', dest: '/opt/hello.txt', mode: '0644' },
      given: `rm -f /opt/hello.txt; ${SERVER}`,
    },
    {
      title: 'Prove the content by its checksum',
      args: { url: 'http://127.0.0.1:8079/hello.txt', dest: '/opt/', checksum: 'sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03' },
      given: `rm -f /opt/hello.txt; ${SERVER}`,
    },
  ],

  async ask(args, host, controller): Promise<State> {
    const warning = modeWarning(args.mode);
    if (warning !== undefined) controller.warn(warning);
    const session = sessions.get(args);
    if (session !== undefined) return { seen: { ...session, before: session.now, now: await host.run(probePlace(session.target, session.source.sha1)) } };
    try {
      return await first(args, host, controller);
    } catch (error) {
      return { plan: noAnswer(args, error) };
    }
  },
  plan: (args, state): AskPlan => {
    if ('plan' in state) return state.plan;
    const { target, now, before, source, result } = state.seen;
    const plan = planPlace(target, source, now, before);
    const all = { ...result, ...plan.result, ...(plan.is === 'premature' || plan.is === 'impossible' ? { msg: plan.why, dest: args.dest } : {}) };
    if (plan.is !== 'wrong') return { ...plan, result: all };
    return { is: 'wrong', diff: plan.diff, result: all, act: (host) => put(args, state.seen, plan, host) };
  },
});

/** What a task has downloaded: asking again after the change does not download again. */
const sessions = new WeakMap<Args, Seen>();

async function put(args: Args, seen: Seen, plan: Extract<Plan, { is: 'wrong' }>, host: Host): Promise<void> {
  try {
    const upload = plan.uploads === undefined ? undefined : await host.upload(seen.source.content);
    const done = await host.run(sh`${upload !== undefined && sh`up_content=${upload}`}\n${plan.apply}`);
    if (done.code !== 0)
      throw new QplayError({ kind: 'task', severity: 'error', code: 'get_url', message: `${args.dest} could not be written`, cause: done.stderr.trim() });
    sessions.set(args, seen);
  } finally {
    await (seen.source as Partial<Download>).discard?.();
  }
}

interface There {
  readonly folder: boolean;
  /** Seconds since the epoch; absent when there is no file. */
  readonly mtime?: number;
  readonly size?: number;
  readonly digest: string;
}

async function first(args: Args, host: Host, controller: Controller): Promise<State> {
  const wanted = await checksumOf(args, host);
  const there = await look(args, host, wanted?.algorithm);
  const same = wanted !== undefined && there.digest === wanted.hex;
  if (there.mtime !== undefined && !args.force && same) return keep(args, host, there.folder, { msg: 'file already exists' });
  const since = there.mtime !== undefined && !args.force && wanted === undefined ? new Date(there.mtime * 1000).toUTCString() : undefined;
  const answer = await send(args, host, {
    method: controller.check ? 'HEAD' : 'GET',
    followRedirects: 'all',
    headers: since === undefined ? {} : { 'if-modified-since': since },
  });
  const result = { status_code: answer.status, url: args.url, msg: `OK (${answer.headers['content-length'] ?? 'unknown'} bytes)` };
  if (answer.status === 304) {
    answer.body.destroy();
    return keep(args, host, there.folder, { ...result, msg: `HTTP Error 304: ${answer.reason}` });
  }
  if (answer.status !== 200) {
    answer.body.destroy();
    return {
      plan: {
        is: 'premature',
        why: `Request failed: ${args.url} answered ${answer.status} ${answer.reason}`,
        result: { ...result, msg: 'Request failed', dest: args.dest, response: `HTTP Error ${answer.status}: ${answer.reason}` },
      },
    };
  }
  const target = targetOf(args, there.folder ? nameOf(answer.headers, answer.url) : undefined);
  return controller.check ? guess(args, host, { target, answer, result, wanted }) : receive(args, host, { target, answer, result, wanted });
}

interface Receiving {
  readonly target: Target;
  readonly answer: HttpStream;
  readonly result: Result;
  readonly wanted: Checksum | undefined;
}

async function receive(args: Args, host: Host, { target, answer, result, wanted }: Receiving): Promise<State> {
  const source = await download(answer.body, wanted?.algorithm ?? 'sha1');
  if (wanted !== undefined && source.digest !== wanted.hex) {
    await source.discard();
    return {
      plan: {
        is: 'impossible',
        why: `The checksum of ${args.url} is ${source.digest}, not ${wanted.hex}`,
        result: {
          ...result,
          msg: `The checksum for ${args.url} did not match ${wanted.hex}; it was ${source.digest}.`,
          dest: args.dest,
          checksum_src: source.sha1,
          checksum_dest: null,
        },
      },
    };
  }
  const now = await host.run(probePlace(target, source.sha1));
  const old = recordsOf(now).get('sum') ?? null;
  if (old === source.sha1) await source.discard();
  return {
    seen: {
      target,
      now,
      source,
      result: { ...result, checksum_src: source.sha1, checksum_dest: old, ...(source.content instanceof Buffer && { md5sum: md5(source.content) }) },
    },
  };
}

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

/** In check mode nothing is downloaded: the head of the answer tells, or nobody can. */
async function guess(args: Args, host: Host, { target, answer, result, wanted }: Receiving): Promise<State> {
  answer.body.destroy();
  const now = await host.run(probePlace(target, 'none'));
  const seen = recordsOf(now);
  const look = lookOf(seen.get('look'));
  const length = answer.headers['content-length'];
  const source: Source = { sha1: wanted?.algorithm === 'sha1' ? wanted.hex : '', size: Number(length ?? 0), content: { file: args.url } };
  const differs = look === undefined || wanted !== undefined || (length !== undefined && Number(length) !== look.size);
  if (differs || args.force) return { seen: { target, now, source, result } };
  return { plan: { is: 'premature', why: `Whether ${args.url} differs from ${String(seen.get('at'))} shows only when it is downloaded`, result } };
}

/** Nothing to download: only owner and mode are looked at. */
async function keep(args: Args, host: Host, folder: boolean, result: Result): Promise<State> {
  const target = targetOf(args, folder ? nameOf({}, args.url) : undefined);
  const now = await host.run(probePlace(target, 'none'));
  const sha1 = recordsOf(now).get('sum') ?? '';
  return { seen: { target, now, source: { sha1, size: 0, content: '' }, result: { url: args.url, checksum_dest: sha1, ...result } } };
}

function targetOf(args: Args, name: string | undefined): Target {
  const { dest } = args;
  return {
    ...wantedOf(args),
    dest,
    follow: true,
    unsafe: args.unsafe_writes,
    ...(name !== undefined && { name }),
    ...(args.backup && { backup: backupSuffix() }),
  };
}

async function look(args: Args, host: Host, algorithm: string | undefined): Promise<There> {
  const seen = recordsOf(
    await host.run(sh`p=${pathWord(args.dest)}
if [ -d "$p" ] || ${args.dest.endsWith('/') ? 'true' : 'false'}; then printf 'folder=1\\0'; p=\${p%/}/${nameOf({}, args.url)}; fi
if [ -f "$p" ] && [ -r "$p" ]; then
  printf 'mtime=%s\\0size=%s\\0' "$(stat -Lc %Y -- "$p")" "$(wc -c <"$p")"
  ${algorithm !== undefined && sh`s=$(${algorithm + 'sum'} <"$p"); printf 'digest=%s\\0' "\${s%% *}"`}
fi`),
  );
  const mtime = seen.get('mtime');
  return {
    folder: seen.get('folder') !== undefined,
    digest: seen.get('digest') ?? '',
    ...(mtime !== undefined && { mtime: Number(mtime), size: Number(seen.get('size')) }),
  };
}

interface Checksum {
  readonly algorithm: string;
  readonly hex: string;
}

async function checksumOf(args: Args, host: Host): Promise<Checksum | undefined> {
  if (args.checksum === '') return undefined;
  const at = args.checksum.indexOf(':');
  if (at < 0) throw inputError('checksum', 'checksum has to be in format <algorithm>:<checksum>', { hint: 'For example sha256:9f86d081...' });
  const algorithm = args.checksum.slice(0, at).toLowerCase();
  if (!/^(md5|sha(1|224|256|384|512))$/.test(algorithm) || !getHashes().includes(algorithm))
    throw inputError('checksum', `checksum: the algorithm ${algorithm} is not known`, { hint: 'Known are md5, sha1, sha224, sha256, sha384 and sha512' });
  const value = args.checksum.slice(at + 1);
  const text = /^https?:/.test(value) ? await listed(args, value, host) : value;
  const hex = text.replace(/\W+/g, '').toLowerCase();
  if (!/^[0-9a-f]+$/.test(hex)) throw inputError('checksum', `checksum: "${text}" is no hexadecimal number`);
  return { algorithm, hex };
}

/** The checksum in a file such as SHA256SUMS. */
async function listed(args: Args, url: string, host: Host): Promise<string> {
  const answer = await send({ ...args, url }, host, { followRedirects: 'all' });
  const lines = (await bodyOf(answer))
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '');
  const name = nameOf({}, args.url);
  if (answer.status === 200 && lines.length === 1 && !/\s/.test((lines[0] as string).trim())) return lines[0] as string;
  const pairs = lines.map((line) => /^(\S+)\s[ *]?(?:\.?\/)*(.*)$/.exec(line.trimEnd()));
  const found = answer.status === 200 ? pairs.find((pair) => pair?.[2] === name)?.[1] : undefined;
  if (found !== undefined) return found;
  throw new QplayError({ kind: 'task', severity: 'error', code: 'http-checksum', message: `Unable to find a checksum for file '${name}' in '${url}'` });
}

/** The server may be started by an earlier task of this very play: in a plan that is unknown, not wrong. */
function noAnswer(args: Args, error: unknown): Exclude<AskPlan, { is: 'wrong' }> {
  const first = error instanceof QplayError ? error.diagnostics[0] : undefined;
  if (first === undefined || !/^http-(connect|timeout|tls|redirects|checksum)$|^http$/.test(first.code)) throw error;
  const why = `${first.message}${first.cause === undefined ? '' : `: ${first.cause}`}`;
  return { is: 'premature', why, ...(first.hint !== undefined && { hint: first.hint }), result: { url: args.url, dest: args.dest, status_code: -1 } };
}
