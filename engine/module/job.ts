import { quote } from '../quote.ts';
import type { Lib, Result, Script } from './contract.ts';

/** Where a job that runs by itself keeps what is known of it: one file of the host, as Ansible's `async_status` reads it. */
export interface JobPlace {
  /** `ansible_job_id`. */
  readonly jid: string;
  /** Folder of the host, may begin with `~`; made when it is not there. */
  readonly dir: string;
  /** Seconds after which its process group is killed. */
  readonly limit: number;
}

/** How the script of a job ended. */
export interface JobEnd {
  readonly code: number;
  readonly out: Buffer;
  readonly err: Buffer;
  /** By the clock of the host: milliseconds since the epoch, and milliseconds. */
  readonly began: number;
  readonly elapsed: number;
  /** Process number of the script, where its time ran out. */
  readonly killed?: number;
}

/** Shell text: the job's file as `$qp_j`, its folder made. Nobody but the owner may read what is made from here on. */
const begin = ({ jid, dir }: Pick<JobPlace, 'jid' | 'dir'>, make: boolean): string => `umask 077
qp_dir=${home(dir)}
${make ? 'mkdir -p "$qp_dir" || exit\n' : ''}qp_j=$qp_dir/${quote(jid)}
`;

/** A path with `~` for the shell to expand, and nothing else. */
function home(dir: string): string {
  const tilde = /^~([a-z_][\w.-]*)?(?=\/|$)/i.exec(dir)?.[0];
  if (tilde === undefined) return quote(dir);
  const rest = dir.slice(tilde.length + 1);
  return dir.length === tilde.length ? tilde : `${tilde}/${rest === '' ? '' : quote(rest)}`;
}

/** Writes a file as a whole or not at all. */
const put = (text: string): string => `printf '%s\\n' ${quote(text)} >"$qp_j.tmp" && mv -f "$qp_j.tmp" "$qp_j" || exit\n`;

const unfinished = (jid: string): string => JSON.stringify({ started: 1, finished: 0, ansible_job_id: jid });

/** Shell text that makes the file of a job whose work is done from the control node. Prints its path. */
export const openScript = (place: JobPlace): string => `${begin(place, true)}${put(unfinished(place.jid))}printf '%s\\n' "$qp_j"`;

/** Shell text that writes the result of a job. Prints the path of its file. */
export const settleScript = (place: JobPlace, result: Result): string =>
  `${begin(place, true)}${put(JSON.stringify({ ...result, ansible_job_id: place.jid }))}printf '%s\\n' "$qp_j"`;

/** Shell text that prints the path of a job's file, whether it is there, and what it holds. */
export const lookScript = (place: Pick<JobPlace, 'jid' | 'dir'>): string =>
  `${begin(place, false)}printf '%s\\n' "$qp_j"\nif [ -e "$qp_j" ]; then echo there; cat "$qp_j"; else echo missing; fi`;

/** Shell text that removes a job's file. */
export const eraseScript = (place: Pick<JobPlace, 'jid' | 'dir'>): string => `${begin(place, false)}rm -f "$qp_j"`;

/**
 * Shell text that starts a script in a session of its own, where it outlives the connection, and prints the path of the job's
 * file. That file says what came of it once it is over. Scripts and output lie in a folder only the owner may enter.
 *
 * @param exports assignments that the script needs
 * @param known values of the result that do not depend on how it ends, for whoever asks from another run
 */
export function startScript(place: JobPlace, exports: string, script: Script, known: Result): string {
  const text = `${exports}${libsOf(script)}${script.text}`;
  return `qp_u=$(umask)
${begin(place, true)}qp_w=$qp_dir/.${quote(place.jid)}
mkdir "$qp_w" || exit
${put(unfinished(place.jid))}printf '%s\\n' ${quote(text)} >"$qp_w/run" || exit
printf '%s' ${quote(JSON.stringify(known))} >"$qp_w/known"
printf '%s\\n' ${quote(WATCH)} >"$qp_w/watch"
qp_s=$(command -v setsid)
(trap '' HUP; exec $qp_s /bin/sh "$qp_w/watch" "$qp_j" "$qp_w" ${place.limit} "$qp_u" ${quote(place.jid)} "$qp_s") </dev/null >/dev/null 2>&1 &
printf '%s\\n' "$qp_j"`;
}

