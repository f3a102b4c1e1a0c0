import type { Observed, Plan, Result } from '../../engine/module/contract.ts';
import { globExpression } from '../system/facts/subset.ts';
import { fields, impossible, premature, sections, textLines } from '../system/lib.ts';
import { type AptWork, applyApt } from './apt_apply.ts';
import { type AptArgs, namesOf, onlyLists, upgradeOf } from './apt_args.ts';
import { type Known, type Offer, readKnown, readPolicy, versionMatches, type Wanted, wanted } from './dpkg.ts';

/** With `state: latest` and no `cache_valid_time`, lists younger than this many seconds are fresh enough to tell. */
const FRESH = 3600;

interface Seen {
  readonly head: ReadonlyMap<string, string>;
  readonly parts: ReadonlyMap<string, string>;
  readonly known: readonly Known[];
  readonly offers: ReadonlyMap<string, Offer>;
  /** Names that installed packages provide. */
  readonly provided: ReadonlySet<string>;
  /** Names that are no packages but that some package, installed or not, provides. */
  readonly virtual: ReadonlySet<string>;
}

function read(seen: Observed): Seen {
  const parts = sections(seen.stdout);
  const provided = new Set<string>();
  for (const line of textLines(parts.get('provides') ?? '')) for (const word of line.split(', ')) provided.add(word.replace(/ \(.*$/, '').trim());
  return {
    head: fields(seen.stdout.split('\x1e')[0] ?? ''),
    parts,
    known: readKnown(parts.get('dpkg') ?? ''),
    offers: readPolicy(parts.get('policy') ?? ''),
    provided,
    virtual: providedNames(parts.get('providers') ?? ''),
  };
}

/** `Package: name` lines, each followed by a `+` line for everything that provides it. */
function providedNames(text: string): Set<string> {
  const found = new Set<string>();
  let name = '';
  for (const line of textLines(text)) {
    if (line.startsWith('Package: ')) name = line.slice('Package: '.length);
    else if (/^\+\S/.test(line)) found.add(name);
  }
  return found;
}

/** What one package needs. */
interface Need {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly install?: string;
  readonly remove?: string;
  readonly refused?: Plan;
}

export function planApt(args: AptArgs, observed: Observed, before?: Observed): Plan {
  const seen = read(observed);
  if (seen.head.has('none')) return impossible('This host has no apt', 'Use the package module, which takes the package manager the host has');
  const updates = updateWanted(args, seen, before);
  const needs = namesOf(args)
    .map(wanted)
    .flatMap((spec) => (args.state === 'build-dep' ? [] : needsOf(args, spec, seen, updates.possible)));
  const refused = needs.find((need) => need.refused !== undefined)?.refused;
  if (refused !== undefined) return refused;
  const other = otherWork(args, seen, before);
  if ('is' in other) return other;
  const install = needs.flatMap((need) => need.install ?? []);
  const remove = needs.flatMap((need) => need.remove ?? []);
  const update = updates.always || (updates.possible && (install.length > 0 || other.diff.length > 0) && updates.stale);
  const result = resultOf(seen, before, update);
  const changes = [...needs.map((need) => [need.name, need.before, need.after] as const), ...other.diff];
  if (changes.length === 0 && !update) return { is: 'right', result };
  if (update) changes.unshift(['package lists', seen.head.has('lists') ? 'outdated' : 'absent', 'fetched']);
  const work: AptWork = { ...other.work, update, install, remove };
  const diff = [
    {
      label: 'packages',
      before: Object.fromEntries(changes.map(([name, was]) => [name, was])),
      after: Object.fromEntries(changes.map(([name, , will]) => [name, will])),
    },
  ];
  return { is: 'wrong', diff, apply: applyApt(args, work), result };
}

/** Whether the lists are to be fetched: `always` for its own sake, `possible` when something is to be installed. */
function updateWanted(args: AptArgs, seen: Seen, before: Observed | undefined): { always: boolean; possible: boolean; stale: boolean } {
  const asked = args.updateCache || args.cacheValidTime > 0;
  if (!asked) return { always: false, possible: false, stale: false };
  const updated = Number(seen.head.get('updated') ?? 0);
  const age = Number(seen.head.get('now') ?? 0) - updated;
  const changed = seen.head.get('sources') === 'newer' || !seen.head.has('lists');
  const renewed = before !== undefined && updated > Number(read(before).head.get('updated') ?? 0);
  const older = (seconds: number) => !renewed && (age >= seconds || (changed && before === undefined));
  const newest = args.state === 'latest' || upgradeOf(args) !== 'no';
  const always = onlyLists(args) ? older(args.cacheValidTime) : newest && older(args.cacheValidTime || FRESH);
  return { always, possible: before === undefined, stale: older(args.cacheValidTime) };
}

const unknownPackage = (name: string, seen: Seen): Plan => {
  const lists = seen.head.has('lists');
  return premature(
    `No package matching '${name}' is available`,
    lists
      ? 'Add the repository that has it, or set `update_cache: true` when it was added just now'
      : 'This host has no package lists yet: set `update_cache: true`',
  );
};

function needsOf(args: AptArgs, spec: Wanted, seen: Seen, canUpdate: boolean): Need[] {
  const [bare, arch] = spec.name.split(':');
  const expression = globExpression(bare as string);
  const own = seen.known.filter((one) => expression.test(one.name) && (arch === undefined || one.arch === arch));
  if (args.state === 'absent') return absent(args, own);
  if (spec.glob) return globbed(args, spec, seen, own, expression, canUpdate);
  const installed = own.find((one) => one.status === 'installed');
  const offer = seen.offers.get(spec.name) ?? seen.offers.get(bare as string);
  if (installed === undefined && seen.provided.has(bare as string) && spec.relation === undefined && offer?.candidate === undefined) return [];
  if (args.onlyUpgrade && installed === undefined) return [];
  if (installed !== undefined && satisfied(args, spec, seen, installed, offer)) return [];
  if (spec.version !== undefined) return versioned(spec, seen, installed, offer, canUpdate);
  const virtual = offer !== undefined && offer.candidate === undefined && !seen.virtual.has(bare as string);
  if (installed === undefined && (offer === undefined || virtual) && !canUpdate)
    return [{ name: spec.name, before: 'absent', after: 'present', refused: unknownPackage(spec.text, seen) }];
  return [{ name: spec.name, before: stateOf(installed, own), after: offer?.candidate ?? 'present', install: spec.text }];
}

const stateOf = (installed: Known | undefined, own: readonly Known[]): string => {
  if (installed !== undefined) return installed.version;
  const rest = own[0]?.status;
  return rest === undefined || rest === 'not-installed' ? 'absent' : rest;
};

function satisfied(args: AptArgs, spec: Wanted, seen: Seen, installed: Known, offer: Offer | undefined): boolean {
  if (spec.relation === '>=') return textLines(seen.parts.get('enough') ?? '').includes(spec.text) && args.state !== 'latest';
  if (spec.relation === '=') return versionMatches(spec.version as string, installed.version);
  return args.state !== 'latest' || offer?.candidate === undefined || offer.candidate === installed.version;
}

function versioned(spec: Wanted, seen: Seen, installed: Known | undefined, offer: Offer | undefined, canUpdate: boolean): Need[] {
  const version = spec.version as string;
  const fitting = spec.relation === '=' ? offer?.versions.find((one) => versionMatches(version, one)) : offer?.candidate;
  const base = { name: spec.name, before: installed?.version ?? 'absent' };
  if (fitting === undefined && !canUpdate) {
    const known = offer?.versions.join(', ') ?? '';
    const refused =
      offer === undefined
        ? unknownPackage(spec.text, seen)
        : premature(`No version of '${spec.name}' matches ${spec.relation}${version}`, `The package lists know ${known === '' ? 'none' : known}`);
    return [{ ...base, after: version, refused }];
  }
  const word = spec.relation === '=' ? `${spec.name}=${fitting ?? version}` : spec.name;
  return [{ ...base, after: fitting ?? version, install: word }];
}

function globbed(args: AptArgs, spec: Wanted, seen: Seen, own: readonly Known[], expression: RegExp, canUpdate: boolean): Need[] {
  const names = textLines(seen.parts.get('pkgnames') ?? '').filter((name) => expression.test(name));
  const missing = names.filter((name) => !own.some((one) => one.name === name && one.status === 'installed'));
  if (names.length === 0 && !canUpdate) return [{ name: spec.name, before: 'absent', after: 'present', refused: unknownPackage(spec.text, seen) }];
  if (names.length === 0) return [{ name: spec.name, before: 'absent', after: 'present', install: spec.text }];
  return args.onlyUpgrade ? [] : missing.map((name) => ({ name, before: 'absent', after: 'present', install: name }));
}

function absent(args: AptArgs, own: readonly Known[]): Need[] {
  const gone = args.purge ? ['not-installed'] : ['not-installed', 'config-files'];
  return own
    .filter((one) => !gone.includes(one.status))
    .map((one) => ({
      name: one.name,
      before: one.status === 'installed' ? one.version : one.status,
      after: 'absent',
      remove: one.arch === 'all' ? one.name : `${one.name}:${one.arch}`,
    }));
}

type Change = readonly [name: string, before: string, after: string];

/** Everything that is not a named package: upgrades, cleaning, a package file. */
function otherWork(args: AptArgs, seen: Seen, before: Observed | undefined): { work: Omit<AptWork, 'update' | 'install' | 'remove'>; diff: Change[] } | Plan {
  const lines = (name: string) => textLines(seen.parts.get(name) ?? '');
  const simulated = [...lines('upgrade'), ...lines('builddep'), ...lines('autoremove')];
  const broken = simulated.find((line) => line.startsWith('E: '));
  if (broken !== undefined) return premature(broken.slice(3));
  const deb = debChange(args, lines('deb'), before);
  if (deb !== undefined && 'is' in deb) return deb;
  const upgrades = lines('upgrade').flatMap(simulatedChange);
  const builds = lines('builddep').flatMap(simulatedChange);
  const removals = lines('autoremove').flatMap(simulatedChange);
  const cleaned: Change[] = lines('autoclean').length > 0 ? [['outdated package files', `${lines('autoclean').length}`, '0']] : [];
  const emptied: Change[] = lines('clean').length > 0 ? [['package files', `${lines('clean').length}`, '0']] : [];
  const mended: Change[] = lines('fixed').includes('broken') ? [['dependencies', 'broken', 'mended']] : [];
  return {
    work: {
      upgrade: upgrades.length > 0,
      deb: deb !== undefined,
      autoremove: removals.length > 0,
      autoclean: cleaned.length > 0,
      clean: emptied.length > 0,
      fix: mended.length > 0,
      buildDep: builds.length > 0,
    },
    diff: [...emptied, ...upgrades, ...(deb === undefined ? [] : [deb]), ...mended, ...builds, ...cleaned, ...removals],
  };
}

/** `Inst name [old] (new repository [arch])` or `Remv name [old]` */
function simulatedChange(line: string): Change[] {
  const found = /^(Inst|Remv) (\S+)(?: \[([^\]]+)\])?(?: \((\S+))?/.exec(line);
  if (found === null) return [];
  const [, verb, name = '', old = 'absent', fresh = 'present'] = found;
  return [[name, old, verb === 'Remv' ? 'absent' : fresh]];
}

function debChange(args: AptArgs, lines: readonly string[], before: Observed | undefined): Change | Plan | undefined {
  if (args.deb === undefined) return undefined;
  if (lines[0] === 'missing') return premature(`${args.deb} does not exist on the host`, 'Copy the package file there before');
  // What a URL holds is known only by fetching it: it is fetched and installed in each run that is not a check.
  if (lines[0] === 'url') return before === undefined ? [args.deb, 'unknown', 'installed'] : undefined;
  const said = new Map(lines.map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]));
  const version = said.get('Version');
  if (version === undefined) return impossible(`${args.deb} is not a package file: ${lines.join(' ')}`);
  const installed = said.get('Installed') ?? 'not-installed';
  return installed === `installed ${version}` ? undefined : [said.get('Package') ?? args.deb, installed.replace(/^installed /, ''), version];
}

function resultOf(seen: Seen, before: Observed | undefined, update: boolean): Result {
  const updated = Number(seen.head.get('updated') ?? 0);
  const renewed = before === undefined ? update : updated > Number(read(before).head.get('updated') ?? 0);
  return { cache_updated: renewed, cache_update_time: Math.floor(updated) };
}
