import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { QplayError } from '../../../engine/error.ts';
import { basic, open, request } from '../../../modules/network/http.ts';
import { localHost, scratch } from '../harness.ts';

const servers: Server[] = [];
const serve = async (listener: RequestListener, tls?: { key: Buffer; cert: Buffer }): Promise<number> => {
  const server = tls ? createTls(tls, listener) : createServer(listener);
  servers.push(server as Server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(() => undefined).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(QplayError);
  return (error as QplayError).diagnostics[0]?.code as string;
};

describe('request', () => {
  it('sends method, headers and body and gives status, headers and bytes', async () => {
    const port = await serve((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk) => chunks.push(chunk));
      req.on('end', () => {
        res.writeHead(201, { 'x-saw': `${req.method} ${req.url} ${req.headers.host} ${req.headers['x-a']}` });
        res.end(Buffer.concat([Buffer.from([0xff, 0]), ...chunks]));
      });
    });
    const answer = await request(localHost(), { url: `http://127.0.0.1:${port}/p?q=1`, method: 'PUT', headers: { 'X-A': 'b' }, body: 'text' });
    expect(answer.status).toBe(201);
    expect(answer.headers['x-saw']).toBe(`PUT /p?q=1 127.0.0.1:${port} b`);
    expect(answer.body).toEqual(Buffer.from([0xff, 0, ...Buffer.from('text')]));
  });

  it('follows redirects as asked, and drops authorization on the way to another server', async () => {
    const other = await serve((req, res) => res.end(String(req.headers.authorization)));
    const port = await serve((_req, res) => res.writeHead(302, { location: `http://127.0.0.1:${other}/x` }).end());
    const ask = { url: `http://127.0.0.1:${port}/`, headers: { Authorization: basic('u', 'p') } };
    expect((await request(localHost(), ask)).status).toBe(302);
    const answer = await request(localHost(), { ...ask, followRedirects: 'safe' });
    expect(answer.body.toString()).toBe('undefined');
    expect(answer.url).toBe(`http://127.0.0.1:${other}/x`);
    expect((await request(localHost(), { ...ask, method: 'POST', followRedirects: 'safe' })).status).toBe(302);
  });

  it('says what went wrong', async () => {
    const silent = await serve(() => undefined);
    const loop = await serve((_req, res) => res.writeHead(302, { location: '/' }).end());
    const cut = await serve((_req, res) => {
      res.writeHead(200, { 'content-length': '100' });
      res.write('half');
      setTimeout(() => res.destroy(), 20);
    });
    const stall = await serve((_req, res) => {
      res.writeHead(200, { 'content-length': '100' });
      res.write('half');
    });
    const host = localHost();
    expect(await codeOf(request(host, { url: 'ftp://x/' }))).toBe('http-url');
    expect(await codeOf(request(host, { url: 'http://127.0.0.1:1/' }))).toBe('http-connect');
    expect(await codeOf(request(host, { url: `http://127.0.0.1:${silent}/`, timeout: 0.1 }))).toBe('http-timeout');
    expect(await codeOf(request(host, { url: `http://127.0.0.1:${stall}/`, timeout: 0.2 }))).toBe('http-timeout');
    expect(await codeOf(request(host, { url: `http://127.0.0.1:${loop}/`, followRedirects: 'all' }))).toBe('http-redirects');
    expect(await codeOf(request(host, { url: `http://127.0.0.1:${cut}/` }))).toBe('http');
  });

  it('streams: a body larger than memory buffers arrives whole, and a slow reader is no time-out', async () => {
    const piece = Buffer.alloc(1 << 20, 7);
    const port = await serve(async (_req, res) => {
      for (let i = 0; i < 8; i++) if (!res.write(piece)) await new Promise((resolve) => res.once('drain', resolve));
      res.end();
    });
    const answer = await open(localHost(), { url: `http://127.0.0.1:${port}/`, timeout: 0.2 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    let size = 0;
    for await (const chunk of answer.body) size += (chunk as Buffer).length;
    expect(size).toBe(8 << 20);
  });
});

describe('TLS', () => {
  let tls: { key: Buffer; cert: Buffer };
  beforeAll(() => {
    const dir = scratch();
    const args = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost';
    execFileSync('openssl', ['req', ...args.split(' '), '-keyout', join(dir, 'key'), '-out', join(dir, 'cert')], { stdio: 'ignore' });
    tls = { key: readFileSync(join(dir, 'key')), cert: readFileSync(join(dir, 'cert')) };
  });

  it('refuses an unknown CA, takes it when named, and any when insecure', async () => {
    const port = await serve((_req, res) => res.end('hi'), tls);
    const url = `https://localhost:${port}/`;
    expect(await codeOf(request(localHost(), { url }))).toBe('http-tls');
    expect((await request(localHost(), { url, ca: tls.cert })).body.toString()).toBe('hi');
    expect((await request(localHost(), { url, insecure: true })).body.toString()).toBe('hi');
  });

  it('refuses a certificate for another name', async () => {
    const port = await serve((_req, res) => res.end('hi'), tls);
    expect(await codeOf(request(localHost(), { url: `https://127.0.0.1:${port}/`, ca: tls.cert }))).toBe('http-tls');
  });
});
