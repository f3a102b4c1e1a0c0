import { inputError } from '../../engine/error.ts';
import type { Host } from '../../engine/module/contract.ts';
import { basic, type HttpRequest, type HttpStream, open } from './http.ts';

/** Options of every module that speaks HTTP. */
export const CLIENT = {
  headers: { type: 'dict', default: {}, description: 'Headers to send.' },
  url_username: { type: 'str', aliases: ['user', 'username'], description: 'User to log in as.' },
  url_password: { type: 'str', aliases: ['password'], secret: true, description: 'Password of the user.' },
  force_basic_auth: { type: 'bool', default: false, description: 'Send user and password at once, not only when the server asks for them.' },
  validate_certs: { type: 'bool', default: true, description: 'Check the server’s certificate, against what the managed host trusts.' },
  ca_path: { type: 'path', description: 'File of the managed host with the CA certificates to trust instead.' },
  client_cert: { type: 'path', description: 'File of the managed host with a client certificate (PEM), and the key unless that is given.' },
  client_key: { type: 'path', description: 'File of the managed host with the key of the client certificate.' },
  http_agent: { type: 'str', default: 'ansible-httpget', description: 'What to send as `User-Agent`.' },
  unredirected_headers: { type: 'list', elements: 'str', default: [], description: 'Headers that are not sent on to where a redirect points.' },
  use_proxy: { type: 'bool', default: true, description: 'Taken for compatibility: connections are made by the managed host itself, without a proxy.' },
  use_netrc: { type: 'bool', default: true, description: 'Taken for compatibility: no netrc is read.' },
  decompress: { type: 'bool', default: true, description: 'Taken for compatibility: servers are asked not to compress.' },
} as const;

export interface ClientArgs {
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly url_username?: string | undefined;
  readonly url_password?: string | undefined;
  readonly force_basic_auth: boolean;
  readonly validate_certs: boolean;
  readonly ca_path?: string | undefined;
  readonly client_cert?: string | undefined;
  readonly client_key?: string | undefined;
  readonly http_agent: string;
  readonly unredirected_headers: readonly string[];
  readonly timeout: number;
}

/** Sends a request as the options say. User and password go along when the server asks, or at once when forced. */
export async function send(
  args: ClientArgs,
  host: Host,
  more: Partial<HttpRequest> & { readonly headers?: Readonly<Record<string, string>> },
): Promise<HttpStream> {
  const wanted: HttpRequest = {
    url: args.url,
    timeout: args.timeout,
    insecure: !args.validate_certs,
    unredirected: args.unredirected_headers,
    ...(await pems(args, host)),
    ...more,
    headers: { 'user-agent': args.http_agent, ...own(args.headers), ...more.headers },
  };
  const user = args.url_username;
  if (user === undefined) return open(host, wanted);
  const authorized = { ...wanted, headers: { ...wanted.headers, authorization: basic(user, args.url_password ?? '') } };
  if (args.force_basic_auth) return open(host, authorized);
  const answer = await open(host, wanted);
  if (answer.status !== 401 || !/\bbasic\b/i.test(answer.headers['www-authenticate'] ?? '')) return answer;
  answer.body.destroy();
  return open(host, authorized);
}

const own = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value === true ? 'True' : value === false ? 'False' : String(value ?? '')]),
  );

async function pems(args: ClientArgs, host: Host): Promise<Partial<HttpRequest>> {
  const read = async (option: 'ca_path' | 'client_cert' | 'client_key'): Promise<Buffer | undefined> => {
    const path = args[option];
    if (path === undefined) return undefined;
    return host.download(path).catch((error: Error) => {
      throw inputError('http-pem', `${option}: ${path} cannot be read on the managed host`, { cause: error.message });
    });
  };
  const ca = args.validate_certs ? await read('ca_path') : undefined;
  const cert = await read('client_cert');
  const key = (await read('client_key')) ?? cert;
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

export async function bodyOf(answer: HttpStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer.body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
