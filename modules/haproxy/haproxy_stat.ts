import { type ArgsOf, defineRead } from '../../engine/module/contract.ts';
import { askStat, silence, socket, statOf } from './socket.ts';

const options = {
  backend: { type: 'str', description: 'Only the servers of this backend.' },
  socket,
} as const;

type Args = ArgsOf<typeof options>;

const up = (status: string): boolean => /^(?:UP|no check)/.test(status);

export default defineRead({
  name: 'haproxy_stat',
  fqcn: ['qplay.haproxy.haproxy_stat'],
  summary: 'Reads which servers HAProxy sends traffic to.',
  source: 'https://docs.haproxy.org/2.6/management.html#9.3',
  options,
  returns: {
    servers: 'backend, server, status, weight, sessions, backup, check, address of each server.',
    up: '`backend/server` of those that are up.',
    down: 'The others.',
  },
  examples: [{ title: 'Which registry nodes are up', args: { backend: 'be_https' }, needs: ['haproxy'] }],
  probe: (args: Args) => askStat(args.socket),
  result: (args, seen) => {
    const silent = silence(args.socket, seen);
    if (silent !== undefined && 'why' in silent) return { failed: silent.why, ...('hint' in silent && silent.hint !== undefined ? { hint: silent.hint } : {}) };
    const found = statOf(seen).filter((one) => args.backend === undefined || one.backend === args.backend);
    if (found.length === 0 && args.backend !== undefined) return { failed: `HAProxy has no backend ${args.backend}` };
    const names = (wanted: boolean) => found.filter((one) => up(one.status) === wanted).map((one) => `${one.backend}/${one.server}`);
    return { result: { servers: found, up: names(true), down: names(false) } };
  },
});
