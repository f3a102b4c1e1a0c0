/** What runs in a container of a unit. `registry` is Quay's image in none of the modes that a worker has. */
export type Part = 'clair2' | 'clair4' | 'mirror' | 'builder' | 'registry';

/** A unit as systemd or Podman's generator reads it. */
export interface UnitFile {
  /** Name without `.service`. */
  readonly unit: string;
  readonly kind: 'service' | 'quadlet';
  readonly file: string;
  readonly text: string;
}

/** What one of them runs. */
export interface Runs {
  readonly image: string;
  readonly part: Part;
  /** Name of its container. */
  readonly name: string;
}

/** Image names, whatever registry or mirror is before them; by digest or by tag. */
const IMAGE = /[^\s"'=]+\/(clair-jwt|clair-rhel\d+|quay-builder[a-z0-9-]*|quay-rhel\d+|quay)(?:[:@][A-Za-z0-9._:-]+)/;
const POSTGRESQL = /[^\s"'=]+\/postgresql-(\d+)[a-z0-9-]*:[A-Za-z0-9._-]+/;

const PARTS: readonly (readonly [RegExp, Part])[] = [
  [/^clair-jwt$/, 'clair2'],
  [/^clair-/, 'clair4'],
  [/^quay-builder/, 'builder'],
];

/** Lines that count: no comments, and none of the sections that only describe the unit. */
const told = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^\s*[#;]/.test(line) && !/^\s*(Description|Documentation|After|Wants|Requires|Before)=/.test(line))
    .join('\n');

/** Name, unit and place of a unit file. */
export function unitFile(file: string, text: string): UnitFile {
  const base = file.slice(file.lastIndexOf('/') + 1);
  const kind = base.endsWith('.container') ? 'quadlet' : 'service';
  return { unit: base.replace(/\.(container|service)$/, ''), kind, file, text };
}

/** Name of the container that a unit makes. */
export function containerOf({ unit, kind, text }: UnitFile): string {
  const named = (kind === 'quadlet' ? /^\s*ContainerName=\s*(\S+)/m : /--name[= ]+"?([A-Za-z0-9_.-]+)/).exec(told(text))?.[1];
  return named ?? (kind === 'quadlet' ? `systemd-${unit}` : unit);
}

/** What of Quay a unit runs; `undefined` when it is none of it. */
export function runs(unit: UnitFile): Runs | undefined {
  const text = told(unit.text);
  const found = IMAGE.exec(text);
  if (found === null) return undefined;
  const [image, name] = found as unknown as [string, string];
  const part = PARTS.find(([pattern]) => pattern.test(name))?.[1] ?? (/\brepomirror(-nomigrate)?\b/.test(text) ? 'mirror' : 'registry');
  return { image, part, name: containerOf(unit) };
}

/** A PostgreSQL of Red Hat's collection that a unit runs. */
export interface Postgresql {
  readonly image: string;
  /** 9.6, 10, 13. */
  readonly version: string;
  readonly name: string;
  /** Folder of the host with its data; empty when it lies in a volume of Podman. */
  readonly data: string;
}

export function postgresqlOf(unit: UnitFile): Postgresql | undefined {
  const text = told(unit.text);
  const found = POSTGRESQL.exec(text);
  if (found === null) return undefined;
  const [image, number] = found as unknown as [string, string];
  const data = /(?:(?:-v|--volume)[= ]+|^\s*Volume=)"?([^\s":]+):\/var\/lib\/pgsql\/data\b/m.exec(text)?.[1] ?? '';
  return { image, version: number === '96' ? '9.6' : number, name: containerOf(unit), data: data.startsWith('/') ? data : '' };
}

/** Whether an image that runs is one of Quay's parts. */
export const isPart = (image: string): boolean => IMAGE.test(image);
