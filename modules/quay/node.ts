import { QplayError } from '../../engine/error.ts';
import type { Controller, Host, Options } from '../../engine/module/contract.ts';
import { type HttpResponse, request } from '../network/http.ts';

/** Options of every module that talks to one Quay node. */
export const nodeOptions = {
  host: { type: 'str', default: 'localhost', description: 'Address of the node or balancer, as the managed host reaches it.' },
  port: { type: 'int', default: 443, description: 'Its port.' },
  scheme: { type: 'str', choices: ['https', 'http'], default: 'https', description: 'Whether it speaks TLS.' },
  server_hostname: { type: 'str', description: "Quay's SERVER_HOSTNAME: sent as Host, and what the certificate must be for; `host` when absent." },
  validate_certs: { type: 'bool', default: true, description: 'Whether the certificate must be valid for that name.' },
  ca_path: { type: 'path', description: "File on the control node with the CA to trust; the managed host's own trust store when absent." },
} as const satisfies Options;

export interface NodeArgs {
  readonly host: string;
  readonly port: number;
  readonly scheme: 'https' | 'http';
  readonly server_hostname?: string | undefined;
  readonly validate_certs: boolean;
  readonly ca_path?: string | undefined;
}

/** One request to the node. */
export type Ask = (
  method: string,
  path: string,
  more?: { readonly headers?: Readonly<Record<string, string>>; readonly json?: unknown; readonly timeout?: number },
) => Promise<HttpResponse>;

/** A way to ask one node under the registry's name, wherever that name points. */
export async function nodeAt(args: NodeArgs, host: Host, controller: Controller): Promise<Ask> {
  const ca = args.ca_path === undefined ? undefined : await authority(args.ca_path, controller);
  const there: Host = {
    run: (script, options) => host.run(script, options),
    dial: () => host.dial(args.host, args.port),
    upload: (content) => host.upload(content),
    download: (path) => host.download(path),
    reconnect: (seconds) => host.reconnect(seconds),
    signal: host.signal,
  };
  const origin = `${args.scheme}://${(args.server_hostname ?? args.host).replace(/:\d+$/, '')}`;
  return (method, path, { headers = {}, json, timeout = 15 } = {}) =>
    request(there, {
      url: origin + path,
      method,
      headers: { ...headers, ...(json !== undefined && { 'content-type': 'application/json' }) },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      ...(ca !== undefined && { ca }),
      insecure: !args.validate_certs,
      timeout,
    });
}

/** In a plan before the first run the CA may not be made yet. */
const authority = (path: string, controller: Controller): Promise<Buffer | undefined> =>
  controller.read(path).catch((error: unknown) => {
    if (controller.check) return undefined;
    throw error;
  });

/**
 * The sentence of a request that got no answer, with the address that was truly asked. Rethrows what is no failed request, and a
 * certificate that is not trusted: waiting does not mend it.
 */
export function noAnswer(error: unknown, { host, port }: NodeArgs): string {
  const codes = error instanceof QplayError ? error.diagnostics.map(({ code }) => code) : [];
  if (codes.includes('http-connect')) return `Nothing answers at ${host} port ${port}`;
  if (codes.includes('http-timeout') || codes.includes('http')) return (error as QplayError).message;
  throw error;
}
