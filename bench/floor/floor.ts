import { createReadStream, readFileSync } from 'node:fs';
import { Client, type ClientChannel } from 'ssh2';
import type { Play, Task } from '../task.ts';
import { FACTS, scripts } from './script.ts';

/**
 * The floor: what one ssh2 connection a host can do with no engine around it. One persistent `sudo sh` a host, one round trip
 * a task, hosts in step.
 *
 *     node floor.js PLAN FLEET HOSTS
 */
const [planFile = '', fleet = '', count = '1'] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planFile, 'utf8')) as Play;
const key = readFileSync(`${fleet}/keys/id`);
const known = new Map(
  readFileSync(`${fleet}/known_hosts`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([address, , hostKey]) => [address as string, Buffer.from(hostKey as string, 'base64')]),
);
const END = '\x1e\n';

interface Host {
  readonly name: string;
  readonly client: Client;
  readonly shell: ClientChannel;
  answer: string;
  wake?: () => void;
}

function connect(n: number): Promise<Client> {
  const host = `10.231.1.${n}`;
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.on('ready', () => resolve(client.setNoDelay(true))).on('error', reject);
    client.connect({
      host,
      username: 'qp',
      privateKey: key,
      readyTimeout: 60_000,
      hostVerifier: (seen: Buffer) => seen.equals(known.get(host) ?? Buffer.alloc(0)),
      algorithms: { cipher: ['aes128-gcm@openssh.com'] },
    });
  });
}

const exec = (client: Client, command: string): Promise<ClientChannel> =>
  new Promise((resolve, reject) => client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel))));

async function open(n: number): Promise<Host> {
  const client = await connect(n);
  const host: Host = { name: `node${n}`, client, shell: await exec(client, 'sudo -n sh'), answer: '' };
  host.shell.on('data', (chunk: Buffer) => {
    host.answer += chunk.toString('latin1');
    if (host.answer.endsWith(END)) host.wake?.();
  });
  host.shell.stderr.resume();
  return host;
}

const tally = { changed: 0, failed: 0 };

async function run(host: Host, script: string): Promise<void> {
  host.answer = '';
  host.shell.write(`{ ${script}\n} </dev/null 2>/dev/null; printf '\\036\\n'\n`);
  await new Promise<void>((wake) => {
    host.wake = wake;
  });
  const last = host.answer.slice(0, -END.length).trim();
  if (last.endsWith('changed')) tally.changed += 1;
  else if (!last.endsWith('ok')) tally.failed += 1;
}

async function push(host: Host, task: Extract<Task, { do: 'push' }>): Promise<void> {
  const cat = await exec(host.client, `sudo -n sh -c 'cat >${task.path}.new && chmod ${task.mode} ${task.path}.new && mv ${task.path}.new ${task.path}'`);
  createReadStream(task.from, { highWaterMark: 1 << 18 }).pipe(cat);
  cat.resume();
  await new Promise((done) => cat.on('close', done));
  tally.changed += 1;
}

const hosts = await Promise.all(Array.from({ length: plan.hosts === 'one' ? 1 : Number(count) }, (_, n) => open(n + 1)));
if (plan.facts) await Promise.all(hosts.map((host) => run(host, FACTS)));
for (const task of plan.tasks) {
  await Promise.all(
    hosts.map(async (host) => {
      if (task.do === 'push') await push(host, task);
      for (const script of scripts(task, host.name)) await run(host, script);
    }),
  );
}
for (const host of hosts) host.client.end();
process.stdout.write(`${JSON.stringify(tally)}\n`);
