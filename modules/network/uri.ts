import { inputError, QplayError } from '../../engine/error.ts';
import { type ActionOutcome, type ArgsOf, type Controller, defineAction, type Host, sh } from '../../engine/module/contract.ts';
import { ATTRIBUTES } from '../files/attributes.ts';
import { pathWord } from '../files/path.ts';
import { sourceOf } from '../files/place.ts';
import { putNow } from '../files/put-now.ts';
import { contentText, pythonJson } from '../files/python.ts';
import { bodyOf, CLIENT, send } from './client-options.ts';
import { nameOf } from './file-name.ts';
import type { HttpStream } from './http.ts';

const options = {
  url: { type: 'str', required: true, description: 'Address, `http` or `https`, as the managed host sees it.' },
  method: { type: 'str', default: 'GET', description: 'Method of the request.' },
  body: { type: 'raw', description: 'What to send: text, or a dict or list for the formats below.' },
  body_format: { type: 'str', default: 'raw', choices: ['raw', 'json', 'form-urlencoded'], description: 'How `body` is written, and its `Content-Type`.' },
  src: { type: 'path', description: 'File to send, of the control node or, with `remote_src`, of the host.' },
  remote_src: { type: 'bool', default: false, description: '`src` is on the host already.' },
  status_code: { type: 'list', elements: 'int', default: [200], description: 'Status codes that mean success.' },
  return_content: { type: 'bool', default: false, description: 'Return the body of the answer as `content`.' },
  follow_redirects: {
    type: 'str',
    default: 'safe',
    choices: ['all', 'none', 'safe', 'urllib2', 'yes', 'no'],
    description: '`safe` follows for GET and HEAD only.',
  },
  timeout: { type: 'int', default: 30, description: 'Seconds without progress until it is given up.' },
  dest: { type: 'path', description: 'File or folder of the host where the answer is put.' },
  creates: { type: 'path', description: 'Do nothing when this file of the host is there.' },
  removes: { type: 'path', description: 'Do nothing when this file of the host is not there.' },
  force: { type: 'bool', default: false, description: 'Do not ask whether the file at `dest` is still the newest.' },
  unix_socket: { type: 'path', description: 'Not supported: only TCP connections are made.' },
  ...CLIENT,
  ...ATTRIBUTES,
  unsafe_writes: { type: 'bool', default: false, description: 'Write `dest` in place where the file cannot be replaced in one step.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineAction({
  name: 'uri',
  fqcn: ['ansible.builtin.uri'],
  summary: 'Sends an HTTP request from the managed host and looks at the answer.',
  notes: [
    'Nothing is needed on the host: the connection is made from there, HTTP is spoken by the control node.',
    'In check mode GET and HEAD are sent, as they change nothing; other requests are not.',
  ],
  inCheck: 'decide',
  options,
  rules: { mutuallyExclusive: [['body', 'src']] },
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/uri_module.html',
  returns: {
    status: 'Status code; -1 when there was no answer.',
    msg: 'What came, in words.',
    url: 'Where it came from.',
    redirected: 'Whether that is another address than the one asked.',
    elapsed: 'Seconds it took.',
    content: 'Body of the answer, with `return_content`.',
    json: 'Body as a value, when its type is JSON.',
    path: 'File that was written.',
    cookies: 'Cookies that were set. Every header is returned too, in lower case with `_` for `-`.',
  },
  examples: [
    { title: 'The registry is well', args: { url: 'https://quay.example.com/health/instance', return_content: true }, needs: ['quay'] },
    {
      title: 'Make the first user',
      args: {
        url: 'https://quay.example.com/api/v1/user/initialize',
        method: 'POST',
        body_format: 'json',
        body: { username: 'admin', email: 'admin@example.com' },
        status_code: [200],
      },
      needs: ['quay'],
    },
  ],

  async run(args, host, controller): Promise<ActionOutcome> {
    const method = args.method.toUpperCase();
    if (!/^[A-Z]+$/.test(method)) throw inputError('uri', `method: "${args.method}" is no word such as GET or POST`);
    if (args.unix_socket !== undefined)
      throw inputError('uri', 'unix_socket is not supported', { hint: 'Use the module command with curl --unix-socket on the host' });
    const skip = await skipped(args, host);
    if (skip !== undefined) return skip;
    const looks = (method === 'GET' || method === 'HEAD') && args.dest === undefined;
    if (controller.check && !looks) return { status: 'unknown', why: `${method} ${args.url} would be sent`, result: {} };
    const start = Date.now();
    const outcome = await exchange(args, host, controller, method).catch((error: unknown) => noAnswer(args, error));
    const done = { ...outcome, result: { ...outcome.result, elapsed: Math.floor((Date.now() - start) / 1000) } } as ActionOutcome;
    // What answers may only be started by an earlier task of this very play
    if (controller.check && done.status === 'failed')
      return { status: 'unknown', why: `${done.why}; a run may have changed that by then`, result: done.result ?? {} };
    return done;
  },
});

async function skipped(args: Args, host: Host): Promise<ActionOutcome | undefined> {
  if (args.creates === undefined && args.removes === undefined) return undefined;
  const there = async (path: string): Promise<boolean> => (await host.run(sh`[ -e ${pathWord(path)} ]`)).code === 0;
  if (args.creates !== undefined && (await there(args.creates))) return { status: 'ok', result: { stdout: `skipped, since '${args.creates}' exists` } };
  if (args.removes !== undefined && !(await there(args.removes)))
    return { status: 'ok', result: { stdout: `skipped, since '${args.removes}' does not exist` } };
  return undefined;
}

