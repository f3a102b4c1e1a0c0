import { type ArgsOf, defineModule, lines, type Observed, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { askStat, command, type Server, silence, socket, statOf } from './socket.ts';

const options = {
  host: { type: 'str', required: true, description: 'Name of the server in the configuration, such as `quay01`.' },
  backend: { type: 'str', description: 'Backend it stands in; every backend that has it when absent.' },
  state: {
    type: 'str',
    required: true,
    choices: ['enabled', 'disabled', 'drain'],
    description: '`drain` takes no new connections and lets the old ones end; `disabled` is maintenance.',
  },
  weight: { type: 'str', description: 'Weight: a number up to 256, or a share such as `50%`, which is set and not compared.' },
  drain: { type: 'bool', default: false, description: 'With `disabled`, waits for the connections to end first.' },
  shutdown_sessions: { type: 'bool', default: false, description: 'With `disabled`, ends the connections that are left.' },
  fail_on_not_found: { type: 'bool', default: false, description: 'Whether a server that is nowhere is a failure.' },
  wait: { type: 'bool', default: false, description: 'Waits until the server has the wanted state: up, maintenance, or drained.' },
  wait_interval: { type: 'int', default: 5, description: 'Seconds between two looks.' },
  wait_retries: { type: 'int', default: 25, description: 'How often it looks.' },
  socket,
} as const;

type Args = ArgsOf<typeof options>;

const SHORT: Record<Args['state'], string> = { enabled: 'ready', disabled: 'maint', drain: 'drain' };

/** The administrative state a status tells. */
const stateOf = (status: string): Args['state'] => (status.startsWith('MAINT') ? 'disabled' : status.startsWith('DRAIN') ? 'drain' : 'enabled');

/** Up or maintained as asked, not only told so; a drained one has no connection left. */
function settled(args: Args, one: Server): boolean {
  if (stateOf(one.status) !== args.state) return false;
  if (!args.wait) return true;
  return args.state === 'enabled' ? /^(?:UP|no check)/.test(one.status) : args.state === 'disabled' || one.sessions === 0;
}

const weightOf = (args: Args): number | undefined => (args.weight !== undefined && /^\d+$/.test(args.weight) ? Number(args.weight) : undefined);

function fine(args: Args, one: Server): boolean {
  const weight = weightOf(args);
  // A server in maintenance or drained shows weight 0, whatever its own is
  return settled(args, one) && (weight === undefined || args.state !== 'enabled' || one.weight === weight);
}

/** Waits on the host, by looking at the status of the one server. One that is down is drained: what it served has ended, or never will. */
function waiting(args: Args, one: Server): Script {
  const wanted = args.state === 'enabled' ? '^(UP|no check)' : args.state === 'disabled' ? '^MAINT' : '^DRAIN';
  const idle = args.drain || args.state === 'drain';
  return sh`n=0
while :; do
  set -- $(${command(args.socket, 'show stat')} | awk -F, -v b=${one.backend} -v s=${one.server} '$1==b && $2==s { gsub(/ /, "_", $18); print $18, $5 }')
  if printf '%s' "$1" | tr _ ' ' | grep -Eq ${wanted} && { [ ${idle ? 'idle' : 'any'} = any ] || [ "$2" = 0 ]; }; then break; fi
  case ${args.state}:$1 in drain:DOWN*) break ;; esac
  n=$((n+1))
  [ "$n" -ge ${args.wait_retries} ] && { echo ${`${one.backend}/${one.server}`}" is $1 with $2 connections after $n looks" >&2; exit 1; }
  sleep ${args.wait_interval}
done`;
}

/** The socket answers an order with an empty line, or with a complaint. */
const order = (args: Args, line: string): Script => sh`a=$(${command(args.socket, line)}) || { echo "$a" >&2; exit 1; }
case $(printf '%s' "$a" | tr -d ' \n') in '') ;; *) echo "$a" >&2; exit 1;; esac`;

function apply(args: Args, one: Server): Script {
  const name = `${one.backend}/${one.server}`;
  const drains = args.state === 'disabled' && args.drain;
  return lines(
    args.weight !== undefined && order(args, `set weight ${name} ${args.weight}`),
    drains && order(args, `set server ${name} state drain`),
    drains && waiting({ ...args, state: 'drain' }, one),
    order(args, `set server ${name} state ${SHORT[args.state]}`),
    args.state === 'disabled' && args.shutdown_sessions && order(args, `shutdown sessions server ${name}`),
    args.wait && waiting(args, one),
  );
}

function plan(args: Args, seen: Observed): Plan {
  const silent = silence(args.socket, seen);
  if (silent !== undefined) return silent;
  const all = statOf(seen);
  const found = all.filter((one) => one.server === args.host && (args.backend === undefined || one.backend === args.backend));
  const where = args.backend === undefined ? '' : ` in the backend ${args.backend}`;
  if (found.length === 0 && args.fail_on_not_found)
    return {
      is: 'impossible',
      why: `HAProxy has no server ${args.host}${where}`,
      hint: `It has ${all.map((one) => `${one.backend}/${one.server}`).join(', ')}`,
    };
  const todo = found.filter((one) => !fine(args, one));
  const result = { state: Object.fromEntries(found.map((one) => [`${one.backend}/${one.server}`, { status: one.status, weight: one.weight }])) };
  if (todo.length === 0) return { is: 'right', result };
  const before = Object.fromEntries(todo.map((one) => [`${one.backend}/${one.server}`, one.status]));
  const after = Object.fromEntries(todo.map((one) => [`${one.backend}/${one.server}`, args.state]));
  return { is: 'wrong', diff: [{ before, after, label: 'haproxy' }], apply: lines(...todo.map((one) => apply(args, one))), result };
}

export default defineModule({
  name: 'haproxy',
  fqcn: ['community.general.haproxy', 'haproxy_backend'],
  summary: 'Takes a server into HAProxy, out of it, or drains it, through the stats socket.',
  notes: ['This lasts until HAProxy is restarted or reloaded: its configuration file is not changed.'],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/general/haproxy_module.html',
  options,
  returns: { state: 'Status and weight of each server that was meant, by `backend/server`.' },
  examples: [
    { title: 'Take a registry node out while it is worked on', args: { host: 'quay01', backend: 'be_https', state: 'disabled' }, needs: ['haproxy'] },
    { title: 'Drain it instead', args: { host: 'quay01', backend: 'be_http', state: 'drain' }, needs: ['haproxy'] },
  ],
  probe: (args) => askStat(args.socket),
  plan,
});
