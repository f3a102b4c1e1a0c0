import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import getUrl from '../../../modules/network/get_url.ts';
import uri from '../../../modules/network/uri.ts';
import waitFor from '../../../modules/network/wait_for.ts';
import { controller, runAction, runAsk, scratch } from '../harness.ts';
import { Servers } from './server.ts';

const servers = new Servers();
afterEach(() => servers.closeAll());

const sent = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
};

describe('uri', () => {
  it('returns status, headers, content and json', async () => {
    const url = await servers.serve((_req, res) =>
      res.writeHead(200, { 'content-type': 'application/problem+json', 'x-a-b': 'c', 'set-cookie': ['k=v; path=/', 'm=n'] }).end('{"a": [1]}'),
    );
    expect(await runAction(uri, { url, return_content: true })).toMatchObject({
      status: 'ok',
      result: { status: 200, url, redirected: false, x_a_b: 'c', json: { a: [1] }, content: '{"a": [1]}', cookies: { k: 'v', m: 'n' }, elapsed: 0 },
    });
  });

  it('sends json, forms and text, each with its type', async () => {
    const url = await servers.serve(async (req, res) => res.end(`${req.method} ${req.headers['content-type']} ${await sent(req)}`));
    const answer = async (args: Record<string, unknown>): Promise<unknown> =>
      (await runAction(uri, { url, return_content: true, method: 'POST', ...args })).result?.content;
    expect(await answer({ body_format: 'json', body: { a: true, b: 'é' } })).toBe('POST application/json {"a": true, "b": "\\u00e9"}');
    expect(await answer({ body_format: 'json', body: '[1]' })).toBe('POST application/json [1]');
    expect(await answer({ body_format: 'form-urlencoded', body: { 'a b': ['1', 2], c: 'ü&~*' } })).toBe(
      'POST application/x-www-form-urlencoded a+b=1&a+b=2&c=%C3%BC%26~%2A',
    );
    expect(await answer({ body: 'x', headers: { 'Content-Type': 'text/x' }, method: 'put' })).toBe('PUT text/x x');
    const dir = scratch();
    writeFileSync(join(dir, 'f'), 'from a file');
    expect(await answer({ src: join(dir, 'f') })).toBe('POST undefined from a file');
  });

  it('logs in when asked, or at once', async () => {
    let calls = 0;
    const url = await servers.serve((req, res) => {
      calls++;
      if (req.headers.authorization === `Basic ${Buffer.from('u:p').toString('base64')}`) res.end('in');
      else res.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    });
    expect(await runAction(uri, { url, user: 'u', password: 'p' })).toMatchObject({ status: 'ok' });
    expect(calls).toBe(2);
    expect(await runAction(uri, { url, url_username: 'u', url_password: 'p', force_basic_auth: true })).toMatchObject({ status: 'ok' });
    expect(calls).toBe(3);
    expect(await runAction(uri, { url, user: 'u', password: 'wrong' })).toMatchObject({ status: 'failed', result: { status: 401 } });
  });

  it('fails by status code, with what came, and with -1 when nothing came', async () => {
    const url = await servers.serve((_req, res) => res.writeHead(503, { 'content-type': 'application/json' }).end('{"why": "starting"}'));
    const why = 'Status code was 503 and not [200]: HTTP Error 503: Service Unavailable';
    expect(await runAction(uri, { url })).toMatchObject({ status: 'failed', why, result: { status: 503, json: { why: 'starting' }, msg: why } });
    expect(await runAction(uri, { url, status_code: [200, 503] })).toMatchObject({ status: 'ok' });
    expect(await runAction(uri, { url: 'http://127.0.0.1:1/' })).toMatchObject({
      status: 'failed',
      result: { status: -1 },
      why: expect.stringContaining('Cannot connect to 127.0.0.1 port 1'),
    });
    await expect(runAction(uri, { url: 'gopher://x' })).rejects.toThrow('is not an http or https address');
  });

  it('writes the answer to dest, once', async () => {
    const url = await servers.serve((_req, res) => res.writeHead(200, { 'content-disposition': 'attachment; filename="../evil"' }).end('body'));
    const dir = scratch();
    expect(await runAction(uri, { url, dest: dir, mode: '0600', force: true })).toMatchObject({
      status: 'changed',
      result: { path: join(dir, 'evil'), mode: '0600' },
    });
    expect(await runAction(uri, { url, dest: dir, force: true })).toMatchObject({ status: 'ok' });
    expect(readFileSync(join(dir, 'evil'), 'utf8')).toBe('body');
    expect(await runAction(uri, { url, dest: join(dir, 'no/such') })).toMatchObject({ status: 'failed', why: expect.stringContaining('does not exist') });
  });

  it('minds creates and removes, and check mode', async () => {
    let calls = 0;
    const url = await servers.serve((_req, res) => {
      calls++;
      res.end();
    });
    expect(await runAction(uri, { url, creates: '/tmp' })).toMatchObject({ status: 'ok', result: { stdout: "skipped, since '/tmp' exists" } });
    expect(await runAction(uri, { url, removes: '/no/such' })).toMatchObject({ status: 'ok' });
    expect(calls).toBe(0);
    const check = controller('/', { check: true });
    expect(await runAction(uri, { url, method: 'POST' }, check)).toMatchObject({ status: 'unknown' });
    expect(calls).toBe(0);
    expect(await runAction(uri, { url }, check)).toMatchObject({ status: 'ok' });
    expect(await runAction(uri, { url: 'http://127.0.0.1:1/' }, check)).toMatchObject({ status: 'unknown' });
  });
});

