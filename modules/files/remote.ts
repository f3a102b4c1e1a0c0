import { Lib, type Observed, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { lookOf, readIds } from './attributes.ts';
import { ENTRY, type Entry, planEntries, seenEntries } from './entries.ts';
import { modeText } from './mode.ts';
import { pathWord } from './path.ts';
import { planPlace, probePlace, type Target } from './place.ts';
import { groupsBy, type Records, recordsOf } from './records.ts';

/** A copy from one place of the host to another. */
export interface RemoteCopy {
  readonly target: Target;
  readonly src: string;
  readonly checksum?: string | undefined;
  readonly linksAsLinks?: boolean;
}

/**
 * `qp_walk SRC REL DEST`: what is at SRC/REL and beneath (`src` records), and what of that is in DEST (`qp_entry`).
 * The arguments of a function are its only local variables, so the loop lives in them.
 */
const WALK = new Lib(
  'files.walk',
  `
qp_walk() {
  printf 'src=%s\\0' "$2"
  qp_look "$1\${2:+/$2}"
  if [ -f "$1\${2:+/$2}" ]; then qp_sum sha1sum "$1\${2:+/$2}"; fi
  qp_entry "$3" "$2"
  { [ -d "$1\${2:+/$2}" ] && [ ! -L "$1\${2:+/$2}" ]; } || return 0
  set -- "$1" "$2" "$3" "$1\${2:+/$2}"/* "$1\${2:+/$2}"/.[!.]* "$1\${2:+/$2}"/..?*
  while [ $# -gt 3 ]; do
    if [ -e "$4" ] || [ -L "$4" ]; then qp_walk "$1" "\${4#"$1"/}" "$3"; fi
    qp_1=$1 qp_2=$2 qp_3=$3
    shift 4
    set -- "$qp_1" "$qp_2" "$qp_3" "$@"
  done
}
`,
  [ENTRY],
);

export function probeRemote({ target, src }: RemoteCopy): Script {
  const contents = src.endsWith('/');
  return sh`${WALK}s=${pathWord(src.replace(/(?<=.)\/+$/, ''))}
printf 'source=%s\\0' "$s"
if [ -d "$s" ]; then
  p=${pathWord(target.dest.replace(/(?<=.)\/+$/, ''))}
  ${!contents && sh`p=\${p%/}/${target.name ?? ''}`}
  printf 'at=%s\\0' "$p"
  qp_s=
  ${readIds(target)}
  qp_walk "$s" '' "$p"
else
  qp_want=none
  if [ -f "$s" ]; then
    if [ -r "$s" ]; then
      printf 'from=%s\\0' "$(stat -Lc '%f' -- "$s")"
      qp_want=$(sha1sum <"$s")
      printf 'want=%s\\0' "\${qp_want%% *}"
    else printf 'want=closed\\0'; fi
  elif [ -e "$s" ]; then printf 'want=odd\\0'
  fi
  ${probePlace(target, raw('"$qp_want"'))}
fi`;
}

export function planRemote(copy: RemoteCopy, output: Observed, before: Observed | undefined): Plan {
  const records = recordsOf(output);
  const src = records.get('source') ?? copy.src;
  const groups = groupsBy(records, 'src', 'rel');
  const plan = groups.length > 0 ? planFolder(copy, records, groups, src, before !== undefined) : planSingle(copy, records, output, before, src);
  return { ...plan, result: { ...plan.result, src } };
}

function planSingle(copy: RemoteCopy, records: Records, output: Observed, before: Observed | undefined, src: string): Plan {
  const sha1 = records.get('want');
  if (sha1 === undefined) return { is: 'premature', why: `Source ${src} not found`, hint: 'src means a file of the host because of remote_src: true' };
  if (sha1 === 'closed') return { is: 'impossible', why: `This user may not read ${src}`, hint: 'Set become: true' };
  if (sha1 === 'odd') return { is: 'impossible', why: `${src} is neither a file nor a folder` };
  if (copy.checksum !== undefined && copy.checksum.toLowerCase() !== sha1)
    return {
      is: 'impossible',
      why: `${src} has the checksum ${sha1}, but ${copy.checksum} was expected`,
      result: { checksum: sha1, expected_checksum: copy.checksum },
    };
  const own = modeText(Number.parseInt(records.get('from') ?? '81a4', 16));
  const mode = copy.target.mode === 'preserve' ? own : copy.target.mode;
  const plan = planPlace({ ...copy.target, mode }, { content: { file: src }, sha1, size: 0 }, output, before);
  if (plan.is !== 'wrong') return plan;
  const { uploads, ...rest } = plan;
  return uploads === undefined ? plan : { ...rest, apply: sh`up_content=${src}\n${plan.apply}`, result: { ...plan.result, size: undefined } };
}

function planFolder(copy: RemoteCopy, records: Records, groups: readonly Map<string, string>[], src: string, applied: boolean): Plan {
  const { target } = copy;
  const root = records.get('at') as string;
  if (root === src || root.startsWith(src + '/')) return { is: 'impossible', why: `${src} cannot be copied into itself (${root})` };
  const entries = groups.flatMap((group) => entryOf(group, src, copy));
  const seen = seenEntries(groupsBy(records, 'rel', 'src'));
  const plan = planEntries(root, entries, seen, records, target);
  // Ansible tells of the folder that was named when it copied, of the one within when it had nothing to do
  return plan.is === 'wrong' || applied ? { ...plan, result: { ...plan.result, dest: target.dest.replace(/(?<=.)\/+$/, '') } } : plan;
}

function entryOf(group: Map<string, string>, src: string, copy: RemoteCopy): Entry[] {
  const rel = group.get('src') as string;
  const look = lookOf(group.get('look'), group.get('to'));
  if (look === undefined) return [];
  const mode =
    rel === '' && copy.target.mode !== undefined && copy.target.mode !== 'preserve'
      ? { mode: copy.target.mode }
      : { mode: modeText(look.mode), modeWhenNew: copy.target.mode !== 'preserve' };
  const sha1 = group.get('sum');
  if (look.type === 'directory') return [{ rel, kind: 'directory', ...mode }];
  if (look.type === 'link' && (copy.linksAsLinks || sha1 === undefined)) return [{ rel, kind: 'link', to: look.target }];
  if (sha1 === undefined) return [];
  return [{ rel, kind: 'file', sha1, from: `${src}/${rel}`, ...(look.type === 'link' ? {} : mode) }];
}
