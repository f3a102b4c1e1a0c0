import { createHash, createHmac } from 'node:crypto';
import { type ArgsOf, defineModule, lines, type Plan, sh } from '../../engine/module/contract.ts';
import { expanded, impossible, sections, textLines } from './lib.ts';
import { readFile, replaceWithFolder } from './textfile.ts';

const options = {
  name: { type: 'str', required: true, aliases: ['host'], description: 'The host, as ssh is told it: a name, an address, `[name]:port`.' },
  key: { type: 'str', description: 'Its line of known_hosts, such as ssh-keyscan prints; needed unless `state: absent`.' },
  path: { type: 'path', default: '~/.ssh/known_hosts', description: 'The file.' },
  hash_host: { type: 'bool', default: false, description: 'Write a hash in place of the name.' },
  state: {
    type: 'str',
    default: 'present',
    choices: ['absent', 'present'],
    description: 'Whether the key shall be known. `absent` without `key` removes every key of the host.',
  },
} as const;

type Args = ArgsOf<typeof options>;

const KEY = 'registry.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJq47TAxwkyRk+EQdpTCoUJJoB4w+41WcI8Q9y0xynW0';

export default defineModule({
  name: 'known_hosts',
  fqcn: ['ansible.builtin.known_hosts'],
  summary: 'Puts the keys of hosts into the file by which ssh knows them.',
  source: 'ansible.builtin.known_hosts; sshd(8)',
  options,
  rules: { requiredIf: [['state', 'present', ['key']]] },
  returns: { name: 'The host.', key: 'As asked.', path: 'The file.', hash_host: 'As asked.', state: '`present` or `absent`.' },
  examples: [
    { title: 'Know a host', args: { name: 'registry.example', key: KEY, path: '/etc/ssh/ssh_known_hosts' }, given: 'rm -f /etc/ssh/ssh_known_hosts' },
    {
      title: 'Know it without telling its name',
      args: { name: 'registry.example', key: KEY, path: '/root/.ssh/qp_known_hosts', hash_host: true },
      given: 'rm -f /root/.ssh/qp_known_hosts',
    },
    {
      title: 'Forget it',
      args: { name: 'registry.example', path: '/etc/ssh/ssh_known_hosts', state: 'absent' },
      given: `echo '${KEY}' > /etc/ssh/ssh_known_hosts`,
    },
  ],
  probe: (args) => readFile('hosts', expanded(args.path)),
  plan: (args, seen): Plan => planHosts(args, sections(seen.stdout)),
});

interface Entry {
  readonly text: string;
  readonly marker: string;
  readonly hosts: string;
  readonly type: string;
  readonly blob: string;
}

function entryOf(line: string): Entry | undefined {
  const words = line.trim().split(/\s+/);
  if (words[0] === '' || words[0]?.startsWith('#')) return undefined;
  const marker = words[0]?.startsWith('@') ? (words.shift() as string) : '';
  const [hosts, type, blob] = words;
  return hosts === undefined || type === undefined || blob === undefined ? undefined : { text: line, marker, hosts, type, blob };
}

const hash = (salt: Buffer, host: string): string => `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(host).digest('base64')}`;

/** A plan is pure and a check must tell what a run does, so the salt is made of what is hashed; it hides no more and no less. */
const saltOf = (host: string, key: Entry): Buffer => createHash('sha1').update(`${host}\0${key.blob}`).digest();

/** Whether a field of hosts names this one: a list of names, or one hash. */
function names(field: string, host: string): boolean {
  const found = /^\|1\|([^|]+)\|([^|]+)$/.exec(field);
  if (found !== null) return hash(Buffer.from(found[1] as string, 'base64'), host) === field;
  return field.toLowerCase().split(',').includes(host);
}

function planHosts(args: Args, parts: ReadonlyMap<string, string>): Plan {
  const host = args.name.toLowerCase();
  const result = { name: args.name, key: args.key ?? null, path: args.path, hash_host: args.hash_host, state: args.state };
  if (parts.has('hosts closed')) return impossible(`${args.path} may not be read`, 'Use `become: true`');
  const wanted = args.key === undefined ? undefined : entryOf(args.key.trim());
  if (args.key !== undefined && wanted === undefined)
    return impossible(`The key is not a line of known_hosts: ${args.key}`, 'It looks like `host ssh-ed25519 AAAA...`; ssh-keyscan prints such lines');
  if (wanted !== undefined && !names(wanted.hosts, host))
    return impossible(
      `Host parameter does not match hashed host field in supplied key: ${wanted.hosts} is not ${args.name}`,
      'The line must begin with the host that `name` names',
    );
  const before = parts.get('hosts') ?? '';
  const after = args.state === 'absent' ? without(before, host, wanted) : withKey(before, host, wanted as Entry, args.hash_host);
  if (after === before) return { is: 'right', result };
  const folder = args.path.includes('/') ? args.path.slice(0, args.path.lastIndexOf('/')) : '.';
  const made = sh`[ -d ${expanded(folder)} ] || mkdir -p -m 700 -- ${expanded(folder)} || exit`;
  return {
    is: 'wrong',
    diff: [{ label: args.path, before, after }],
    uploads: { hosts: after },
    apply: lines(made, replaceWithFolder('hosts', expanded(args.path), expanded(folder), '644')),
    result,
  };
}

function without(text: string, host: string, key: Entry | undefined): string {
  const goes = (line: string) => {
    const entry = entryOf(line);
    return entry !== undefined && names(entry.hosts, host) && (key === undefined || (entry.type === key.type && entry.blob === key.blob));
  };
  return textLines(text)
    .flatMap((line) => (goes(line) ? [] : [`${line}\n`]))
    .join('');
}

/** A host has one key of a kind: another of the same kind is replaced. */
function withKey(text: string, host: string, key: Entry, hashed: boolean): string {
  const all = textLines(text);
  const own = (line: string) => {
    const entry = entryOf(line);
    return entry !== undefined && entry.marker === key.marker && entry.type === key.type && names(entry.hosts, host) ? entry : undefined;
  };
  const known = all.map(own).find((entry) => entry !== undefined && entry.blob === key.blob && (!hashed || entry.hosts.startsWith('|1|')));
  if (known !== undefined) return text;
  const line = !hashed ? key.text.trim() : [key.marker, hash(saltOf(host, key), host), key.type, key.blob].filter((word) => word !== '').join(' ');
  return [...all.filter((one) => own(one) === undefined), line].map((one) => `${one}\n`).join('');
}