async function exchange(args: Args, host: Host, controller: Controller, method: string): Promise<ActionOutcome> {
  const { body, type } = await toSend(args, host, controller);
  const since = await newerThan(args, host);
  const typed = type !== undefined && !Object.keys(args.headers).some((name) => name.toLowerCase() === 'content-type');
  const answer = await send(args, host, {
    method,
    ...(body !== undefined && { body }),
    followRedirects: FOLLOW[args.follow_redirects],
    headers: { ...(typed && { 'content-type': type }), ...(since && { 'if-modified-since': since }) },
  });
  const bytes = await bodyOf(answer);
  const result = resultOf(args, answer, bytes);
  if (!args.status_code.includes(answer.status)) {
    const why = `Status code was ${answer.status} and not [${args.status_code.join(', ')}]: ${result.msg}`;
    return { status: 'failed', why, result: { ...result, msg: why } };
  }
  if (args.dest === undefined || answer.status === 304) return { status: 'ok', result };
  const put = await putNow(
    host,
    { ...args, dest: args.dest, name: nameOf(answer.headers, answer.url), follow: true, unsafe: args.unsafe_writes },
    sourceOf(bytes),
  );
  if ('why' in put) return { status: 'failed', why: put.why, ...(put.hint !== undefined && { hint: put.hint }), result };
  return { status: put.changed ? 'changed' : 'ok', result: { ...result, ...put.result, path: put.result.dest }, ...(put.diff && { diff: put.diff }) };
}

const FOLLOW = { all: 'all', yes: 'all', safe: 'safe', urllib2: 'safe', none: 'none', no: 'none' } as const;

/** Body of the request and its type. */
async function toSend(args: Args, host: Host, controller: Controller): Promise<{ body?: string | Buffer; type?: string }> {
  if (args.src !== undefined) return { body: args.remote_src ? await host.download(args.src) : await controller.read(controller.find('files', args.src)) };
  const text = typeof args.body === 'string' ? args.body : undefined;
  if (args.body_format === 'json') return { body: text ?? pythonJson(args.body ?? null), type: 'application/json' };
  if (args.body_format === 'form-urlencoded') return { body: text ?? form(args.body), type: 'application/x-www-form-urlencoded' };
  return args.body === undefined || args.body === null ? {} : { body: contentText(args.body), type: 'application/x-www-form-urlencoded' };
}

/** A dict, or a list of pairs, as a form; a list as value gives its name several times. */
function form(body: unknown): string {
  const pairs = body instanceof Map ? [...body] : Array.isArray(body) ? body : body !== null && typeof body === 'object' ? Object.entries(body) : undefined;
  if (pairs === undefined || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2))
    throw inputError('uri', 'failed to parse body as form_urlencoded: it is no dict and no list of pairs');
  return pairs
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => `${plus(contentText(name))}=${plus(contentText(one))}`))
    .join('&');
}

const plus = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => '%' + char.charCodeAt(0).toString(16).toUpperCase())
    .replaceAll('%20', '+');

/** Time of an old file at `dest`, as a header wants it. */
async function newerThan(args: Args, host: Host): Promise<string | undefined> {
  if (args.dest === undefined || args.force) return undefined;
  const seen = await host.run(sh`p=${pathWord(args.dest)}; if [ -f "$p" ]; then stat -Lc %Y -- "$p"; fi`);
  return seen.stdout.trim() === '' ? undefined : new Date(Number(seen.stdout) * 1000).toUTCString();
}

function resultOf(args: Args, answer: HttpStream, bytes: Buffer): Readonly<Record<string, unknown>> {
  const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name.replaceAll('-', '_'), value]));
  const type = answer.headers['content-type'] ?? '';
  const charset = /charset=["']?([\w-]+)/i.exec(type)?.[1]?.toLowerCase();
  const text = bytes.toString(charset === 'iso-8859-1' || charset === 'latin1' ? 'latin1' : 'utf8');
  const json = /^[^;]*[/+](json|javascript)\b/i.test(type) ? parsed(text) : undefined;
  const ok = answer.status < 300;
  return {
    ...headers,
    ...(headers.location !== undefined && { location: new URL(headers.location, answer.url).href }),
    ...cookiesOf(answer.headers['set-cookie']),
    url: answer.url,
    redirected: answer.url !== args.url,
    status: answer.status,
    msg: ok ? `OK (${answer.headers['content-length'] ?? 'unknown'} bytes)` : `HTTP Error ${answer.status}: ${answer.reason}`,
    ...(json !== undefined && { json: json.value }),
    ...(args.return_content && { content: text }),
    ...(!ok && { body: text }),
  };
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function cookiesOf(header: string | undefined): Readonly<Record<string, unknown>> {
  const pairs = [...(header ?? '').matchAll(/(?:^|, )([^=;, ]+)=([^;]*)/g)].map(([, name, value]) => [name, value] as [string, string]);
  return { cookies: Object.fromEntries(pairs), cookies_string: pairs.map(([name, value]) => `${name}=${value}`).join('; ') };
}

/** No answer at all is a status of -1, so that `until` can wait for one. A host that is gone is something else. */
function noAnswer(args: Args, error: unknown): ActionOutcome {
  const first = error instanceof QplayError ? error.diagnostics[0] : undefined;
  if (first === undefined || !/^http-(connect|timeout|tls)$|^http$/.test(first.code)) throw error;
  const why = `Status code was -1 and not [${args.status_code.join(', ')}]: Request failed: ${first.message}${first.cause === undefined ? '' : ` (${first.cause})`}`;
  return { status: 'failed', why, ...(first.hint !== undefined && { hint: first.hint }), result: { status: -1, url: args.url, redirected: false, msg: why } };
}
