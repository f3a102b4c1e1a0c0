import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import quayHealth from '../../../modules/quay/quay_health.ts';
import quayUser, { tokenPath } from '../../../modules/quay/quay_user.ts';
import { controller, localHost, runAction, scratch, withDefaults } from '../harness.ts';
import { pair } from './sample.ts';

let server: Server | undefined;
afterEach(() => server?.close());

type Answer = readonly [status: number, body: unknown, headers?: Record<string, string>];

async function serve(answer: (request: IncomingMessage, body: string) => Answer, tls?: { certificate: string; key: string }): Promise<number> {
  const handle: Parameters<typeof createServer>[1] = (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const [status, value, headers] = answer(request, body);
      response.writeHead(status, headers).end(typeof value === 'string' ? value : JSON.stringify(value));
    });
  };
  server = tls === undefined ? createServer(handle) : createSecureServer({ cert: tls.certificate, key: tls.key }, handle);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const health = (services: Record<string, boolean>): Answer => {
  const status = Object.values(services).every(Boolean) ? 200 : 503;
  return [status, { data: { services }, status_code: status }];
};
const at = (port: number) => ({ host: '127.0.0.1', port, scheme: 'http', server_hostname: 'quay.example.com', delay: 0 });

test("waits until every endpoint is green, and asks under the registry's name", async () => {
  let looks = 0;
  const names = new Set<string | undefined>();
  const port = await serve((request) => {
    names.add(request.headers.host);
    return health({ [`of_${request.url?.split('/').at(-1)}`]: ++looks > 4 });
  });
  expect(await runAction(quayHealth, { ...at(port), timeout: 10 })).toMatchObject({
    status: 'ok',
    result: { healthy: true, services: { of_instance: true, of_endtoend: true, of_warning: true }, endpoints: { instance: { status_code: 200 } } },
  });
  expect([...names]).toEqual(['quay.example.com']);
});

test('waits for a balancer that cuts the line since it has no server yet', async () => {
  const made = pair(['quay.example.com']);
  let cuts = 0;
  const port = await serve(() => health({ auth: true }), made);
  server?.prependListener('connection', (socket) => ++cuts < 4 && socket.destroy());
  expect(await runAction(quayHealth, { ...at(port), scheme: 'https', validate_certs: false, timeout: 10 })).toMatchObject({ status: 'ok' });
  expect(cuts).toBeGreaterThan(3);
});

test('names the services that are not healthy, also behind a balancer that answers with a page', async () => {
  const port = await serve((request) =>
    request.url === '/health/instance' ? health({ auth: true, database: false, disk_space: false }) : [503, '<html>No server</html>'],
  );
  expect(await runAction(quayHealth, { ...at(port), timeout: 0, endpoints: ['instance', 'endtoend'] })).toMatchObject({
    status: 'failed',
    why: `Quay at http://127.0.0.1:${port} is not healthy after 0 seconds: instance: database, disk_space not healthy; endtoend: answered 503`,
  });
});

test('a plan looks once and says unknown', async () => {
  expect(await runAction(quayHealth, { ...at(1), timeout: 300 }, controller('/', { check: true }))).toMatchObject({
    status: 'unknown',
    why: 'Quay at http://127.0.0.1:1 is not healthy yet: Nothing answers at 127.0.0.1 port 1',
  });
});

test("the certificate must be for the registry's name, whatever address is asked", async () => {
  const made = pair(['quay.example.com']);
  const ca = join(scratch(), 'ca.crt');
  writeFileSync(ca, made.certificate);
  const port = await serve(() => health({ auth: true }), made);
  const asked = { ...at(port), scheme: 'https', ca_path: ca, timeout: 0 };
  expect(await runAction(quayHealth, asked)).toMatchObject({ status: 'ok' });
  await expect(runAction(quayHealth, { ...asked, server_hostname: 'other.example.com' })).rejects.toThrow(
    'The TLS connection to other.example.com was not made',
  );
});

/** The part of the API that makes a first user. */
function registry(users: Map<string, string>, initialize: boolean) {
  return (request: IncomingMessage, body: string): Answer => {
    const [user = '', password = ''] = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64')
      .toString()
      .split(':');
    if (request.url === '/v2/') return [401, {}, { 'www-authenticate': 'Bearer realm="https://quay.example.com/v2/auth",service="quay.example.com"' }];
    if (request.url?.startsWith('/v2/auth?')) return users.get(user) === password ? [200, { token: 't' }] : [401, {}];
    if (request.url !== '/api/v1/user/initialize' || !initialize) return [404, { message: 'Not found' }];
    if (users.size > 0) return [400, { message: 'Cannot initialize user in a non-empty database' }];
    const asked = JSON.parse(body) as { username: string; password: string };
    users.set(asked.username, asked.password);
    return [200, { username: asked.username }];
  };
}

const wanted = (port: number) =>
  withDefaults(quayUser.options, {
    host: '127.0.0.1',
    port,
    scheme: 'http',
    server_hostname: 'quay.example.com',
    username: 'quayadmin',
    password: 'password1',
    email: 'a@b.c',
  });
const planOf = async (port: number) => quayUser.plan(wanted(port), await quayUser.ask(wanted(port), localHost(), controller('/')));

test('makes the first user once; afterwards a login proves that he is there', async () => {
  const port = await serve(registry(new Map(), true));
  const plan = await planOf(port);
  if (plan.is !== 'wrong') throw new Error(plan.is);
  await plan.act(localHost());
  expect(await planOf(port)).toMatchObject({ is: 'right', result: { username: 'quayadmin' } });
});

test('says why a first user cannot be made', async () => {
  const taken = await planOf(await serve(registry(new Map([['somebody', 'x']]), true)));
  if (taken.is !== 'wrong') throw new Error(taken.is);
  await expect(taken.act(localHost())).rejects.toThrow('The registry has users already, and quayadmin cannot log in with this password');
  server?.close();
  const off = await planOf(await serve(registry(new Map(), false)));
  if (off.is !== 'wrong') throw new Error(off.is);
  await expect(off.act(localHost())).rejects.toMatchObject({ diagnostics: [{ hint: expect.stringContaining('FEATURE_USER_INITIALIZE: true') as string }] });
  expect(await planOf(1)).toMatchObject({ is: 'premature', why: 'Nothing answers at 127.0.0.1 port 1' });
});

test('the token is asked of the same node, wherever the realm points', () => {
  expect(tokenPath('Bearer realm="https://quay.example.com/v2/auth",service="quay.example.com"', 'bob')).toBe('/v2/auth?account=bob&service=quay.example.com');
  expect(tokenPath('Basic realm="x"', 'bob')).toBeUndefined();
});
