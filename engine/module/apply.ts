import { MarkScanner, newMark, printable } from '../connect/frame.ts';
import { isUnreachable } from '../connect/trouble.ts';
import { QplayError } from '../error.ts';
import { quote } from '../quote.ts';
import { type Answer, exchange, exchangeIn, observed, type Running } from './call.ts';
import { type Observed, type Plan, raw, Script, type StateModule } from './contract.ts';
import { detached } from './detach.ts';
import { liveText } from './live.ts';
import { adopt, deliver, FOLDER, isSmall, type Parcel, parcel, uploadName, write } from './uploads.ts';

type Wrong = Extract<Plan, { is: 'wrong' }>;

/** What came of applying: how it ended, and what the probe saw after it. */
export interface Applied {
  /** Absent when the script ended before the change itself (no room for temporary files). */
  readonly code?: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut?: true;
  /** Absent when the change failed: the probe was not run. */
  readonly seen?: Observed;
}

/** Sends what a plan wants changed, and probes again in the same trip. Large uploads go before. */
export async function apply(running: Running, plan: Wrong): Promise<Applied> {
  const { controller } = running.call;
  const parcels = await Promise.all(
    Object.entries(plan.uploads ?? {}).map(async ([name, content]) => [uploadName(name), await parcel(content, controller)] as const),
  );
  const large = parcels.filter(([, one]) => !isSmall(one));
  const folder = large.length === 0 ? undefined : await ahead(running, large);
  return change(running, plan, parcels, folder);
}

/** Puts large uploads into a private folder of the host. Tried once more when the line is lost meanwhile. */
async function ahead(running: Running, large: readonly (readonly [string, Parcel])[], again = true): Promise<string> {
  const { call } = running;
  try {
    const shell = await call.connection.shell(call.become);
    const made = await exchangeIn(shell, running, raw('umask 077; mktemp -d "${TMPDIR:-/tmp}/qplay.XXXXXX"'));
    if (made.code !== 0) throw noRoom(made);
    const folder = made.stdout.trim();
    try {
      await Promise.all(large.map(([name, one]) => deliver(shell, `${folder}/${name}`, one)));
    } catch (error) {
      await shell.run(`rm -rf ${quote(folder)}`).catch(() => {});
      throw error;
    }
    return folder;
  } catch (error) {
    if (!again || !isUnreachable(error)) throw error;
    return ahead(running, large, false);
  }
}

const noRoom = (made: Answer): QplayError =>
  new QplayError({ kind: 'task', severity: 'error', code: 'upload', message: 'no temporary folder can be made on the host', cause: made.stderr.trim() });

async function change(running: Running, plan: Wrong, parcels: readonly (readonly [string, Parcel])[], folder: string | undefined): Promise<Applied> {
  const module = running.call.module as StateModule;
  const probe = module.probe(running.call.args, running.prepared as undefined);
  const mark = newMark();
  const text = changeText(plan, parcels, folder, probe, mark);
  const split = splitter(mark, liveText(running.call.onOutput));
  const script = new Script(text, new Set([...plan.apply.libs, ...probe.libs]));
  const { background } = running.call;
  if (background !== undefined) {
    const answer = await detached(running, background, script, plan.result ?? {});
    split.take('out', answer.bytes);
    split.take('err', Buffer.from(answer.stderr));
    return split.end(answer);
  }
  const answer = await exchange(running, script, {
    ...(plan.timeout === undefined ? {} : { timeout: plan.timeout }),
    onOutput: split.take,
  });
  return split.end(answer);
}

function changeText(plan: Wrong, parcels: readonly (readonly [string, Parcel])[], folder: string | undefined, probe: Script, mark: string): string {
  const prelude = parcels.length === 0 ? '' : folder === undefined ? FOLDER : adopt(folder);
  const files = parcels.map(([name, one]) => `up_${name}=$qp_d/${name}\n${isSmall(one) ? write(one.bytes, `"$up_${name}"`) : ''}`).join('');
  const m = printable(mark);
  return `${prelude}${files}(
${plan.apply.text}
)
qp_s=$?
printf '${m}%d\\n' "$qp_s"
printf '${m}\\n' >&2
[ "$qp_s" = 0 ] || exit "$qp_s"
(
${probe.text}
)`;
}

interface Splitter {
  readonly take: (stream: 'out' | 'err', chunk: Buffer) => void;
  readonly end: (answer: Answer) => Applied;
}

/** Takes the output apart: what the change printed, shown live, and what the probe saw. */
function splitter(mark: string, live: ((stream: 'out' | 'err', chunk: Buffer) => void) | undefined): Splitter {
  const parts = { out: [[], []] as Buffer[][], err: [[], []] as Buffer[][] };
  const at = { out: 0, err: 0 };
  let code: number | undefined;
  const scanner = (stream: 'out' | 'err') =>
    new MarkScanner(
      mark,
      (chunk) => {
        parts[stream][at[stream]]?.push(chunk);
        if (at[stream] === 0) live?.(stream, chunk);
      },
      (payload) => {
        at[stream] = 1;
        if (stream === 'out') code = Number(payload);
      },
    );
  const scanners = { out: scanner('out'), err: scanner('err') };
  const join = (stream: 'out' | 'err', part: 0 | 1) => Buffer.concat(parts[stream][part] as Buffer[]);
  return {
    take: (stream, chunk) => scanners[stream].push(chunk),
    end: (answer) => {
      scanners.out.flush();
      scanners.err.flush();
      return {
        stdout: join('out', 0).toString('utf8'),
        stderr: join('err', 0).toString('utf8'),
        ...(code === undefined ? {} : { code }),
        ...(answer.timedOut ? { timedOut: true as const } : {}),
        ...(code === 0 && !answer.timedOut ? { seen: observed(answer.code, join('out', 1), join('err', 1)) } : {}),
      };
    },
  };
}
