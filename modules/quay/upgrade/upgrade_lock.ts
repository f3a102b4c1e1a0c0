import { existsSync, readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { type ArgsOf, type AskPlan, defineAsk, type Host, type Options, sh } from '../../../engine/module/contract.ts';
import { failure } from '../../network/failure.ts';
import { isObject } from '../yaml.ts';

const options = {
  path: { type: 'path', default: '/var/lib/qplay/upgrade.lock', description: 'The file on the host.' },
  state: { type: 'str', choices: ['held', 'free'], default: 'held', description: 'Whether this run holds it.' },
  what: { type: 'str', default: 'an upgrade', description: 'What is being done, for whoever is locked out.' },
  break: { type: 'bool', default: false, description: "Takes another operator's lock. Only for one that is known to have gone." },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

/** Who holds a lock: a run of qplay on a control node. */
export interface Owner {
  readonly user: string;
  readonly node: string;
  /** Machine id of the control node: names of machines are not unique. */
  readonly machine: string;
  readonly pid: number;
  /** When the process began, as the kernel tells it: a pid may be used again. */
  readonly began: string;
  readonly since: string;
  readonly what: string;
}

const firstLine = (path: string): string => (existsSync(path) ? (readFileSync(path, 'utf8').trim().split('\n')[0] ?? '') : '');

/** When a process began, in ticks since the boot; empty when there is none or the system does not tell. */
const beganOf = (pid: number): string =>
  firstLine(`/proc/${pid}/stat`)
    .replace(/^.*\) /, '')
    .split(' ')[19] ?? '';

const machineOf = (): string => `${firstLine('/etc/machine-id')} ${firstLine('/proc/sys/kernel/random/boot_id')}`.trim();

export const me = (what: string): Owner => ({
  user: process.env.SUDO_USER ?? userInfo().username,
  node: hostname(),
  machine: machineOf(),
  pid: process.pid,
  began: beganOf(process.pid),
  since: new Date().toISOString(),
  what,
});

/** Whether the holder is known to have ended: only a process of this very machine can be looked at. */
export function hasEnded(owner: Owner): boolean {
  const [machine] = owner.machine.split(' ');
  const [own] = machineOf().split(' ');
  if (machine !== own || machine === '') return false;
  if (owner.machine !== machineOf()) return true; // the control node was booted since
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  return owner.began !== '' && beganOf(owner.pid) !== owner.began;
}

const mine = (owner: Owner): boolean => owner.pid === process.pid && owner.machine === machineOf() && owner.began === beganOf(process.pid);

function ownerOf(text: string): Owner | 'broken' | undefined {
  if (text.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && typeof value.pid === 'number' && typeof value.machine === 'string' ? (value as unknown as Owner) : 'broken';
  } catch {
    return 'broken';
  }
}

const says = (owner: Owner): string => `${owner.user} on ${owner.node} (qplay, pid ${owner.pid}), since ${owner.since}, for ${owner.what}`;

function plan(args: Args, text: string): AskPlan {
  const owner = ownerOf(text);
  const own = typeof owner === 'object' && mine(owner);
  if (args.state === 'free') {
    if (!own) return { is: 'right', result: { taken_over: '' } };
    return { is: 'wrong', diff: [{ label: args.path, before: { owner: says(owner) }, after: { owner: 'nobody' } }], act: (host) => free(args, host) };
  }
  if (own) return { is: 'right', result: { taken_over: '' } };
  if (owner !== undefined && !args.break && (owner === 'broken' || !hasEnded(owner))) return refusal(args, owner);
  const before = owner === undefined ? 'nobody' : owner === 'broken' ? 'unreadable' : says(owner);
  const result = { taken_over: owner === undefined ? '' : before };
  return {
    is: 'wrong',
    diff: [{ label: args.path, before: { owner: before }, after: { owner: says(me(args.what)) } }],
    act: (host) => take(args, text, host),
    result,
  };
}

function refusal(args: Args, owner: Owner | 'broken'): AskPlan {
  const who = owner === 'broken' ? `somebody (the lock ${args.path} cannot be read)` : says(owner);
  return {
    is: 'impossible',
    why: `The registry is being worked on by ${who}`,
    hint: 'A lock is left behind only by a qplay that died on another control node. When that one is known to have ended, run this with -e upgrade_break_lock=true: it takes the lock over and goes on where the other stood.',
  };
}

/** `ln` makes the file or fails, also over a slow connection; a lock that is taken over must still be the one that was seen. */
async function take(args: Args, seen: string, host: Host): Promise<void> {
  const own = await host.upload(`${JSON.stringify(me(args.what))}\n`);
  const made = await host.run(sh`umask 077; d=$(dirname -- ${args.path}); mkdir -p -- "$d" || exit 1
n=$(mktemp "$d/.lock.XXXXXX") && cp -- ${own} "$n" && sync "$n" || exit 1
trap 'rm -f -- "$n"' EXIT
if ln -- "$n" ${args.path} 2>/dev/null; then exit 0; fi
[ "$(cat -- ${args.path} 2>/dev/null)" = ${seen.trimEnd()} ] || { echo "another run was faster" >&2; exit 9; }
mv -f -- "$n" ${args.path}`);
  if (made.code !== 0) throw failure('upgrade-lock', `The lock ${args.path} cannot be had`, made.stderr.trim());
}

async function free(args: Args, host: Host): Promise<void> {
  const gone = await host.run(sh`rm -f -- ${args.path}`);
  if (gone.code !== 0) throw failure('upgrade-lock', `The lock ${args.path} cannot be removed`, gone.stderr.trim());
}

export default defineAsk<typeof options, string>({
  name: 'upgrade_lock',
  fqcn: ['qplay.quay.upgrade_lock'],
  summary: 'Sees to it that one operator at a time upgrades a registry.',
  notes: [
    'The lock names user, control node, process and time. That of a run which has ended on this control node is taken over; that of another control node is refused, and told.',
    'Held by the run, not by the task: the same run takes it as often as it likes.',
  ],
  options,
  returns: { taken_over: 'Whose lock it was; empty when it was free.' },
  examples: [
    {
      title: 'Lock others out',
      args: { path: '/tmp/qplay-law-lock/lock', what: 'the upgrade from 3.7.0 to 3.8.0' },
      given: 'rm -rf /tmp/qplay-law-lock',
    },
  ],
  ask: async ({ path }, host) => (await host.run(sh`cat -- ${path} 2>/dev/null || :`)).stdout,
  plan,
});
