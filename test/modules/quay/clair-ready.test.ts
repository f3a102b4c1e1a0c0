import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import clairReady, { token } from '../../../modules/quay/clair_ready.ts';
import { runAction } from '../harness.ts';

const KEY = 'the key that both have';
const PSK = Buffer.from(KEY).toString('base64');
const OTHER = Buffer.from('another').toString('base64');

let server: Server | undefined;
afterEach(() => server?.close());

/** A Clair as far as it matters here: ready at some look, and strict about who signs what it is asked. */
async function clair({ readyAt = 1, issuers = ['quay'] } = {}): Promise<string> {
  let looks = 0;
  server = createServer((request, response) => {
    if (request.url === '/readyz') return response.writeHead(++looks < readyAt ? 503 : 200).end();
    const [head = '', body = '', mark] = (request.headers.authorization ?? '').replace('Bearer ', '').split('.');
    const signed = mark === createHmac('sha256', KEY).update(`${head}.${body}`).digest('base64url');
    const { iss, exp } = signed ? (JSON.parse(Buffer.from(body, 'base64url').toString()) as { iss: string; exp: number }) : { iss: '', exp: 0 };
    const right = request.url === '/indexer/api/v1/index_state' && issuers.includes(iss) && exp > Date.now() / 1000;
    return response.writeHead(right ? 200 : 401).end();
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = (args: Record<string, unknown>) => runAction(clairReady, { delay: 0, timeout: 0, ...args });

describe('clair_ready', () => {
  test('makes a token that lives a minute, signed with the decoded key', () => {
    const [head = '', body = '', mark] = token(PSK, 'quay', 1000).split('.');
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toEqual({ iss: 'quay', iat: 985, nbf: 985, exp: 1060 });
    expect(mark).toBe(createHmac('sha256', KEY).update(`${head}.${body}`).digest('base64url'));
  });

  test('waits until Clair is ready', async () => {
    const at = await clair({ readyAt: 4 });
    expect(await ask({ urls: [`${at}/readyz`], timeout: 20 })).toMatchObject({ status: 'ok', result: { ready: true } });
  });

  test('tells what it answers when the time is over', async () => {
    const at = await clair({ readyAt: 9 });
    expect(await ask({ urls: [`${at}/readyz`] })).toMatchObject({ status: 'failed', why: expect.stringMatching(/\/readyz answers 503$/) });
  });

  test('asks at each address, and is content with one', async () => {
    const at = await clair();
    expect(await ask({ urls: ['http://127.0.0.1:1/readyz', `${at}/readyz`] })).toMatchObject({ status: 'ok' });
  });

  test('tells of every address where none answers', async () => {
    const said = await ask({ urls: ['http://127.0.0.1:1/readyz', 'http://127.0.0.1:2/readyz'] });
    expect(said).toMatchObject({ status: 'failed', why: expect.stringMatching(/127\.0\.0\.1 port 1; .*127\.0\.0\.1 port 2/) });
  });

  test('proves that both have one key', async () => {
    const at = await clair();
    expect(await ask({ urls: [`${at}/readyz`], endpoint: `${at}/`, psk: PSK })).toMatchObject({ status: 'ok' });
    expect(await ask({ endpoint: at, psk: PSK })).toMatchObject({ status: 'ok' });
  });

  test.each([
    ['another key', { psk: OTHER }, {}],
    ['an issuer that Clair does not know', { psk: PSK }, { issuers: ['issuer'] }],
  ])('does not wait for what waiting does not mend: %s', async (_, args, settings) => {
    const at = await clair(settings);
    const said = await ask({ endpoint: at, timeout: 600, ...args });
    expect(said).toMatchObject({ status: 'failed', why: expect.stringContaining('does not take the key') });
    expect(JSON.stringify(said)).not.toContain(args.psk);
  });
});
