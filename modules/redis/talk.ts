import type { Duplex } from 'node:stream';
import { type ArgsOf, type Host, raw, sh } from '../../engine/module/contract.ts';
import { complaint } from '../sections.ts';
import { command, parse, RedisError, type Reply } from './resp.ts';

/** How a module reaches the server; Ansible's names, and `container` for a redis-cli inside podman. */
export const login = {
  login_host: { type: 'str', default: '127.0.0.1', aliases: ['host'], description: 'Address of the server, seen from the managed host.' },
  login_port: { type: 'int', default: 6379, aliases: ['port'], description: 'Its port.' },
  login_user: { type: 'str', description: 'User, for a server with access lists.' },
  login_password: { type: 'str', secret: true, aliases: ['password'], description: 'Password. It goes over the connection only.' },
  container: { type: 'str', description: 'Name of the podman container whose redis-cli is asked, when the port cannot be reached otherwise.' },
  executable: { type: 'str', default: 'podman', description: 'The podman to run, with `container`.' },
} as const;

export type Login = ArgsOf<typeof login>;

/** What a server said to each command, or why there was no talk. */
export type Talk = { readonly replies: readonly Reply[] } | { readonly silent: string };

/** Sends commands and gives the reply to each. The connection is made from the managed host, which needs no client for it. */
export async function talk(args: Login, host: Host, commands: readonly (readonly string[])[]): Promise<Talk> {
  return args.container === undefined ? byNetwork(args, host, commands) : byContainer(args, host, commands);
}

const auth = (args: Login): string[][] =>
  args.login_password === undefined ? [] : [['AUTH', ...(args.login_user === undefined ? [] : [args.login_user]), args.login_password]];

/** Milliseconds for all replies. */
const PATIENCE = 10_000;

async function byNetwork(args: Login, host: Host, commands: readonly (readonly string[])[]): Promise<Talk> {
  const all = [...auth(args), ...commands];
  const where = `${args.login_host}:${args.login_port}`;
  let stream: Duplex;
  try {
    stream = await host.dial(args.login_host, args.login_port);
  } catch (error) {
    return { silent: `Redis at ${where} does not answer: ${error instanceof Error ? error.message : String(error)}` };
  }
  try {
    stream.write(all.map(command).join(''));
    const replies = await gather(stream, all.length, where);
    const refused = replies.slice(0, all.length - commands.length).find((one) => one instanceof RedisError);
    // A server without a password says so to AUTH and then serves all the same
    if (refused !== undefined && !/without any password|no password is set/i.test(refused.message))
      return { silent: `Redis at ${where} refuses the login: ${refused.message}` };
    return { replies: replies.slice(all.length - commands.length) };
  } catch (error) {
    return { silent: error instanceof Error ? error.message : String(error) };
  } finally {
    stream.destroy();
  }
}

function gather(stream: Duplex, count: number, where: string): Promise<Reply[]> {
  return new Promise((resolve, reject) => {
    const replies: Reply[] = [];
    let rest: Buffer = Buffer.alloc(0);
    const clock = setTimeout(() => reject(new Error(`Redis at ${where} took more than ${PATIENCE / 1000} s to answer`)), PATIENCE);
    const end = (settle: () => void) => {
      clearTimeout(clock);
      settle();
    };
    stream.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (let one = parse(rest); one !== undefined; one = parse(rest)) {
        replies.push(one.reply);
        rest = rest.subarray(one.end);
      }
      if (replies.length >= count) end(() => resolve(replies));
    });
    stream.on('error', (error: Error) => end(() => reject(new Error(`the connection to ${where} broke: ${error.message}`))));
    stream.on('close', () => end(() => reject(new Error(`${where} closed the connection without an answer`))));
  });
}

/** redis-cli writes a reply as text; each is fenced by an ECHO of ours. The password is in its environment only. */
async function byContainer(args: Login, host: Host, commands: readonly (readonly string[])[]): Promise<Talk> {
  const fence = 'qp-redis-end';
  const typed = commands.flatMap((words) => [words.map(quoted).join(' '), `ECHO ${fence}`]).join('\n');
  const secret = args.login_password === undefined ? raw('') : sh`export REDISCLI_AUTH=${args.login_password}`;
  const user = args.login_user === undefined ? raw('') : sh`--user ${args.login_user}`;
  const where = args.login_host === '127.0.0.1' ? raw('') : sh`-h ${args.login_host}`;
  const seen = await host.run(sh`${secret}
printf '%s\n' ${typed} | ${args.executable} exec -i ${args.login_password === undefined ? raw('') : raw('--env REDISCLI_AUTH')} ${args.container ?? ''} redis-cli --no-auth-warning ${user} ${where} -p ${args.login_port}`);
  if (seen.code !== 0) return { silent: `redis-cli in the container ${args.container ?? ''} failed: ${complaint(seen.stderr) || complaint(seen.stdout)}` };
  const parts = seen.stdout.replaceAll('\r\n', '\n').split(`${fence}\n`).slice(0, commands.length);
  if (parts.length < commands.length) return { silent: `Redis in the container ${args.container ?? ''} refuses: ${seen.stdout.trim().split('\n')[0] ?? ''}` };
  const replies = parts.map((part) => {
    const text = part.replace(/\n$/, '');
    return /^(?:\(error\) )?(?:ERR|NOAUTH|WRONGPASS|NOPERM|LOADING|READONLY) /.test(text) ? new RedisError(text.replace('(error) ', '')) : text;
  });
  return { replies };
}

const quoted = (word: string): string => `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`;

/** The fields of INFO's text; numbers stay text where they do not look like one. */
export function fields(info: string): Record<string, string | number> {
  const found: Record<string, string | number> = {};
  for (const [, key, value] of info.matchAll(/^(\w+):(.*?)\r?$/gm))
    found[key as string] = /^-?\d+(?:\.\d+)?$/.test(value as string) ? Number(value) : (value as string);
  return found;
}
