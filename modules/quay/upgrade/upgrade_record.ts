import { type ArgsOf, defineModule, type Observed, type Options, type Plan, sh } from '../../../engine/module/contract.ts';
import { isObject } from '../yaml.ts';

const options = {
  path: { type: 'path', default: '/var/lib/qplay/upgrade.json', description: 'The file on the host.' },
  set: {
    type: 'dict',
    default: {},
    description:
      'Fields to have in it; others stay. The time at which each `step` was first reached is kept in `times`, by the clock of the host, and in `cpu` the seconds of processor time that qplay had used, those of earlier runs of the same upgrade with it.',
  },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', description: '`absent` removes the record.' },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;
type Fields = Readonly<Record<string, unknown>>;

/** The fields of the file and the host's clock; no fields when there is no file. */
function read(seen: Observed): { readonly now: number; readonly fields: Fields | undefined; readonly broken: boolean } {
  const at = seen.stdout.indexOf('\n');
  const now = Number(seen.stdout.slice(0, at));
  const text = seen.stdout.slice(at + 1);
  if (text.trim() === '') return { now, fields: undefined, broken: false };
  try {
    const value: unknown = JSON.parse(text);
    return { now, fields: isObject(value) ? value : undefined, broken: !isObject(value) };
  } catch {
    return { now, fields: undefined, broken: true };
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function plan(args: Args, seen: Observed, self: Used): Plan {
  const { now, fields, broken } = read(seen);
  if (args.state === 'absent') {
    if (fields === undefined && !broken) return { is: 'right', result: { record: {} } };
    return { is: 'wrong', diff: [{ label: args.path, before: fields ?? 'unreadable\n', after: {} }], apply: sh`rm -f -- ${args.path}`, result: { record: {} } };
  }
  if (broken)
    return {
      is: 'impossible',
      why: `${args.path} is not the record of an upgrade`,
      hint: 'It is written by qplay alone; move it aside when no upgrade is under way.',
    };
  const old = fields ?? {};
  if (Object.entries(args.set).every(([key, value]) => key === 'times' || key === 'cpu' || same(old[key], value)))
    return { is: 'right', result: { record: old } };
  const known = isObject(args.set.times) ? args.set.times : isObject(old.times) ? old.times : {};
  const cpus = isObject(args.set.cpu) ? args.set.cpu : isObject(old.cpu) ? old.cpu : {};
  const step = String(args.set.step);
  const before = usedBefore(old, cpus, self.run);
  const at = Math.round((before + self.seconds) * 1000) / 1000;
  const times = args.set.step === undefined ? {} : { times: { [step]: now, ...known }, cpu: { [step]: at, ...cpus }, run: { id: self.run, before } };
  const record = { ...old, ...args.set, ...times };
  return {
    is: 'wrong',
    diff: [{ label: args.path, before: pick(old, args.set), after: args.set }],
    // on the disk before the step it tells of is made: a power cut must not leave an older tale
    apply: sh`umask 077; d=$(dirname -- ${args.path}); mkdir -p -- "$d" && cp -- "$up_record" ${`${args.path}.new`} && sync ${`${args.path}.new`} && mv -f -- ${`${args.path}.new`} ${args.path} && sync "$d"`,
    uploads: { record: `${JSON.stringify(record, undefined, 2)}\n` },
    result: { record },
  };
}

const pick = (from: Fields, keys: Fields): Fields => Object.fromEntries(Object.keys(keys).map((key) => [key, from[key]]));

/** What of an upgrade is the engine's own. */
interface Used {
  /** Which process this is. */
  readonly run: string;
  /** Processor time that it has used. */
  readonly seconds: number;
}

const used = (): Used => {
  const { user, system } = process.cpuUsage();
  return { run: `${process.pid} ${Math.round(performance.timeOrigin)}`, seconds: (user + system) / 1e6 };
};

/** Seconds that runs before this one had used when they last wrote: the next one goes on counting from there. */
function usedBefore(old: Fields, cpus: Fields, run: string): number {
  const last = isObject(old.run) ? old.run : {};
  if (last.id === run) return Number(last.before);
  return Math.max(0, ...Object.values(cpus).map(Number));
}

export default defineModule<typeof options, Used>({
  name: 'upgrade_record',
  fqcn: ['qplay.quay.upgrade_record'],
  summary: 'Keeps on a host how far an upgrade has come, so that a run that was cut off knows where it stood.',
  notes: ['Written whole or not at all, and on the disk when the task ends. Without `set` it only reads.'],
  options,
  returns: { record: 'All fields, also those that were there before.' },
  examples: [
    {
      title: 'Before what cannot be undone',
      args: { path: '/tmp/qplay-law-upgrade/record.json', set: { from: '3.7.0', to: '3.8.0', step: 'migrating' } },
      given: 'rm -rf /tmp/qplay-law-upgrade',
    },
  ],
  prepare: async () => used(),
  probe: ({ path }) => sh`date +%s.%3N; cat -- ${path} 2>/dev/null || :`,
  plan,
});
