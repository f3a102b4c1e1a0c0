import { setTimeout as sleep } from 'node:timers/promises';
import { type ActionOutcome, type ArgsOf, type Controller, defineAction, type Host, type Options } from '../../engine/module/contract.ts';
import { type Ask, noAnswer, nodeAt, nodeOptions } from './node.ts';

const options = {
  ...nodeOptions,
  endpoints: {
    type: 'list',
    elements: 'str',
    choices: ['instance', 'endtoend', 'warning'],
    default: ['instance', 'endtoend', 'warning'],
    description: 'Which of the three health endpoints must be green.',
  },
  timeout: { type: 'int', default: 300, description: 'Seconds to wait until it is healthy; a node needs one to three minutes.' },
  delay: { type: 'int', default: 2, description: 'Seconds between two looks.' },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

/** What one endpoint says. */
export interface Endpoint {
  readonly status_code: number;
  readonly services: Readonly<Record<string, boolean>>;
}

interface Look {
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  readonly wrong: readonly string[];
}

async function look(args: Args, node: Ask): Promise<Look> {
  const endpoints: Record<string, Endpoint> = {};
  const wrong: string[] = [];
  for (const name of args.endpoints as readonly string[]) {
    try {
      const answer = await node('GET', `/health/${name}`);
      const seen = endpointOf(answer.status, answer.body.toString('utf8'));
      endpoints[name] = seen;
      const bad = Object.keys(seen.services).filter((service) => !seen.services[service]);
      if (bad.length > 0) wrong.push(`${name}: ${bad.join(', ')} not healthy`);
      else if (seen.status_code !== 200) wrong.push(`${name}: answered ${seen.status_code}`);
    } catch (error) {
      return { endpoints, wrong: [noAnswer(error, args)] };
    }
  }
  return { endpoints, wrong };
}

/** `{"data":{"services":{...}},"status_code":200}`, as far as it is there: a balancer's 503 is a page of HTML. */
export function endpointOf(status: number, body: string): Endpoint {
  try {
    const { data, status_code } = JSON.parse(body) as { data?: { services?: Record<string, boolean> }; status_code?: number };
    return { status_code: status === 200 ? (status_code ?? status) : status, services: data?.services ?? {} };
  } catch {
    return { status_code: status, services: {} };
  }
}

async function run(args: Args, host: Host, controller: Controller): Promise<ActionOutcome> {
  const node = await nodeAt(args, host, controller);
  const end = Date.now() + args.timeout * 1000;
  for (;;) {
    const { endpoints, wrong } = await look(args, node);
    const services = Object.assign({}, ...Object.values(endpoints).map((one) => one.services)) as Record<string, boolean>;
    const result = { healthy: wrong.length === 0, services, endpoints };
    if (wrong.length === 0) return { status: 'ok', result };
    const where = `${args.scheme}://${args.host}:${args.port}`;
    if (controller.check) return { status: 'unknown', why: `Quay at ${where} is not healthy yet: ${wrong.join('; ')}`, result };
    if (Date.now() >= end) {
      return {
        status: 'failed',
        why: `Quay at ${where} is not healthy after ${args.timeout} seconds: ${wrong.join('; ')}`,
        hint: 'journalctl -u quay, on that node, has its log.',
        result,
      };
    }
    await sleep(args.delay * 1000, undefined, { signal: host.signal });
  }
}

export default defineAction({
  name: 'quay_health',
  fqcn: ['qplay.quay.quay_health'],
  summary: 'Waits until a Quay node, or the registry behind its balancer, is healthy.',
  notes: ['Asks from the control node over a connection made from the managed host. Changes nothing; in check mode it looks once.'],
  source: 'quay/quay, health/healthcheck.py and endpoints/web.py',
  options,
  returns: {
    healthy: 'Whether all asked endpoints are green.',
    services: 'Every service by name: true or false.',
    endpoints: 'Each endpoint: status_code and services.',
  },
  inCheck: 'decide',
  examples: [
    { title: 'Wait for this node', args: { server_hostname: 'quay.example.com' }, needs: ['quay'] },
    {
      title: 'The registry through its balancer',
      args: { host: 'db01', server_hostname: 'quay.example.com', endpoints: ['instance', 'endtoend'], timeout: 60 },
      needs: ['quay'],
    },
  ],
  run,
});
