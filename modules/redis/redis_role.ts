import { type ArgsOf, type AskPlan, defineAsk, type Host } from '../../engine/module/contract.ts';
import { RedisError } from './resp.ts';
import { fields, login, talk } from './talk.ts';

const options = {
  ...login,
  role: { type: 'str', required: true, choices: ['master', 'replica'], description: 'Role the server is to have.' },
  master_host: { type: 'str', description: 'With `replica`, the server it follows.' },
  master_port: { type: 'int', default: 6379, description: 'Port of that server.' },
  master_password: { type: 'str', secret: true, description: 'Password of that server.' },
} as const;

type Args = ArgsOf<typeof options>;

type Seen = { readonly info: Readonly<Record<string, string | number>> } | { readonly why: string };

async function ask(args: Args, host: Host): Promise<Seen> {
  const said = await talk(args, host, [['INFO', 'replication']]);
  if ('silent' in said) return { why: said.silent };
  const reply = said.replies[0];
  return reply instanceof RedisError ? { why: `Redis refuses: ${reply.message}` } : { info: fields(String(reply)) };
}

const describe = (info: Readonly<Record<string, string | number>>): string =>
  info.role === 'slave' ? `replica of ${info.master_host}:${info.master_port}` : 'master';

/** Tells the server to follow, or to stop following; throws with its words when it refuses. */
async function act(args: Args, host: Host): Promise<void> {
  const follow = args.role === 'replica';
  const password = follow && args.master_password !== undefined ? [['CONFIG', 'SET', 'masterauth', args.master_password]] : [];
  const said = await talk(args, host, [...password, follow ? ['REPLICAOF', args.master_host ?? '', String(args.master_port)] : ['REPLICAOF', 'NO', 'ONE']]);
  if ('silent' in said) throw new Error(said.silent);
  const refused = said.replies.find((one) => one instanceof RedisError);
  if (refused !== undefined) throw new Error(`Redis refuses: ${refused.message}`);
}

function plan(args: Args, seen: Seen): AskPlan {
  if ('why' in seen) return { is: 'premature', why: seen.why, hint: 'Start Redis first, and wait for it: redis_ping with timeout' };
  const wanted = args.role === 'master' ? 'master' : `replica of ${args.master_host}:${args.master_port}`;
  const now = describe(seen.info);
  const result = { role: args.role, info: seen.info };
  if (now === wanted) return { is: 'right', result };
  return {
    is: 'wrong',
    diff: [{ before: { role: now }, after: { role: wanted }, label: `redis ${args.login_host}:${args.login_port}` }],
    act: (host) => act(args, host),
    result,
  };
}

export default defineAsk<typeof options, Seen>({
  name: 'redis_role',
  fqcn: ['qplay.redis.redis_role'],
  summary: 'Makes a Redis server a master, or a replica of another.',
  notes: ['The running server is changed, not its configuration file: a restart of it comes back with what its file says.'],
  source: 'https://redis.io/docs/latest/commands/replicaof/',
  options,
  rules: { requiredIf: [['role', 'replica', ['master_host']]] },
  returns: { role: 'The role.', info: 'What INFO replication says.' },
  examples: [{ title: 'Follow another server', args: { role: 'replica', master_host: '127.0.0.1', master_port: 6380 }, needs: ['redis'] }],
  ask: (args, host) => ask(args, host),
  plan,
});
