import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import registryImages from '../../../modules/quay/registry_images.ts';
import { runAction } from '../harness.ts';
import { pair } from './sample.ts';

let server: Server | undefined;
afterEach(() => server?.close());

const basic = `Basic ${Buffer.from('user:right').toString('base64')}`;

/** A registry with one image; `token` as registry.redhat.io does it, or a plain login. */
async function serve(way: 'token' | 'basic', stumbles = 0): Promise<string> {
  const made = pair(['localhost']);
  let left = stumbles;
  server = createServer({ cert: made.certificate, key: made.key }, (request, response) => {
    const at = `https://${request.headers.host}`;
    const { authorization } = request.headers;
    const challenge = way === 'basic' ? 'Basic realm="r"' : `Bearer realm="${at}/token",service="s"`;
    if (request.url?.startsWith('/token?')) {
      const scope = new URL(request.url, at).searchParams.get('scope');
      return void response.writeHead(authorization === basic ? 200 : 401).end(JSON.stringify({ token: scope }));
    }
    const allowed = way === 'basic' ? authorization === basic : authorization === 'Bearer repository:a/b:pull';
    if (request.url === '/v2/' || !allowed) return void response.writeHead(401, { 'www-authenticate': challenge }).end();
    if (left-- > 0) return void response.writeHead(502).end();
    response.writeHead(request.url === '/v2/a/b/manifests/1' ? 200 : 404).end();
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = async (images: string[], password = 'right') => {
  const ran = await runAction(registryImages, { images, username: 'user', password, validate_certs: false });
  return 'result' in ran ? ran.result?.findings : ran;
};

test.each(['token', 'basic'] as const)('says of each image whether it can be pulled, by %s', async (way) => {
  const registry = await serve(way);
  expect(await ask([`${registry}/a/b:1`])).toEqual([]);
  expect(await ask([`${registry}/a/b:2`])).toEqual([`${registry} has no image a/b:2`]);
});

test('a refused login is one finding, however many images', async () => {
  const registry = await serve('token');
  expect(await ask([`${registry}/a/b:1`, `${registry}/a/b:2`], 'wrong')).toEqual([`${registry} refuses the login of user`]);
});

test('a registry that stumbles is asked again', async () => {
  const registry = await serve('basic', 2);
  expect(await ask([`${registry}/a/b:1`])).toEqual([]);
});

test('an image without a registry and a registry that is not there', async () => {
  expect(await ask(['busybox'])).toEqual(['busybox names no registry']);
  expect(await ask(['127.0.0.1:1/a:1'])).toEqual([
    expect.stringMatching(/^127\.0\.0\.1:1 cannot be asked: Cannot connect to 127\.0\.0\.1 port 1 from the host \(.*ECONNREFUSED/),
  ]);
});
