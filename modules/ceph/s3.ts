import type { Host, Options } from '../../engine/module/contract.ts';
import { type HttpResponse, request } from '../network/http.ts';
import { encode, sign } from './sigv4.ts';

/** Options that every S3 module has. */
export const s3Options = {
  endpoint: {
    type: 'str',
    required: true,
    aliases: ['endpoint_url'],
    pattern: '^https?://',
    patternHint: 'http://host:port or https://host:port',
    description: 'Address of the object store, as the managed host reaches it.',
  },
  access_key: { type: 'str', required: true, description: 'Access key.' },
  secret_key: { type: 'str', required: true, secret: true, description: 'Secret key.' },
  region: { type: 'str', default: 'us-east-1', description: 'Region in the signature; Ceph takes any.' },
  validate_certs: { type: 'bool', default: true, description: 'Whether an https certificate must be trusted by the managed host.' },
} as const satisfies Options;

export interface S3Args {
  readonly endpoint: string;
  readonly access_key: string;
  readonly secret_key: string;
  readonly region: string;
  readonly validate_certs: boolean;
}

/** Address of a bucket or an object, in path style. */
export function s3Url(args: S3Args, path: readonly string[], query: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(args.endpoint);
  url.pathname = '/' + path.map((part) => part.split('/').map(encode).join('/')).join('/');
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** One signed request in path style: `/bucket` or `/bucket/key`. */
export async function s3(
  host: Host,
  args: S3Args,
  method: string,
  path: readonly string[],
  body: string | Buffer = '',
  query: Readonly<Record<string, string>> = {},
): Promise<HttpResponse> {
  const url = s3Url(args, path, query);
  const headers = sign({ method, url, body, accessKey: args.access_key, secretKey: args.secret_key, region: args.region, now: new Date() });
  return request(host, { url: url.href, method, headers, ...(body.length > 0 && { body }), insecure: !args.validate_certs, timeout: 30 });
}

/** The store's own words for a refused request: `403 SignatureDoesNotMatch`. */
export function s3Words(answer: HttpResponse): string {
  const text = answer.body.toString('utf8');
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1];
  const message = /<Message>([^<]+)<\/Message>/.exec(text)?.[1];
  return [String(answer.status), code ?? answer.reason, message && `(${message})`].filter(Boolean).join(' ');
}

const HINTS: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'The store does not know this access key.',
  SignatureDoesNotMatch: 'The secret key does not belong to this access key.',
  RequestTimeTooSkewed: 'The clocks of the store and of the control node differ by more than 15 minutes.',
};

export const s3Hint = (answer: HttpResponse): string | undefined => HINTS[/<Code>([^<]*)<\/Code>/.exec(answer.body.toString('utf8'))?.[1] ?? ''];
