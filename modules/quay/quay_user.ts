import { type ArgsOf, type AskPlan, type Controller, defineAsk, type Host, type Options } from '../../engine/module/contract.ts';
import { failure } from '../network/failure.ts';
import { basic, type HttpResponse } from '../network/http.ts';
import { type Ask, noAnswer, nodeAt, nodeOptions } from './node.ts';

const options = {
  ...nodeOptions,
  username: {
    type: 'str',
    required: true,
    aliases: ['name'],
    pattern: '^[a-z0-9][a-z0-9_.-]{1,254}$',
    patternHint: 'lower-case letters, digits and . _ -',
    description: 'The first user; name it in SUPER_USERS to give it rights.',
  },
  password: { type: 'str', required: true, secret: true, description: 'Its password, 8 characters or more.' },
  email: { type: 'str', required: true, description: 'Its address.' },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

interface State {
  readonly node: Ask;
  /** `right` when user and password are accepted; `wrong` when not; otherwise why nothing was answered. */
  readonly login: 'right' | 'wrong' | { readonly why: string };
}

async function ask(args: Args, host: Host, controller: Controller): Promise<State> {
  const node = await nodeAt(args, host, controller);
  try {
    return { node, login: await login(args, node) };
  } catch (error) {
    return { node, login: { why: noAnswer(error, args) } };
  }
}

/** Logs in as `podman login` does: the challenge names where a token is to be had. */
async function login(args: Args, node: Ask): Promise<State['login']> {
  const challenge = await node('GET', '/v2/');
  const authorization = basic(args.username, args.password);
  const where = tokenPath(challenge.headers['www-authenticate'] ?? '', args.username);
  const answer = await node('GET', where ?? '/v2/', { headers: { authorization } });
  if (answer.status === 200) return 'right';
  if ([400, 401, 403].includes(answer.status)) return 'wrong';
  return { why: `The registry answered ${answer.status} to a login` };
}

/** Path and query of the token service in a Bearer challenge; `undefined` for Basic. */
export function tokenPath(challenge: string, account: string): string | undefined {
  if (!/^bearer /i.test(challenge)) return undefined;
  const field = (name: string): string | undefined => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
  const realm = field('realm') ?? '/v2/auth';
  const url = new URL(realm, 'https://registry.invalid');
  url.searchParams.set('account', account);
  const service = field('service');
  if (service !== undefined) url.searchParams.set('service', service);
  return url.pathname + url.search;
}

function plan(args: Args, { node, login: seen }: State): AskPlan {
  const result = { username: args.username };
  if (typeof seen === 'object') return { is: 'premature', why: seen.why, hint: 'Quay must be running on this node.' };
  if (seen === 'right') return { is: 'right', result };
  return {
    is: 'wrong',
    diff: [{ label: `user ${args.username}`, before: { exists: false }, after: { exists: true } }],
    act: async () => judge(args, await node('POST', '/api/v1/user/initialize', { json: bodyOf(args), timeout: 60 })),
    result,
  };
}

const bodyOf = ({ username, password, email }: Args) => ({ username, password, email, access_token: false });

function judge({ username }: Args, answer: HttpResponse): void {
  if (answer.status === 200) return;
  const words = messageOf(answer);
  if (answer.status === 400 && /non-?empty|already|exist/i.test(words)) {
    throw failure(
      'quay-user',
      `The registry has users already, and ${username} cannot log in with this password`,
      words,
      'Is it the password the user was made with? Only the first user of an empty registry can be made this way.',
    );
  }
  const hint =
    [404, 405].includes(answer.status) || /feature|not enabled/i.test(words)
      ? 'Set FEATURE_USER_INITIALIZE: true in config.yaml for as long as the first user is missing.'
      : undefined;
  throw failure('quay-user', `The registry did not make the user ${username}: it answered ${answer.status}`, words, hint);
}

function messageOf(answer: HttpResponse): string {
  const text = answer.body.toString('utf8');
  try {
    const { message, error_message } = JSON.parse(text) as { message?: string; error_message?: string };
    return message ?? error_message ?? text.slice(0, 300);
  } catch {
    return text.slice(0, 300);
  }
}

export default defineAsk<typeof options, State>({
  name: 'quay_user',
  fqcn: ['qplay.quay.quay_user'],
  summary: 'Makes the first user of an empty registry.',
  notes: [
    'A user that can log in with this password is right, and nothing is asked of the API.',
    'Making it needs FEATURE_USER_INITIALIZE, Quay 3.6 or later, and authentication by database.',
  ],
  source: 'quay/quay, endpoints/web.py: POST /api/v1/user/initialize',
  options,
  returns: { username: 'Name of the user.' },
  examples: [
    {
      title: 'The administrator',
      args: { server_hostname: 'quay.example.com', username: 'quayadmin', password: 'correct-horse', email: 'quayadmin@example.com' },
      needs: ['quay'],
      untested: "a registry has a first user once; test/e2e makes it on the lab's bare hosts",
    },
  ],
  ask,
  plan,
});