describe('get_url', () => {
  const big = randomBytes(9 << 20);
  const hash = (algorithm: string, bytes: Buffer | string): string => createHash(algorithm).update(bytes).digest('hex');
  let gets = 0;
  const start = (): Promise<string> =>
    servers.serve((req, res) => {
      if (req.url === '/none') return void res.writeHead(404).end();
      if (req.url === '/SUMS') return void res.end(`${hash('sha256', 'x')}  other\n${hash('sha256', big)} *./big\n`);
      if (req.headers['if-modified-since'] !== undefined) return void res.writeHead(304).end();
      if (req.method === 'GET') gets++;
      res.writeHead(200, { 'content-length': String(big.length) }).end(req.method === 'HEAD' ? undefined : big);
    });

  it('downloads once, keeps a backup, and leaves nothing on the control node', async () => {
    const url = `${await start()}/big`;
    const dir = scratch();
    gets = 0;
    const left = (): string[] => readdirSync(tmpdir()).filter((name) => /^qplay-(?!test-)/.test(name));
    const old = left();
    const first = await runAsk(getUrl, { url, dest: dir, mode: '0640' });
    expect(first.after).toMatchObject({
      is: 'right',
      result: { dest: join(dir, 'big'), checksum_src: hash('sha1', big), mode: '0640', size: big.length, status_code: 200 },
    });
    expect([gets, hash('sha1', readFileSync(join(dir, 'big')))]).toEqual([1, hash('sha1', big)]);
    expect((await runAsk(getUrl, { url, dest: join(dir, 'big') })).plan).toMatchObject({ is: 'right', result: { status_code: 304 } });
    writeFileSync(join(dir, 'big'), 'old');
    expect((await runAsk(getUrl, { url, dest: join(dir, 'big'), force: true, backup: true })).after).toMatchObject({
      is: 'right',
      result: { backup_file: expect.stringContaining('big.') },
    });
    expect(left()).toEqual(old);
    expect(gets).toBe(2);
  });

  it('proves the checksum, from the task or from a list', async () => {
    const base = await start();
    const dir = scratch();
    gets = 0;
    const args = { url: `${base}/big`, dest: dir, checksum: `sha256:${base}/SUMS` };
    expect((await runAsk(getUrl, args)).after).toMatchObject({ is: 'right' });
    expect((await runAsk(getUrl, { ...args, mode: '0600' })).after).toMatchObject({ is: 'right', result: { msg: 'file already exists' } });
    expect(statSync(join(dir, 'big')).mode & 0o777).toBe(0o600);
    expect(gets).toBe(1);
    expect((await runAsk(getUrl, { ...args, dest: join(dir, 'new'), checksum: 'md5:00' })).plan).toMatchObject({
      is: 'impossible',
      why: expect.stringContaining('not 00'),
    });
    expect(existsSync(join(dir, 'new'))).toBe(false);
    await expect(runAsk(getUrl, { ...args, checksum: 'abc' })).rejects.toThrow('<algorithm>:<checksum>');
    await expect(runAsk(getUrl, { ...args, checksum: 'crc:abc' })).rejects.toThrow('not known');
  });

  it('asks only for the head in check mode, and says when that cannot tell', async () => {
    const url = `${await start()}/big`;
    const dir = scratch();
    gets = 0;
    const check = controller('/', { check: true });
    expect((await runAsk(getUrl, { url, dest: join(dir, 'f') }, check)).plan).toMatchObject({ is: 'wrong' });
    writeFileSync(join(dir, 'f'), 'short');
    expect((await runAsk(getUrl, { url, dest: join(dir, 'f'), force: true }, check)).plan).toMatchObject({ is: 'wrong' });
    mkdirSync(join(dir, 'd'));
    writeFileSync(join(dir, 'd/big'), big);
    expect((await runAsk(getUrl, { url, dest: join(dir, 'd') }, check)).plan).toMatchObject({ is: 'right' });
    expect((await runAsk(getUrl, { url: url.replace('big', 'none'), dest: join(dir, 'g') }, check)).plan).toMatchObject({
      is: 'premature',
      why: expect.stringContaining('404'),
    });
    expect((await runAsk(getUrl, { url: 'http://127.0.0.1:1/x', dest: join(dir, 'g') }, check)).plan).toMatchObject({ is: 'premature' });
    expect(gets).toBe(0);
  });
});

