// Pulls and pushes through the balancer without a pause until SIGTERM; then prints what was asked and what failed, as JSON.
// load.mjs ADDRESS NAME CA USER FILE-WITH-PASSWORD [LONG]. Every request is a connection of its own, and none is tried again. LONG: how
// many large layers are on their way at any time, each for a quarter of a minute and, as podman does it, over one connection.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

const [address, name, ca, user, secret, long = '0'] = process.argv.slice(2);
const password = readFileSync(secret, 'utf8').trim();
const trust = readFileSync(ca);
const sums = { pulls: 0, pushes: 0, long: [], failed: [] };
let going = true;
process.on('SIGTERM', () => {
  going = false;
});

/** `body`: text, or what sends it piece by piece. */
function ask(method, path, headers = {}, body = undefined, agent = false) {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: address,
        servername: name,
        ca: trust,
        method,
        path,
        agent,
        headers: { host: name, ...headers, ...(typeof body === 'string' && { 'content-length': Buffer.byteLength(body) }) },
      },
      (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
        answer.on('error', reject);
      },
    );
    sent.on('error', reject);
    if (typeof body === 'function') body(sent);
    else sent.end(body);
  });
}

/** Headers that let one in, as `podman login` finds out. */
async function authorization(repository) {
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const challenge = (await ask('GET', '/v2/')).headers['www-authenticate'] ?? '';
  if (!/^bearer /i.test(challenge)) return { authorization: basic };
  const service = /service="([^"]*)"/.exec(challenge)?.[1] ?? '';
  const path = new URL(/realm="([^"]*)"/.exec(challenge)[1]).pathname;
  const answer = await ask('GET', `${path}?service=${encodeURIComponent(service)}&scope=repository:${repository}:pull,push`, { authorization: basic });
  return { authorization: `Bearer ${JSON.parse(answer.body).token}` };
}

const digest = (text) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const TYPE = 'application/vnd.docker.distribution.manifest.v2+json';

function must(wanted, answer, what) {
  if (!wanted.includes(answer.status)) throw new Error(`${what}: ${answer.status} ${answer.body.toString().slice(0, 200)}`);
  return answer;
}

async function blob(repository, login, content) {
  const begun = must([202], await ask('POST', `/v2/${repository}/blobs/uploads/`, login), 'begin of an upload');
  const at = new URL(begun.headers.location, `https://${name}`);
  must(
    [201],
    await ask(
      'PUT',
      `${at.pathname}${at.search}${at.search ? '&' : '?'}digest=${digest(content)}`,
      { ...login, 'content-type': 'application/octet-stream' },
      content,
    ),
    'upload',
  );
  return { digest: digest(content), size: Buffer.byteLength(content) };
}

const PIECE = 256 * 1024;
const PIECES = 30;

/** A layer that takes a quarter of a minute to come; when it was on its way, as milliseconds. */
async function longBlob(repository, login) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const begun = must([202], await ask('POST', `/v2/${repository}/blobs/uploads/`, login, undefined, agent), 'begin of a large layer');
    return await sendSlowly(new URL(begun.headers.location, `https://${name}`), login, agent);
  } finally {
    agent.destroy();
  }
}

async function sendSlowly(begin, login, agent) {
  const hash = createHash('sha256');
  const from = Date.now();
  const slowly = async (sent) => {
    for (let piece = 0; piece < PIECES && !sent.destroyed; piece++) {
      const content = randomBytes(PIECE);
      hash.update(content);
      sent.write(content);
      await sleep(500);
    }
    sent.end();
  };
  try {
    const headers = { ...login, 'content-type': 'application/octet-stream', 'content-length': PIECE * PIECES };
    const sent = must([202], await ask('PATCH', `${begin.pathname}${begin.search}`, headers, slowly, agent), 'its content');
    const at = new URL(sent.headers.location, `https://${name}`);
    const end = `${at.pathname}${at.search}${at.search ? '&' : '?'}digest=sha256:${hash.digest('hex')}`;
    must([201], await ask('PUT', end, login, undefined, agent), 'its end');
  } catch (error) {
    throw new Error(`a large layer was cut off: ${error.message}`);
  }
  return { from, to: Date.now() };
}

async function push(repository, tag) {
  const login = await authorization(repository);
  const config = await blob(
    repository,
    login,
    JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] }, made: randomUUID() }),
  );
  const layer = await blob(repository, login, randomUUID());
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: TYPE,
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', ...config },
    layers: [{ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', ...layer }],
  });
  must([201], await ask('PUT', `/v2/${repository}/manifests/${tag}`, { ...login, 'content-type': TYPE }, manifest), 'push of a manifest');
  return { manifest: digest(manifest), layer: layer.digest };
}

async function pull(repository, pushed) {
  const login = await authorization(repository);
  const manifest = must([200], await ask('GET', `/v2/${repository}/manifests/${pushed.manifest}`, { ...login, accept: TYPE }), 'pull of a manifest');
  if (digest(manifest.body) !== pushed.manifest) throw new Error('another manifest than was pushed');
  const found = await ask('GET', `/v2/${repository}/blobs/${pushed.layer}`, login);
  must([200, 302, 307], found, 'pull of a layer');
}

async function work(kind, action) {
  while (going) {
    try {
      const done = await action();
      if (kind === 'long') sums.long.push(done);
      else sums[kind] += 1;
    } catch (error) {
      sums.failed.push(`${new Date().toISOString()} ${kind}: ${error.message}`);
      await sleep(200);
    }
  }
}

const repository = `${user}/load`;
let last = await push(repository, 'first');
console.log('begun');
let count = 0;
await Promise.all([
  work('pulls', () => pull(repository, last)),
  work('pulls', () => pull(repository, last)),
  work('pushes', async () => {
    count += 1;
    last = await push(repository, `t${count}`);
  }),
  ...Array.from({ length: Number(long) }, () => work('long', async () => longBlob(repository, await authorization(repository)))),
]);
console.log(JSON.stringify(sums));
