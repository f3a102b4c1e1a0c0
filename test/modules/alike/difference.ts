import { isDeepStrictEqual } from 'node:util';
import type { Answer } from './play.ts';

/** A difference that is meant, or not worth a line of code, with the reason. */
interface Meant {
  readonly cases: RegExp;
  /** Key of a result. */
  readonly key: RegExp;
  readonly why: string;
}

export const MEANT: readonly Meant[] = [
  { cases: /./, key: /^diff$/, why: 'diffs are shown, not registered' },
  { cases: /./, key: /^(md5sum|checksum_src)$/, why: 'MD5 is computed where it costs nothing' },
  { cases: /./, key: /^(comment|follow|validate_certs|boot|backup_file|handler)$/, why: 'echoes of arguments, and names of Python classes' },
  { cases: /a folder of the host/, key: /^(checksum|uid|gid|owner|group|mode|size)$/, why: 'the folder is not looked at once more after the copy' },
  { cases: /absent in a check/, key: /^(state|uid|gid|owner|group|mode|size)$/, why: 'Ansible tells what still stands there, qplay what it will be' },
  {
    cases: /(known_hosts|authorized_key),/,
    key: /^(state|uid|gid|owner|group|mode|size)$/,
    why: 'state is the one that was asked; Ansible overwrites it with the type of the file',
  },
  { cases: /(assemble|uri|unarchive), in a check/, key: /^(msg|skipped|changed|failed)$/, why: 'Ansible has no check mode here' },
  { cases: /script, in a check/, key: /^msg$/, why: 'the same words as for command' },
  { cases: /get_url, in a check|get_url, with a checksum that is there/, key: /^checksum_dest$/, why: 'known, so told' },
  { cases: /find, a depth/, key: /^examined$/, why: 'Ansible counts what lies below the depth as well' },
  { cases: /until that never holds/, key: /^attempts$/, why: 'compared in test/fidelity' },
  { cases: /(copy|template|script): .*missing|copy: a missing|template, missing|script, missing/, key: /^msg$/, why: 'qplay lists where it looked' },
  {
    cases: /copy: onto a folder|copy: a wrong checksum|get_url, (with a wrong|nobody|no folder)|uri, nobody|unarchive, no archive/,
    key: /^msg$/,
    why: 'own words',
  },
  { cases: /validat(ed|ion)/, key: /^(msg|stderr|stderr_lines|exit_status|checksum)$/, why: 'own words; the path of the temporary file' },
  { cases: /unknown owner|nobody knows/, key: /^(msg|checksum)$/, why: 'nothing is written before the owner is known' },
  { cases: /without line|a bad mode|does not exist$/, key: /^(msg|details)$/, why: 'mistakes are told in the words of the engine' },
  { cases: /git, no such/, key: /^(msg|rc|stdout|stderr)$/, why: 'own words' },
  { cases: /pam_limits, another value/, key: /^msg$/, why: 'Ansible adds an empty line after an old comment' },
  { cases: /pam_limits, there/, key: /^backup_file$/, why: 'an unchanged file is not copied' },
  { cases: /template, undefined/, key: /^msg$/, why: 'own words' },
  { cases: /include_vars, missing/, key: /^(message|ansible_facts|ansible_included_var_files)$/, why: 'the key is msg, as everywhere else' },
];

/** Files that only one of them leaves. */
const MEANT_FILES: Readonly<Record<string, RegExp>> = {
  'others: known_hosts, absent': /^kh\.old$/,
  'copy: an unknown owner': /^a$/,
  'more: git, no such version': /^c/,
  'more: pam_limits, another value': /^l$/,
  'look: tempfile, and what it returns': /./,
};

/** Of a failure, what playbooks ask for. */
const OF_FAILURES = new Set(['failed', 'changed', 'skipped', 'unreachable', 'rc', 'msg', 'status', 'stdout', 'stderr', 'results']);
/** What must not be there when Ansible has it not, since conditions ask whether it is. */
const TELLING = ['failed', 'skipped', 'unreachable'];

const isMeant = (name: string, key: string): boolean => MEANT.some((one) => one.cases.test(name) && one.key.test(key));

type Dict = Readonly<Record<string, unknown>>;

/** Where qplay's answer is not what ansible-core answered; more keys than its are no difference. */
export function differences(name: string, theirs: Answer, ours: Answer): string[] {
  const found: string[] = [];
  theirs.results.forEach((one, i) => {
    const [a, b] = [one as Dict | null, ours.results[i] as Dict | null | undefined];
    if (a === null || b === null || b === undefined) {
      if (a !== (b ?? null)) found.push(`result ${i}: ${JSON.stringify(a)} / ${JSON.stringify(b)}`);
      return;
    }
    found.push(...keyDifferences(name, a, b));
  });
  const paths = new Set([...Object.keys(theirs.files), ...Object.keys(ours.files)]);
  for (const path of paths)
    if (theirs.files[path] !== ours.files[path] && !MEANT_FILES[name]?.test(path)) found.push(`file ${path}: ${theirs.files[path]} / ${ours.files[path]}`);
  return found;
}

function keyDifferences(name: string, theirs: Dict, ours: Dict): string[] {
  const keys = Object.keys(theirs).filter((key) => theirs.failed !== true || OF_FAILURES.has(key));
  const extra = TELLING.filter((key) => ours[key] === true && theirs[key] !== true);
  return [...keys, ...extra].flatMap((key) => {
    const [a, b] = [theirs[key], ours[key]];
    if (isMeant(name, key) || isDeepStrictEqual(a, b) || isTemporary(a) || (TELLING.includes(key) && !a && !b)) return [];
    return [`${key}: ${JSON.stringify(a)} / ${JSON.stringify(b)}`];
  });
}

/** A temporary file of Ansible's. */
const isTemporary = (value: unknown): boolean => value === '<TMP>';
