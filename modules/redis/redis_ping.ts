import { setTimeout as sleep } from 'node:timers/promises';
import { type ArgsOf, defineAction, type Host } from '../../engine/module/contract.ts';
import { RedisError } from './resp.ts';
import { fields, login, talk } from './talk.ts';

const options = {
  ...login,
  role: { type: 'str', choices: ['master', 'slave', 'any'], default: 'any', description: 'Role the server must have.' },
  timeout: { type: 'int', default: 0, description: 'Seconds to wait until it answers so.' },
  fail: { type: 'bool', default: true, description: 'Whether no answer is a failure; otherwise `is_available` is false.' },
} as const;

type Args = ArgsOf<typeof options>;

type Seen = { readonly result: Record<string, unknown> } | { readonly why: string };

async function once(args: Args, host: Host): Promise<Seen> {
  const said = await talk(args, host, [['PING'], ['INFO', 'server'], ['INFO', 'replication']]);
  if ('silent' in said) return { why: said.silent };
  const [pong, server, replication] = said.replies;
  const refused = said.replies.find((one) => one instanceof RedisError);
  if (refused !== undefined) return { why: `Redis refuses: ${refused.message}` };
  const role = fields(String(replication)).role;
  if (args.role !== 'any' && role !== args.role) return { why: `Redis answers, but its role is ${String(role)}, not ${args.role}` };
  return { result: { is_available: pong === 'PONG', ping: pong, role, version: fields(String(server)).redis_version, conn_err_msg: '' } };
}

export default defineAction({
  name: 'redis_ping',
  fqcn: ['qplay.redis.redis_ping'],
  summary: 'Asks whether Redis answers, its role and its version.',
  notes: ['The connection is made through the managed host, which needs no client.'],
  source: 'https://redis.io/docs/latest/commands/ping/',
  options,
  returns: {
    is_available: 'Whether it answers.',
    ping: '`PONG`.',
    role: '`master` or `slave`.',
    version: 'Version of the server.',
    conn_err_msg: 'Why it does not answer, with `fail: false`.',
  },
  examples: [
    { title: 'Wait until Redis answers', args: { login_password: 'secret', timeout: 30 }, needs: ['redis'], untested: 'it looks, and changes nothing' },
  ],
  inCheck: 'run',
  async run(args, host, controller) {
    const until = Date.now() + (controller.check ? 0 : args.timeout * 1000);
    for (;;) {
      const seen = await once(args, host);
      if ('result' in seen) return { status: 'ok', result: seen.result };
      if (Date.now() < until && !host.signal.aborted) {
        await sleep(500, undefined, { signal: host.signal });
        continue;
      }
      const result = { is_available: false, conn_err_msg: seen.why };
      if (!args.fail) return { status: 'ok', result };
      if (controller.check) return { status: 'unknown', why: seen.why, result };
      return { status: 'failed', why: seen.why, result };
    }
  },
});
