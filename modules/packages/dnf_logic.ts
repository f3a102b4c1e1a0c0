import { Lib, lines, type Observed, type Plan, type Result, raw, type Script, sh } from '../../engine/module/contract.ts';
import { expanded, fields, impossible, premature, section, sections, textLines } from '../system/lib.ts';
import { QP_APART } from './apart.ts';
import { evr, isNamed, RPM_FORMAT, type Rpm, readRpms } from './rpm.ts';

/** What the dnf logic needs to know; `package` fills it too. */
export interface DnfArgs {
  readonly name: readonly string[];
  readonly state: 'present' | 'latest' | 'absent';
  /** Words for every call of dnf: repositories, plugins, files. */
  readonly options: readonly string[];
  readonly installroot: string;
  readonly updateCache: boolean;
  readonly updateOnly: boolean;
  readonly allowDowngrade: boolean;
  readonly autoremove: boolean;
  readonly lockTimeout: number;
  /** `dnf`, `dnf5` or `yum`; the first that the host has when absent. */
  readonly command?: string | undefined;
}

/**
 * `qp_dnf_wait SECONDS`: dnf waits for another dnf without end; here it ends, and whoever holds the lock is named.
 */
const QP_DNF_WAIT = new Lib(
  'dnf-wait',
  `
qp_dnf_holder() {
  for qp_lock in /var/cache/dnf/metadata_lock.pid /var/cache/dnf/download_lock.pid /var/lib/dnf/rpmdb_lock.pid /run/dnf.pid /run/yum.pid; do
    [ -r "$qp_lock" ] && read -r qp_pid <"$qp_lock" && [ -n "$qp_pid" ] && [ -d "/proc/$qp_pid" ] || continue
    read -r qp_name <"/proc/$qp_pid/comm" || continue
    case $qp_name in dnf*|yum*|packagekitd|python*|platform-python) echo "process $qp_pid ($qp_name) holds $qp_lock"; return 0;; esac
  done
  return 1
}
qp_dnf_wait() {
  qp_left=$1
  while qp_who=$(qp_dnf_holder); do
    if [ "$qp_left" -le 0 ]; then echo "The package database is locked: $qp_who, and it has not let go within $1 seconds" >&2; return 1; fi
    [ "$qp_left" -eq "$1" ] && echo "Waiting for the package database: $qp_who"
    sleep 1
    qp_left=$((qp_left - 1))
  done
}`,
);

const names = (args: DnfArgs): string[] => args.name.map((name) => name.trim()).filter((name) => name !== '' && name !== '*');
const isGroup = (name: string): boolean => name.startsWith('@');
const isFile = (name: string): boolean => name.includes('://') || (name.endsWith('.rpm') && name.includes('/'));
const root = (args: DnfArgs): string[] => (args.installroot === '/' ? [] : ['--root', args.installroot]);

/** Sets `$dnf` to the program. */
const choose = (args: DnfArgs): Script =>
  args.command === undefined
    ? raw('dnf=; for f in dnf5 dnf yum; do command -v "$f" >/dev/null 2>&1 && { dnf=$f; break; }; done')
    : sh`dnf=; command -v ${args.command} >/dev/null 2>&1 && dnf=${args.command}`;

export function probeDnf(args: DnfArgs): Script {
  const all = names(args);
  const plain = all.filter((name) => !isGroup(name) && !isFile(name));
  const groups = all.filter(isGroup);
  const files = all.filter(isFile);
  return lines(
    raw('LC_ALL=C; export LC_ALL\nexec 0</dev/null'),
    choose(args),
    raw('[ -n "$dnf" ] || { echo none=dnf; exit 0; }\necho "dnf=$dnf"'),
    plain.length > 0 && installed(args, plain),
    groups.length > 0 &&
      sh`${section('groups')}
"$dnf" -q ${rootOption(args)} ${args.options} -C group list --installed 2>/dev/null || "$dnf" -q ${rootOption(args)} ${args.options} group list --installed 2>/dev/null
"$dnf" -q ${rootOption(args)} ${args.options} -C group list --installed --ids 2>/dev/null`,
    ...files.map(
      (file) => sh`${section(`file ${file}`)}
rpm -qp --nosignature --qf ${RPM_FORMAT} ${file.includes('://') ? file : expanded(file)} 2>/dev/null && rpm ${root(args)} -q --qf ${'installed|' + RPM_FORMAT} "$(rpm -qp --nosignature --qf '%{NAME}' ${file.includes('://') ? file : expanded(file)} 2>/dev/null)" 2>/dev/null`,
    ),
    (args.state === 'latest' || (args.updateOnly && args.state !== 'absent')) &&
      sh`${section('updates')}
"$dnf" -q ${rootOption(args)} ${args.options} ${args.updateCache && '--refresh'} check-update ${plain} 2>&1; echo "status=$?"`,
    args.autoremove &&
      all.length === 0 &&
      sh`${section('autoremove')}
"$dnf" -q ${rootOption(args)} ${args.options} -C repoquery --unneeded 2>/dev/null`,
    args.updateCache &&
      all.length === 0 &&
      sh`${section('cache')}
find ${`${args.installroot === '/' ? '' : args.installroot}/var/cache/dnf`} -name repomd.xml -mmin -60 2>/dev/null | head -n 1
find ${`${args.installroot === '/' ? '' : args.installroot}/var/cache/libdnf5`} -name repomd.xml -mmin -60 2>/dev/null | head -n 1`,
    raw('exit 0'),
  );
}

