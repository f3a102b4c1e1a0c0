import { lines, type Plan, quote, type Script, sh } from '../../engine/module/contract.ts';
import { expanded, impossible } from '../system/lib.ts';
import { splitWords } from '../system/words.ts';
import type { Args } from './postgresql_db.ts';
import { tool } from './psql.ts';

const FORMATS: Readonly<Record<string, string>> = { tar: 't', pgc: 'c', dir: 'd' };
const PACKERS: Readonly<Record<string, string>> = { gz: 'gzip', bz2: 'bzip2', xz: 'xz' };

/** A dump into the target, or a restore from it. It acts each time; `done` on the proving call. */
export function transfer(args: Args, done: boolean): Plan {
  if (done) return { is: 'right' };
  const target = args.target === '' ? `~/${args.name}.sql` : args.target;
  const ending = /\.(\w+)$/.exec(target)?.[1] ?? '';
  if (ending === 'dir' && args.container !== undefined)
    return impossible('A folder cannot be dumped out of a container, or restored into it', 'Give a target that ends in .pgc');
  const made = args.state === 'dump' ? dump(args, target, ending) : restore(args, target, ending);
  return {
    is: 'wrong',
    diff: [
      { label: args.state === 'dump' ? target : `database ${args.name}`, before: {}, after: { [args.state]: args.state === 'dump' ? args.name : target } },
    ],
    apply: made.script,
    result: { cmd: made.shown, rc: 0, msg: '', stderr: '', executed_commands: [made.shown] },
  };
}

interface Made {
  readonly script: Script;
  readonly shown: string;
}

/** The status of pg_dump counts, not that of the packer behind it. */
function dump(args: Args, target: string, ending: string): Made {
  const format = FORMATS[ending];
  const pack = PACKERS[ending];
  const words = [
    args.name,
    ...(format === undefined ? [] : [`--format=${format}`]),
    ...splitWords(args.dump_extra_args ?? ''),
    ...splitWords(args.target_opts),
  ];
  const { exports, command } = tool(args, 'pg_dump', words);
  const shown = ['pg_dump', ...words].map(quote).join(' ');
  if (ending === 'dir') return { script: lines(exports, sh`${command} -f ${expanded(target)}`), shown: `${shown} -f ${quote(target)}` };
  if (pack === undefined) return { script: lines(exports, sh`${command} >${expanded(target)}`), shown: `${shown} > ${quote(target)}` };
  const piped = sh`{ qp_rc=$( { { ${command} 2>&6; echo $? >&5; } | ${pack} >${expanded(target)}; } 5>&1 ); } 6>&2; exit "$qp_rc"`;
  return { script: lines(exports, piped), shown: `${shown} | ${pack} > ${quote(target)}` };
}

function restore(args: Args, target: string, ending: string): Made {
  const native = FORMATS[ending] !== undefined;
  const pack = PACKERS[ending];
  const program = native ? 'pg_restore' : 'psql';
  const words = [`--dbname=${args.name}`, ...(native ? [`--format=${FORMATS[ending]}`] : []), ...splitWords(args.target_opts)];
  const { exports, command } = tool(args, program, words);
  const shown = [program, ...words].map(quote).join(' ');
  const look = sh`[ -r ${expanded(target)} ] || { printf '%s\n' ${`${target} cannot be read`} >&2; exit 1; }`;
  if (ending === 'dir') return { script: lines(look, exports, sh`${command} ${expanded(target)}`), shown: `${shown} ${quote(target)}` };
  if (pack === undefined) return { script: lines(look, exports, sh`${command} <${expanded(target)}`), shown: `${shown} < ${quote(target)}` };
  const piped = sh`{ qp_rc=$( { { ${pack} -dc <${expanded(target)}; echo $? >&5; } | ${command} >&6; [ $? -eq 0 ] || echo 1 >&5; } 5>&1 ); } 6>&1
case $qp_rc in 0) ;; *) exit 1 ;; esac`;
  return { script: lines(look, exports, piped), shown: `${pack} -dc ${quote(target)} | ${shown}` };
}
