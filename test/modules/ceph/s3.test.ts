import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import s3Bucket from '../../../modules/ceph/s3_bucket.ts';
import s3Check from '../../../modules/ceph/s3_check.ts';
import { readIndex, readPage } from '../../../modules/ceph/s3_sync.ts';
import { presign, sign } from '../../../modules/ceph/sigv4.ts';
import { controller, localHost, runAction, withDefaults } from '../harness.ts';

test('signs as AWS documents it (GET bucket lifecycle, Signature Version 4 examples)', () => {
  const headers = sign({
    method: 'GET',
    url: new URL('https://examplebucket.s3.amazonaws.com/?lifecycle'),
    body: '',
    accessKey: 'AKIAIOSFODNN7EXAMPLE',
    secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    region: 'us-east-1',
    now: new Date('2013-05-24T00:00:00Z'),
  });
  expect(headers.authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  );
});

/** A store of the few calls that are used; the real one is Ceph's gateway in the lab. */
const objects = new Map<string, string>();
const buckets = new Set<string>();
let server: Server;
let endpoint = '';

async function answer(request: IncomingMessage): Promise<[number, string]> {
  let body = '';
  for await (const chunk of request) body += chunk;
  const path = request.url ?? '';
  const [, bucket = '', key] = path.split('/');
  if (!/Credential=AK\//.test(request.headers.authorization ?? '')) return [403, '<Error><Code>InvalidAccessKeyId</Code></Error>'];
  if (key === undefined) {
    if (request.method === 'PUT') buckets.add(bucket);
    if (request.method === 'DELETE') return [409, '<Error><Code>BucketNotEmpty</Code></Error>'];
    return buckets.has(bucket) ? [200, ''] : [404, '<Error><Code>NoSuchBucket</Code></Error>'];
  }
  if (!buckets.has(bucket)) return [404, '<Error><Code>NoSuchBucket</Code></Error>'];
  if (request.method === 'PUT') objects.set(path, body);
  if (request.method === 'DELETE') objects.delete(path);
  return [request.method === 'DELETE' ? 204 : 200, request.method === 'GET' ? (objects.get(path) ?? '') : ''];
}

beforeAll(async () => {
  server = createServer((request, response) => void answer(request).then(([status, text]) => response.writeHead(status).end(text)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const bucket = async (given: Record<string, unknown>) => {
  const args = withDefaults(s3Bucket.options, { endpoint, access_key: 'AK', secret_key: 'SK', name: 'quay', ...given });
  const plan = s3Bucket.plan(args, await s3Bucket.ask(args, localHost(), controller('/')));
  return { plan, again: async () => s3Bucket.plan(args, await s3Bucket.ask(args, localHost(), controller('/'))) };
};

test('makes a bucket once', async () => {
  const { plan, again } = await bucket({});
  if (plan.is !== 'wrong') throw new Error(plan.is);
  await plan.act(localHost());
  expect(await again()).toMatchObject({ is: 'right' });
});

test("says in the store's words why not", async () => {
  expect((await bucket({ access_key: 'NOBODY' })).plan).toEqual({
    is: 'impossible',
    why: 'The object store answered 403 InvalidAccessKeyId for bucket quay',
    hint: 'The store does not know this access key.',
  });
  expect((await bucket({ endpoint: 'http://127.0.0.1:1' })).plan).toMatchObject({ is: 'premature' });
  const { plan } = await bucket({ state: 'absent' });
  if (plan.is !== 'wrong') throw new Error(plan.is);
  await expect(plan.act(localHost())).rejects.toThrow('The object store refused to remove bucket quay: 409 BucketNotEmpty');
});

test('the probe object is written, read and taken away', async () => {
  expect(await runAction(s3Check, { endpoint, access_key: 'AK', secret_key: 'SK', bucket: 'quay' })).toMatchObject({ status: 'ok' });
  expect(objects.size).toBe(0);
  expect(await runAction(s3Check, { endpoint, access_key: 'AK', secret_key: 'SK', bucket: 'none' })).toMatchObject({
    status: 'failed',
    why: expect.stringContaining('404 NoSuchBucket') as string,
  });
});

test('waits for a store that does not answer yet, and not for one that refuses', async () => {
  const late = createServer((request, response) => void answer(request).then(([status, text]) => response.writeHead(status).end(text)));
  const free = await new Promise<number>((resolve) => {
    const holder = createServer().listen(0, '127.0.0.1', () => {
      const { port } = holder.address() as AddressInfo;
      holder.close(() => resolve(port));
    });
  });
  setTimeout(() => late.listen(free, '127.0.0.1'), 300);
  const asked = { endpoint: `http://127.0.0.1:${free}`, access_key: 'AK', secret_key: 'SK', bucket: 'quay', timeout: 10 };
  expect(await runAction(s3Check, asked)).toMatchObject({ status: 'ok' });
  late.close();
  expect(await runAction(s3Check, { ...asked, timeout: 0 })).toMatchObject({ status: 'failed', why: expect.stringContaining(`port ${free}`) as string });
});

test('an address is signed as AWS documents it (presigned GET, Signature Version 4 examples)', () => {
  const url = presign(
    {
      method: 'GET',
      url: new URL('https://examplebucket.s3.amazonaws.com/test.txt'),
      accessKey: 'AKIAIOSFODNN7EXAMPLE',
      secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      region: 'us-east-1',
      now: new Date('2013-05-24T00:00:00Z'),
    },
    86400,
  );
  expect(url).toContain('X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request');
  expect(url).toMatch(/X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404$/);
});

test('a page of a bucket’s list', () => {
  const page = readPage(
    '<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b=</NextContinuationToken><Contents><Key>x/sha256/ab&lt;c&gt;&#39;</Key><ETag>&quot;0a&quot;</ETag><Size>12</Size></Contents><Contents><Size>0</Size><Key>empty</Key></Contents></ListBucketResult>',
  );
  expect([...page.objects]).toEqual([
    ["x/sha256/ab<c>'", { key: "x/sha256/ab<c>'", size: 12, etag: '0a' }],
    ['empty', { key: 'empty', size: 0 }],
  ]);
  expect(page.next).toBe('a&b=');
  expect(readPage('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>')).toEqual({ objects: new Map(), next: undefined });
});

test('an index says name, size and checksum of each object', () => {
  const sha256 = 'a'.repeat(64);
  expect([...readIndex(`${sha256} 0a 12 a name with blanks\n- - 0 empty\nnonsense\n`).values()]).toEqual([
    { key: 'a name with blanks', size: 12, etag: '0a', sha256 },
    { key: 'empty', size: 0 },
  ]);
});
