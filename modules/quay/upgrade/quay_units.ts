import { type ArgsOf, defineRead, type Observed, type Options, type Result, raw, type Script, sh } from '../../../engine/module/contract.ts';
import { isPart, type Postgresql, postgresqlOf, type Runs, runs, type UnitFile, unitFile } from './unit-files.ts';

const options = {
  saved: { type: 'path', description: 'List of units, one a line, that count although they are held: those that an upgrade which was cut off has stopped.' },
  workers: { type: 'list', elements: 'str', default: [], description: "Units that run Quay's image for another purpose than serving or mirroring." },
  clair_postgresql: {
    type: 'str',
    default: 'postgresql-clairv4',
    description: "Unit of the PostgreSQL of Clair 4; where there is none of that name, one with `clair` in its own that runs Red Hat's image.",
  },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

/** Unit files that name an image of Quay, Clair or PostgreSQL, with their state; then the containers that run. */
const probe = ({ saved }: Args): Script => sh`
for f in /etc/systemd/system/*.service /etc/containers/systemd/*.container /etc/containers/systemd/*/*.container; do
  [ -f "$f" ] || continue
  grep -qE '/(clair-|quay|postgresql-)' "$f" || continue
  u=\${f##*/}; u=\${u%.*}
  echo "file=$f"
  echo "active=$(systemctl is-active "$u.service" 2>/dev/null)"
  echo "enabled=$(systemctl is-enabled "$u.service" 2>/dev/null)"
  ${saved === undefined ? raw(':') : sh`if grep -qsx -- "$u" ${saved}; then echo saved=yes; fi`}
  sed 's/^/|/' "$f"
done
if command -v podman >/dev/null 2>&1; then
  podman ps --no-trunc --format 'container={{.Names}} {{.Image}}' 2>/dev/null
fi
:`;

interface Found extends UnitFile {
  readonly active: boolean;
  /** Whether it starts at boot: a Quadlet does when it says what wants it. */
  readonly enabled: boolean;
  readonly saved: boolean;
}

interface Section {
  file: string;
  active: string;
  enabled: string;
  saved: boolean;
  lines: string[];
}

/** The probe's answer: unit files, and containers as pairs of name and image. */
export function read(stdout: string): { readonly units: readonly Found[]; readonly containers: readonly (readonly [string, string])[] } {
  const sections: Section[] = [];
  const containers: (readonly [string, string])[] = [];
  for (const line of stdout.split('\n')) {
    const [key, value] = [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)];
    const last = sections.at(-1);
    if (line.startsWith('|')) last?.lines.push(line.slice(1));
    else if (key === 'file') sections.push({ file: value, active: '', enabled: '', saved: false, lines: [] });
    else if (key === 'container') containers.push([value.slice(0, value.indexOf(' ')), value.slice(value.indexOf(' ') + 1)]);
    else if (last !== undefined && key === 'saved') last.saved = true;
    else if (last !== undefined && (key === 'active' || key === 'enabled')) last[key] = value;
  }
  return { units: sections.map(found), containers };
}

function found({ file, active, enabled, saved, lines }: Section): Found {
  const unit = unitFile(file, lines.join('\n'));
  const boots = unit.kind === 'quadlet' ? enabled === 'generated' && /^\s*(WantedBy|RequiredBy)=\s*\S/m.test(unit.text) : enabled === 'enabled';
  return { ...unit, active: /^(active|activating|reloading)$/.test(active), enabled: boots, saved };
}

const used = ({ active, enabled, saved }: Found): boolean => active || enabled || saved;

/** The registry's own unit is qplay's, and upgraded as such. */
const OWN = new Set(['quay', 'quay-migrate']);

export function judge(args: Pick<Args, 'workers' | 'clair_postgresql'>, stdout: string): Result {
  const { units, containers } = read(stdout);
  const parts = units.filter((one) => !OWN.has(one.unit) && used(one)).flatMap((one) => withRuns(one, args.workers as readonly string[]));
  const names = new Set([...parts.map(({ name }) => name), ...OWN]);
  return {
    units: parts.filter(({ part }) => part !== 'registry').sort(byPart),
    clair_postgresql: databaseOf(args.clair_postgresql, units) ?? {},
    strangers: parts.filter(({ part }) => part === 'registry').map(({ unit }) => unit),
    strays: containers.filter(([name, image]) => isPart(image) && !names.has(name)).map(([name, image]) => ({ name, image })),
  };
}

type Part = Runs & Pick<Found, 'unit' | 'kind' | 'file' | 'active' | 'enabled'>;

function withRuns(one: Found, workers: readonly string[]): Part[] {
  const what = runs(one);
  if (what === undefined) return [];
  const part = what.part === 'registry' && workers.includes(one.unit) ? 'mirror' : what.part;
  return [{ unit: one.unit, kind: one.kind, file: one.file, active: one.active, enabled: one.enabled, ...what, part }];
}

const ORDER: readonly string[] = ['clair2', 'clair4', 'mirror', 'builder'];
const byPart = (a: Part, b: Part): number => ORDER.indexOf(a.part) - ORDER.indexOf(b.part) || a.unit.localeCompare(b.unit, 'en');

/** Clair's own PostgreSQL: the unit of that name, or else the only one that is named after Clair. */
function databaseOf(name: string, units: readonly Found[]): (Postgresql & Pick<Found, 'unit' | 'kind' | 'file'>) | undefined {
  const all = units.filter(used).flatMap((one) => {
    const database = postgresqlOf(one);
    return database === undefined ? [] : [{ unit: one.unit, kind: one.kind, file: one.file, ...database }];
  });
  return all.find(({ unit }) => unit === name) ?? all.find(({ unit }) => unit.includes('clair'));
}

export default defineRead({
  name: 'quay_units',
  fqcn: ['qplay.quay.quay_units'],
  summary: 'Tells which units of a host run Clair, mirror workers and builders, and where the database of Clair is.',
  notes: [
    'Sees services in /etc/systemd/system and Quadlets in /etc/containers/systemd, of root. The registry itself (`quay`) is not among them.',
    'A unit counts when it is active, starts at boot, or is in the list `saved`.',
  ],
  options,
  returns: {
    units:
      'Each with unit, kind (service, quadlet), file, image, part (clair2, clair4, mirror, builder), name of its container, active, enabled. Clair comes first.',
    clair_postgresql: 'unit, kind, file, image, version, name and data (folder); empty when there is none.',
    strangers: "Units that run Quay's image as a registry of their own.",
    strays: 'Containers of these images that no such unit runs: name and image.',
  },
  examples: [{ title: 'What runs beside the registry', args: {}, needs: ['systemd'] }],
  probe,
  result: (args: Args, seen: Observed) => ({ result: judge(args, seen.stdout) }),
});