const rootOption = (args: DnfArgs): string[] => (args.installroot === '/' ? [] : ['--installroot', args.installroot]);

/** What is installed of the names; a name that is none may be a capability or a file that a package provides. */
function installed(args: DnfArgs, plain: readonly string[]): Script {
  const globs = plain.filter((name) => /[*?[]/.test(name));
  const exact = plain.filter((name) => !/[*?[]/.test(name));
  return lines(
    section('rpms'),
    ...globs.map((glob) => sh`rpm ${root(args)} -qa --qf ${RPM_FORMAT} ${glob}`),
    exact.length > 0 &&
      sh`known=$(rpm ${root(args)} -q --qf ${RPM_FORMAT} ${exact} 2>/dev/null)
printf '%s\\n' "$known"`,
    args.state !== 'absent' &&
      exact.length > 0 &&
      sh`${section('provided')}
printf '%s\\n' "$known" | sed -n -e 's/^package \\(.*\\) is not installed$/\\1/p' | while IFS= read -r name; do
  if rpm ${root(args)} -q --whatprovides "$name" >/dev/null 2>&1; then printf '%s\\n' "$name"; fi
done`,
  );
}

interface Change {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export function planDnf(args: DnfArgs, observed: Observed, before?: Observed): Plan {
  const parts = sections(observed.stdout);
  const head = fields(observed.stdout.split('\x1e')[0] ?? '');
  if (head.has('none')) return impossible('This host has neither dnf nor yum', 'Use the package module, which takes the package manager the host has');
  const updates = readUpdates(parts.get('updates') ?? '');
  if (typeof updates === 'string') return premature(`dnf could not look for updates: ${updates}`);
  const rpms = readRpms(parts.get('rpms') ?? '');
  const changes = args.state === 'absent' ? removals(args, rpms, parts) : installs(args, rpms, parts, updates);
  const all = args.name.includes('*') && args.state === 'latest' ? [...updates].map(([name, after]) => ({ name, before: 'installed', after })) : [];
  const unneeded = textLines(parts.get('autoremove') ?? '').map((name) => ({ name, before: 'installed', after: 'absent' }));
  // The lists count as fetched for an hour, since nothing on the host tells a wish to fetch them again from one already granted.
  const stale =
    args.updateCache && names(args).length === 0 && !args.name.includes('*') && before === undefined && textLines(parts.get('cache') ?? '').length === 0;
  const cache = stale ? [{ name: 'package lists', before: 'outdated', after: 'fetched' }] : [];
  const work = [...cache, ...changes, ...all, ...unneeded];
  const result: Result = {
    results: work.map((change) => (change.after === 'absent' ? `Removed: ${change.name}` : `Installed: ${change.name}`)),
    rc: 0,
    msg: work.length === 0 ? 'Nothing to do' : '',
  };
  if (work.length === 0) return { is: 'right', result };
  const diff = [
    {
      label: 'packages',
      before: Object.fromEntries(work.map((one) => [one.name, one.before])),
      after: Object.fromEntries(work.map((one) => [one.name, one.after])),
    },
  ];
  return {
    is: 'wrong',
    diff,
    result,
    apply: applyDnf(args, { changes, upgradeAll: all.length > 0, autoremove: unneeded.length > 0, cache: stale, known: rpms }),
  };
}

/** `dnf check-update`: `name.arch  version  repository` a line; the words of an error when its exit status is neither 0 nor 100. */
function readUpdates(text: string): Map<string, string> | string {
  const found = new Map<string, string>();
  const all = textLines(text);
  const status = all.at(-1)?.replace('status=', '');
  if (status !== undefined && status !== '0' && status !== '100') return all.slice(0, -1).slice(-3).join('; ');
  for (const line of all) {
    if (/^Obsoleting/.test(line)) break;
    const match = /^(\S+)\.(\w+)\s+(\S+)\s+\S+/.exec(line);
    if (match !== null) found.set(match[1] as string, match[3] as string);
  }
  return found;
}

function installs(args: DnfArgs, rpms: readonly Rpm[], parts: ReadonlyMap<string, string>, updates: ReadonlyMap<string, string>): Change[] {
  const provided = new Set(textLines(parts.get('provided') ?? ''));
  return names(args).flatMap((name): Change[] => {
    if (isGroup(name)) return hasGroup(parts, name) ? [] : [{ name, before: 'absent', after: 'present' }];
    if (isFile(name)) return fromFile(name, parts.get(`file ${name}`) ?? '');
    const own = rpms.filter((rpm) => isNamed(rpm, name));
    if (own.length === 0 && args.updateOnly) return [];
    if (own.length === 0 && provided.has(name)) return [];
    if (own.length === 0) return [{ name, before: 'absent', after: 'present' }];
    const newer = args.state === 'latest' ? own.find((rpm) => updates.has(rpm.name)) : undefined;
    return newer === undefined ? [] : [{ name, before: evr(newer), after: updates.get(newer.name) as string }];
  });
}

function hasGroup(parts: ReadonlyMap<string, string>, name: string): boolean {
  const bare = name.replace(/^@\^?/, '').toLowerCase();
  return textLines(parts.get('groups') ?? '').some((line) => {
    const text = line.trim().toLowerCase();
    return text === bare || text.startsWith(`${bare} `) || text.endsWith(`(${bare})`) || text.split(/\s{2,}/).includes(bare);
  });
}

/** A package file: installed when the very same version and release is. */
function fromFile(name: string, text: string): Change[] {
  const own = readRpms(
    text
      .split('\n')
      .filter((line) => !line.startsWith('installed|'))
      .join('\n'),
  )[0];
  const have = readRpms(
    text
      .split('\n')
      .flatMap((line) => (line.startsWith('installed|') ? [line.slice('installed|'.length)] : []))
      .join('\n'),
  );
  if (own === undefined) return [{ name, before: 'unknown', after: 'installed' }];
  return have.some((rpm) => evr(rpm) === evr(own) && rpm.arch === own.arch)
    ? []
    : [{ name: own.name, before: have[0] === undefined ? 'absent' : evr(have[0]), after: evr(own) }];
}

function removals(args: DnfArgs, rpms: readonly Rpm[], parts: ReadonlyMap<string, string>): Change[] {
  return names(args).flatMap((name): Change[] => {
    if (isGroup(name)) return hasGroup(parts, name) ? [{ name, before: 'present', after: 'absent' }] : [];
    return rpms.filter((rpm) => isNamed(rpm, name)).map((rpm) => ({ name: rpm.name, before: evr(rpm), after: 'absent' }));
  });
}

interface Work {
  readonly changes: readonly Change[];
  readonly upgradeAll: boolean;
  readonly autoremove: boolean;
  readonly cache: boolean;
  readonly known: readonly Rpm[];
}

function applyDnf(args: DnfArgs, work: Work): Script {
  const dnf = sh`${QP_APART}qp_apart "$dnf" -y ${rootOption(args)} ${args.options}`;
  const changed = new Set(work.changes.map((change) => change.name));
  const specs = names(args);
  const missing = specs.filter((name) => isFile(name) || work.changes.some((change) => change.name === name && change.before === 'absent'));
  const newer = specs.filter((name) => !isFile(name) && work.changes.some((change) => change.name === name && change.before !== 'absent'));
  return lines(
    raw('LC_ALL=C.UTF-8; export LC_ALL'),
    choose(args),
    sh`${QP_DNF_WAIT}qp_dnf_wait ${args.lockTimeout} || exit`,
    (work.cache || (args.updateCache && missing.length > 0)) && sh`${dnf} ${raw(work.cache || args.updateCache ? '--refresh' : '')} makecache || exit`,
    args.state === 'absent' &&
      changed.size > 0 &&
      sh`${dnf} ${args.autoremove ? [] : ['--setopt=clean_requirements_on_remove=False']} remove ${[...changed]} || exit`,
    args.state !== 'absent' && missing.length > 0 && !args.updateOnly && sh`${dnf} install ${missing} || exit`,
    args.state !== 'absent' && newer.length > 0 && sh`${dnf} upgrade ${newer} || exit`,
    work.upgradeAll && sh`${dnf} upgrade || exit`,
    work.autoremove && sh`${dnf} autoremove || exit`,
  );
}