describe('wait_for', () => {
  const port = async (greet?: string): Promise<{ port: number; close: () => void }> => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      if (greet !== undefined) socket.end(greet);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as { port: number }).port, close: () => server.close() };
  };

  it('sees a port open, say something, and close', async () => {
    const open = await port('SSH-2.0-test x\n');
    expect(await runAction(waitFor, { port: open.port })).toMatchObject({ status: 'ok', result: { port: open.port, state: 'started' } });
    expect(await runAction(waitFor, { port: open.port, search_regex: '^SSH-(?P<v>[\\d.]+)-(\\w+)' })).toMatchObject({
      status: 'ok',
      result: { match_groups: ['2.0', 'test'], match_groupdict: { v: '2.0' } },
    });
    expect(await runAction(waitFor, { port: open.port, state: 'stopped', timeout: 0.2, sleep: 0.05 })).toMatchObject({
      status: 'failed',
      why: expect.stringContaining('to stop'),
    });
    setTimeout(open.close, 100);
    expect(await runAction(waitFor, { port: open.port, state: 'stopped', sleep: 0.05 })).toMatchObject({ status: 'ok' });
    expect(await runAction(waitFor, { port: open.port, timeout: 0.2, sleep: 0.05 })).toMatchObject({
      status: 'failed',
      why: `Timeout when waiting for 127.0.0.1:${open.port}`,
    });
    expect(await runAction(waitFor, { port: open.port, timeout: 0.1, sleep: 0.05, msg: 'too late' })).toMatchObject({ status: 'failed', why: 'too late' });
  });

  it('sees a file appear, say something, and go', async () => {
    const path = join(scratch(), 'f');
    setTimeout(() => writeFileSync(path, 'a\nready 12\n'), 100);
    expect(await runAction(waitFor, { path, search_regex: '^ready (\\d+)$', sleep: 0.05 })).toMatchObject({ status: 'ok', result: { match_groups: ['12'] } });
    expect(await runAction(waitFor, { path, state: 'absent', timeout: 0.1, sleep: 0.05 })).toMatchObject({
      status: 'failed',
      why: `Timeout when waiting for ${path} to be absent`,
    });
    expect(await runAction(waitFor, { path: path + 'x', state: 'absent' })).toMatchObject({ status: 'ok' });
  });

  it('counts connections that are left', async () => {
    const open = await port();
    const { connect } = await import('node:net');
    const socket = connect(open.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const args = { port: open.port, state: 'drained', timeout: 0.3, sleep: 0.05, active_connection_states: ['ESTABLISHED'] };
    expect(await runAction(waitFor, args)).toMatchObject({ status: 'failed', why: expect.stringContaining('to drain') });
    expect(await runAction(waitFor, { ...args, exclude_hosts: ['127.0.0.1'] })).toMatchObject({ status: 'ok' });
    socket.destroy();
    open.close();
    expect(await runAction(waitFor, { ...args, timeout: 3 })).toMatchObject({ status: 'ok' });
  });

  it('looks once in check mode, and refuses what makes no sense', async () => {
    const check = controller('/', { check: true });
    expect(await runAction(waitFor, { path: '/tmp' }, check)).toMatchObject({ status: 'ok' });
    expect(await runAction(waitFor, { path: '/no/such' }, check)).toMatchObject({ status: 'unknown', why: 'It would wait for file /no/such' });
    expect(await runAction(waitFor, { timeout: 100 }, check)).toMatchObject({ status: 'unknown' });
    await expect(runAction(waitFor, { path: '/x', state: 'stopped' })).rejects.toThrow('is for a port');
    await expect(runAction(waitFor, { path: '/x', search_regex: '(' })).rejects.toThrow('no regular expression');
    await expect(runAction(waitFor, { port: 1, state: 'drained', active_connection_states: ['ESTABLISHD'] })).rejects.toThrow('Did you mean "ESTABLISHED"?');
  });
});
