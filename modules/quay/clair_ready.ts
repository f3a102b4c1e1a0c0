import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ActionOutcome, type ArgsOf, type Controller, defineAction, type Host, type Options } from '../../engine/module/contract.ts';
import { type HttpResponse, request } from '../network/http.ts';
import { noAnswer } from './node.ts';

const options = {
  urls: {
    type: 'list',
    elements: 'str',
    default: [],
    description: 'Addresses of which one must answer 200, as the managed host reaches them: `/readyz` of Clair 4, `/health` of Clair 2.',
  },
  endpoint: { type: 'str', description: "Address of Clair's API. With it, and `psk`, Clair is also asked whether it takes a token that Quay would make." },
  psk: { type: 'str', secret: true, description: 'Key that Quay and Clair share, in base64.' },
  issuer: { type: 'str', default: 'quay', description: 'Who the token says it is from.' },
  timeout: { type: 'int', default: 300, description: 'Seconds to wait.' },
  delay: { type: 'int', default: 1, description: 'Seconds between two looks.' },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as Quay signs it: HS256 with the decoded key, good for a minute at `now` (seconds since the epoch). */
export function token(psk: string, issuer: string, now: number): string {
  const body = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ iss: issuer, iat: now - 15, nbf: now - 15, exp: now + 60 })}`;
  return `${body}.${createHmac('sha256', Buffer.from(psk, 'base64')).update(body).digest('base64url')}`;
}

/** One request; text where nothing answers. */
async function ask(url: string, host: Host, headers: Readonly<Record<string, string>> = {}): Promise<HttpResponse | string> {
  try {
    return await request(host, { url, method: 'GET', headers, timeout: 10 });
  } catch (error) {
    const { hostname, port, protocol } = new URL(url);
    return noAnswer(error, { host: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)), scheme: 'http', validate_certs: true });
  }
}

/** What is wrong; `undefined` when Clair is ready. `forGood` when waiting does not mend it. */
async function look(args: Args, host: Host): Promise<{ readonly wrong: string; readonly forGood?: boolean } | undefined> {
  const wrong: string[] = [];
  for (const url of args.urls as readonly string[]) {
    const answer = await ask(url, host);
    if (typeof answer === 'string') wrong.push(answer);
    else if (answer.status !== 200) wrong.push(`${url} answers ${answer.status}`);
    else return await taken(args, host);
  }
  return args.urls.length === 0 ? await taken(args, host) : { wrong: wrong.join('; ') };
}

async function taken({ endpoint, psk, issuer }: Args, host: Host): Promise<{ readonly wrong: string; readonly forGood?: boolean } | undefined> {
  if (endpoint === undefined || psk === undefined) return undefined;
  const url = `${endpoint.replace(/\/$/, '')}/indexer/api/v1/index_state`;
  const answer = await ask(url, host, { authorization: `Bearer ${token(psk, issuer, Math.floor(Date.now() / 1000))}` });
  if (typeof answer === 'string') return { wrong: answer };
  if (answer.status === 401) return { wrong: `${url} does not take the key: it is not auth.psk.key of Clair, or auth.psk.iss lacks ${issuer}`, forGood: true };
  return answer.status === 200 ? undefined : { wrong: `${url} answers ${answer.status}` };
}

async function run(args: Args, host: Host, controller: Controller): Promise<ActionOutcome> {
  const end = Date.now() + args.timeout * 1000;
  for (;;) {
    const seen = await look(args, host);
    if (seen === undefined) return { status: 'ok', result: { ready: true } };
    if (controller.check) return { status: 'unknown', why: `Clair is not ready yet: ${seen.wrong}`, result: { ready: false } };
    if (seen.forGood === true || Date.now() >= end) {
      const after = seen.forGood === true ? '' : ` after ${args.timeout} seconds`;
      return { status: 'failed', why: `Clair is not ready${after}: ${seen.wrong}`, hint: 'journalctl has its log, on that host.', result: { ready: false } };
    }
    await sleep(args.delay * 1000, undefined, { signal: host.signal });
  }
}

export default defineAction({
  name: 'clair_ready',
  fqcn: ['qplay.quay.clair_ready'],
  summary: 'Waits until Clair is ready, and takes the key that it shares with Quay.',
  notes: ['Asks from the control node over a connection made from the managed host. Changes nothing; in check mode it looks once.'],
  source: 'quay/clair, introspection/server.go; quay/quay, util/secscan/v4/api.py',
  options,
  returns: { ready: 'Whether it is.' },
  inCheck: 'decide',
  examples: [
    {
      title: 'Clair on this host',
      args: { urls: ['http://127.0.0.1:8089/readyz'], endpoint: 'http://127.0.0.1:8081', psk: 'c2VjcmV0LW9mLWNsYWly' },
      untested: 'it looks, and changes nothing',
    },
  ],
  run,
});
