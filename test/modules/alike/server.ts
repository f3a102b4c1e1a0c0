import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const TEXT = 'some text\n';
/** Without it the answers would change every second. */
const DATE = 'Thu, 01 Jan 2026 00:00:00 GMT';

type Answer = readonly [status: number, headers: Readonly<Record<string, string>>, body: string];

function answer(request: IncomingMessage, body: string): Answer {
  const plain = { 'content-type': 'text/plain', 'last-modified': DATE };
  switch (request.url) {
    case '/text':
      return [200, plain, TEXT];
    case '/named':
      return [200, { ...plain, 'content-disposition': 'attachment; filename="given.txt"' }, TEXT];
    case '/sums':
      return [200, plain, `${createHash('sha256').update(TEXT).digest('hex')}  text\n`];
    case '/json':
      return [200, { 'content-type': 'application/json' }, '{"a": [1, 2.5, null], "b": {"c": "é"}}'];
    case '/redirect':
      return [302, { location: '/text', 'content-type': 'text/plain' }, 'there'];
    case '/auth':
      return request.headers.authorization === `Basic ${Buffer.from('u:open-sesame').toString('base64')}`
        ? [200, plain, 'let in\n']
        : [401, { ...plain, 'www-authenticate': 'Basic realm="x"' }, 'no\n'];
    case '/echo': {
      const told = { method: request.method, type: request.headers['content-type'] ?? null, test: request.headers['x-test'] ?? null, body };
      return [200, { 'content-type': 'application/json' }, JSON.stringify(told)];
    }
    default:
      return [404, plain, 'not here\n'];
  }
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  let body = '';
  request.on('data', (data) => {
    body += data;
  });
  request.on('end', () => {
    const [status, headers, text] = answer(request, body);
    response.writeHead(status, { date: DATE, 'content-length': String(Buffer.byteLength(text)), connection: 'close', ...headers });
    response.end(request.method === 'HEAD' ? undefined : text);
  });
}

/** A web server on this machine for `uri` and `get_url`. */
export async function webServer(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer(serve);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, server };
}
