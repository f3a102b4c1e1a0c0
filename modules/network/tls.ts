import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { QplayError } from '../../engine/error.ts';
import { type Host, sh } from '../../engine/module/contract.ts';
import { failure } from './failure.ts';

interface Trust {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly insecure?: boolean;
}

/**
 * TLS over a connection made from the host. Trusts what the managed host trusts, not the control node, unless `ca` is given.
 * Throws code `http-tls`, or `http` when the line was cut.
 */
export async function secure(host: Host, plain: Duplex, name: string, trust: Trust): Promise<TLSSocket> {
  const ca = trust.insecure ? undefined : (trust.ca ?? (await trustStore(host)));
  const socket = connect({
    socket: plain,
    ...(isIP(name) ? {} : { servername: name }),
    host: name,
    secureContext: contextOf(ca, trust),
    rejectUnauthorized: !trust.insecure,
    ALPNProtocols: ['http/1.1'],
  });
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', (error: Error & { code?: string }) => reject(tlsTrouble(error, name)));
  });
}

/** A line that is cut while greeting, as by a balancer without a server, may be whole a moment later; a wrong certificate may not. */
function tlsTrouble(error: Error & { code?: string }, name: string): QplayError {
  const cut = error.code === 'ECONNRESET' || error.code === 'EPIPE';
  const cause = `${error.message}${error.code ? ` (${error.code})` : ''}`;
  return failure(cut ? 'http' : 'http-tls', `The TLS connection to ${name} was not made`, cause, hintOf(error.code));
}

const hintOf = (code: string | undefined): string | undefined =>
  code !== undefined && /CERT|VERIFY|SELF_SIGNED|ALTNAME/.test(code)
    ? 'The certificate is checked against the trust store of the managed host; name another with ca_path, or set validate_certs: false to accept any.'
    : undefined;

const stores = new WeakMap<Host, Promise<Buffer | undefined>>();

/** The host's bundle of trusted certificates; `undefined`, which means Node's own list, when it has none. */
function trustStore(host: Host): Promise<Buffer | undefined> {
  let store = stores.get(host);
  if (store === undefined) {
    store = host.run(READ_STORE).then((seen) => (seen.bytes.length > 0 ? seen.bytes : undefined));
    stores.set(host, store);
  }
  return store;
}

const READ_STORE = sh`
for f in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem; do
  if [ -r "$f" ]; then cat "$f"; exit 0; fi
done`;

const contexts = new Map<string, SecureContext>();

/** Parsing a bundle of 140 certificates takes some 10 ms, and hosts share theirs. */
function contextOf(ca: string | Buffer | undefined, { cert, key }: Trust): SecureContext {
  const hash = createHash('sha256');
  for (const part of [ca, cert, key]) hash.update(part === undefined ? '-' : createHash('sha256').update(part).digest('hex'));
  const id = hash.digest('hex');
  const known = contexts.get(id);
  if (known !== undefined) return known;
  const context = make({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
  contexts.set(id, context);
  return context;
}

function make(parts: Parameters<typeof createSecureContext>[0]): SecureContext {
  try {
    return createSecureContext(parts);
  } catch (error) {
    throw failure('http-tls', 'The CA certificate, client certificate or key cannot be read as PEM', error instanceof Error ? error.message : String(error));
  }
}