/** Definitions of the functions that a script uses: a new shell has none of them. */
function libsOf(script: Script): string {
  const seen = new Set<Lib>();
  const collect = (lib: Lib): void => {
    if (seen.has(lib)) return;
    for (const need of lib.needs) collect(need);
    seen.add(lib);
  };
  script.libs.forEach(collect);
  return [...seen].map((lib) => `${lib.text}\n`).join('');
}

/**
 * Watches over a script: $1 file of the job, $2 its folder, $3 seconds, $4 umask, $5 id, $6 setsid or nothing.
 * The script and the clock have process groups of their own; a group is killed as a whole.
 */
const WATCH = `now() {
  d=$(date +%s.%N 2>/dev/null)
  case \${d#*.} in *[!0-9]* | '') d=$(date +%s).0 ;; esac
  echo "$d"
}
end() { kill -KILL "-$1" 2>/dev/null || kill -KILL "$1" 2>/dev/null; }
: >"$2/out"
: >"$2/err"
began=$(now)
(umask "$4"; exec $6 /bin/sh "$2/run" </dev/null >"$2/out" 2>"$2/err") &
job=$!
$6 /bin/sh -c 'sleep "$1"; : >"$2/late"; kill -KILL "-$3" 2>/dev/null || kill -KILL "$3"' clock "$3" "$2" "$job" &
clock=$!
wait "$job"
code=$?
end "$clock"
ended=$(now)
late=0
[ -e "$2/late" ] && late=$job
{
  printf '{"finished": 1, "ansible_job_id": "%s", "rc": %d, "qplay": {"late": %d, "began": "%s", "ended": "%s", "known": ' "$5" "$code" "$late" "$began" "$ended"
  cat "$2/known"
  printf ', "out": "'
  base64 <"$2/out" | tr -d '\\n'
  printf '", "err": "'
  base64 <"$2/err" | tr -d '\\n'
  printf '"}}\\n'
} >"$1.tmp" && mv -f "$1.tmp" "$1"
rm -rf "$2"`;

/** What `lookScript` saw. */
export interface JobSeen {
  /** Path of the job's file. */
  readonly file: string;
  /** What it holds; undefined when there is no file. */
  readonly text: string | undefined;
}

export function jobSeen(stdout: string): JobSeen {
  const [file = '', there] = stdout.split('\n', 2);
  return { file, text: there === 'there' ? stdout.slice(file.length + there.length + 2) : undefined };
}

/** What a job's file says: how our script ended, values that somebody else wrote, or nothing yet. */
export type JobSays = { readonly end: JobEnd; readonly known: Result } | { readonly data: Result } | 'running' | 'unreadable';

export function jobSays(text: string): JobSays {
  const data = parsed(text);
  if (data === undefined) return text.trim() === '' ? 'running' : 'unreadable';
  if (!isRecord(data.qplay)) return data.started === undefined || Number(data.finished) === 1 ? { data } : 'running';
  const { late, began, ended, known, out, err } = data.qplay;
  const from = Number(began) * 1000;
  const end: JobEnd = {
    code: Number(data.rc),
    out: Buffer.from(String(out), 'base64'),
    err: Buffer.from(String(err), 'base64'),
    began: from,
    elapsed: Math.max(0, Number(ended) * 1000 - from),
    ...(Number(late) > 0 && { killed: Number(late) }),
  };
  return { end, known: isRecord(known) ? known : {} };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const data: unknown = JSON.parse(text);
    return isRecord(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
