import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { QplayError } from '../../engine/error.ts';
import type { Host } from '../../engine/module/contract.ts';
import { causeOf, failure, isFatal, textOf } from './failure.ts';
import { secure } from './tls.ts';

/** An HTTP request that the control node speaks over a TCP connection made from the managed host. */
export interface HttpRequest {
  readonly url: string;
  /** `GET` when absent. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Seconds without any progress until it is given up; 30 when absent. */
  readonly timeout?: number;
  /** PEM certificates to trust. The managed host's own trust store when absent. */
  readonly ca?: string | Buffer;
  /** PEM client certificate and key. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** Accepts any certificate. */
  readonly insecure?: boolean;
  /** Names of headers that a redirect does not get. */
  readonly unredirected?: readonly string[];
  /** `none` (when absent), `safe` for GET and HEAD only, or `all`. */
  readonly followRedirects?: 'none' | 'safe' | 'all';
}

export interface HttpResponse {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case; several of one name joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Where it came from after redirects. */
  readonly url: string;
}

/** As `HttpResponse` with the body still on its way. Whoever takes it must read it or destroy it. */
export interface HttpStream extends Omit<HttpResponse, 'body'> {
  readonly body: Readable;
}

const MAX_REDIRECTS = 10;

/**
 * Sends a request and reads the whole answer. Any status is an answer. Throws a `QplayError` of kind `task` with code
 * `http-url`, `http-connect`, `http-tls`, `http-timeout`, `http-redirects` or `http`.
 */
export async function request(host: Host, wanted: HttpRequest): Promise<HttpResponse> {
  const answer = await open(host, wanted);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of answer.body) chunks.push(chunk as Buffer);
  } catch (error) {
    throw httpError(error, wanted.url);
  }
  return { ...answer, body: Buffer.concat(chunks) };
}

/** As `request`, but gives the answer when its head has come. */
export async function open(host: Host, wanted: HttpRequest): Promise<HttpStream> {
  let current: HttpRequest = wanted;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = await once(host, current);
    const next = redirected(current, answer);
    if (next === undefined) return answer;
    answer.body.destroy();
    current = next;
  }
  throw failure('http-redirects', `${wanted.url} redirects more than ${MAX_REDIRECTS} times`);
}

async function once(host: Host, wanted: HttpRequest): Promise<HttpStream> {
  const url = parseUrl(wanted.url);
  const timeout = (wanted.timeout ?? 30) * 1000;
  const deadline = timer(timeout, wanted.url);
  let socket: Duplex | undefined;
  try {
    socket = await Promise.race([connect(host, url, wanted), deadline.passed]);
    const message = await Promise.race([exchange(socket, url, wanted, host.signal), deadline.passed]);
    watchIdle(message, socket, timeout, wanted.url);
    return {
      status: message.statusCode ?? 0,
      reason: message.statusMessage ?? '',
      headers: headersOf(message),
      body: message,
      url: wanted.url,
    };
  } catch (error) {
    socket?.destroy();
    throw httpError(error, wanted.url);
  } finally {
    deadline.stop();
  }
}

async function connect(host: Host, url: URL, wanted: HttpRequest): Promise<Duplex> {
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  let plain: Duplex;
  try {
    plain = await host.dial(name, port);
  } catch (error) {
    if (isFatal(error)) throw error;
    throw failure('http-connect', `Cannot connect to ${name} port ${port} from the host`, causeOf(error));
  }
  return url.protocol === 'https:' ? secure(host, plain, name, wanted) : plain;
}

function exchange(socket: Duplex, url: URL, wanted: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const body = wanted.body === undefined ? undefined : Buffer.from(wanted.body as string);
    const headers: Record<string, string> = { host: url.host, connection: 'close', 'accept-encoding': 'identity', 'user-agent': 'qplay' };
    if (url.username !== '') headers.authorization = basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
    for (const [name, value] of Object.entries(wanted.headers ?? {})) headers[name.toLowerCase()] = value;
    if (body !== undefined || /^(POST|PUT|PATCH)$/.test(wanted.method ?? '')) headers['content-length'] = String(body?.length ?? 0);
    const call = httpRequest({
      method: wanted.method ?? 'GET',
      path: url.pathname + url.search,
      headers,
      setHost: false,
      signal,
      // http takes any duplex; its types ask for a net.Socket
      createConnection: () => socket as never,
    });
    call.once('response', resolve);
    call.once('error', reject);
    call.end(body);
  });
}

/** `Authorization` of a user and password. */
export const basic = (user: string, password: string): string => 'Basic ' + Buffer.from(`${user}:${password}`).toString('base64');

function redirected(asked: HttpRequest, answer: HttpStream): HttpRequest | undefined {
  const follow = asked.followRedirects ?? 'none';
  const place = answer.headers.location;
  if (follow === 'none' || place === undefined || ![301, 302, 303, 307, 308].includes(answer.status)) return undefined;
  const method = asked.method ?? 'GET';
  const safe = method === 'GET' || method === 'HEAD';
  if (!safe && follow === 'safe') return undefined;
  const url = new URL(place, asked.url);
  const elsewhere = url.origin !== new URL(asked.url).origin;
  const dropped = new Set(asked.unredirected?.map((name) => name.toLowerCase()));
  const kept = (name: string): boolean => !dropped.has(name.toLowerCase()) && !(elsewhere && /^(authorization|cookie)$/i.test(name));
  const headers = Object.entries(asked.headers ?? {}).filter(([name]) => kept(name));
  const next: HttpRequest = { ...asked, url: url.href, headers: Object.fromEntries(headers) };
  if (safe || answer.status === 307 || answer.status === 308) return next;
  const { body: _dropped, ...rest } = next;
  return { ...rest, method: 'GET', headers: Object.fromEntries(headers.filter(([name]) => !/^content-/i.test(name))) };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw failure('http-url', `"${text}" is not an http or https address`);
}

function headersOf(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return headers;
}

function timer(ms: number, url: string): { passed: Promise<never>; stop(): void } {
  let handle: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    handle = setTimeout(() => reject(timedOut(ms, url)), ms);
  });
  passed.catch(() => undefined);
  return { passed, stop: () => clearTimeout(handle) };
}

const timedOut = (ms: number, url: string): QplayError => failure('http-timeout', `${url} did not answer for ${ms / 1000} seconds`);

function watchIdle(message: IncomingMessage, socket: Duplex, ms: number, url: string): void {
  const give = (): void => {
    // a reader that holds the stream back is not the server's silence
    if (message.readableLength > 0) handle.refresh();
    else message.destroy(timedOut(ms, url));
  };
  const handle = setTimeout(give, ms);
  socket.on('data', () => handle.refresh());
  const stop = (): void => {
    clearTimeout(handle);
    socket.destroy();
  };
  message.once('end', stop);
  message.once('close', stop);
}

/** What went wrong, as a `QplayError`. */
function httpError(error: unknown, url: string): QplayError {
  if (error instanceof QplayError) return error;
  return failure('http', `${url}: the connection broke`, textOf(error));
}
