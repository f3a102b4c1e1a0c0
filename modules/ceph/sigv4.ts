import { createHash, createHmac } from 'node:crypto';

/** What AWS Signature Version 4 signs. */
export interface Signed {
  readonly method: string;
  readonly url: URL;
  readonly body: string | Buffer;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  readonly now: Date;
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** Everything but unreserved characters percent-encoded, as the signature wants it. */
export const encode = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const SERVICE = 'aws4_request';
const timeOf = (now: Date): string => now.toISOString().replace(/[-:]|\.\d{3}/g, '');
const scopeOf = (time: string, region: string): string => `${time.slice(0, 8)}/${region}/s3/${SERVICE}`;
const queryOf = (url: URL): string =>
  [...url.searchParams]
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    .sort()
    .join('&');

/** The signature of a canonical request. */
function signatureOf(canonical: string, time: string, { region, secretKey }: Pick<Signed, 'region' | 'secretKey'>): string {
  const key = [time.slice(0, 8), region, 's3', SERVICE].reduce<string | Buffer>(hmac, `AWS4${secretKey}`);
  return hmac(key, ['AWS4-HMAC-SHA256', time, scopeOf(time, region), sha256(canonical)].join('\n')).toString('hex');
}

/** The headers that make an S3 request a signed one (docs.aws.amazon.com, Signature Version 4 for S3, single chunk). */
export function sign({ method, url, body, accessKey, secretKey, region, now }: Signed): Record<string, string> {
  const time = timeOf(now);
  const payload = sha256(body);
  const headers: Record<string, string> = { host: url.host, 'x-amz-content-sha256': payload, 'x-amz-date': time };
  const names = Object.keys(headers).sort();
  const canonical = [method, url.pathname, queryOf(url), ...names.map((name) => `${name}:${headers[name]}`), '', names.join(';'), payload].join('\n');
  const signature = signatureOf(canonical, time, { region, secretKey });
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${accessKey}/${scopeOf(time, region)}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return headers;
}

/** An address that may do this one thing for so many seconds, at most seven days, for whoever holds it (the same, query parameters). */
export function presign({ method, url, accessKey, secretKey, region, now }: Omit<Signed, 'body'>, seconds: number): string {
  const time = timeOf(now);
  const signed = new URL(url);
  const fields = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${accessKey}/${scopeOf(time, region)}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': String(seconds),
    'X-Amz-SignedHeaders': 'host',
  };
  for (const [name, value] of Object.entries(fields)) signed.searchParams.set(name, value);
  const query = queryOf(signed);
  const canonical = [method, signed.pathname, query, `host:${signed.host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  return `${signed.origin}${signed.pathname}?${query}&X-Amz-Signature=${signatureOf(canonical, time, { region, secretKey })}`;
}
