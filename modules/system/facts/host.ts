import { sections, textLines } from '../lib.ts';

/** What the script printed, with its files by path. */
export class Printed {
  readonly sections: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, readonly string[]>;
  constructor(stdout: string) {
    this.sections = sections(stdout);
    const files = new Map<string, string[]>();
    for (const line of textLines(this.sections.get('files') ?? '')) {
      const end = line.indexOf(':', pathEnd(line));
      if (end < 0) continue;
      const path = line.slice(0, end);
      const list = files.get(path);
      if (list === undefined) files.set(path, [line.slice(end + 1)]);
      else list.push(line.slice(end + 1));
    }
    this.files = files;
  }

  has = (section: string): boolean => this.sections.has(section);
  lines = (section: string): string[] => textLines(this.sections.get(section) ?? '');
  /** Lines of a file; none when it is absent or empty. */
  file = (path: string): readonly string[] => this.files.get(path) ?? [];
  /** First line of a file, trimmed; `undefined` when it is absent or empty. */
  first = (path: string): string | undefined => this.files.get(path)?.[0]?.trim();

  /** First lines of `FOLDER/NAME/TAIL` by name. */
  byName(folder: string, tail: string): Map<string, string> {
    const found = new Map<string, string>();
    const start = `${folder}/`;
    const end = `/${tail}`;
    for (const [path, content] of this.files) {
      if (!path.startsWith(start) || !path.endsWith(end)) continue;
      const name = path.slice(start.length, -end.length);
      if (!name.includes('/')) found.set(name, (content[0] ?? '').trim());
    }
    return found;
  }
}

/** In `/sys/block/0:0:0/size:12` the first colon may belong to the path: look behind the last slash that sysfs paths have. */
function pathEnd(line: string): number {
  if (!line.startsWith('/sys/')) return 0;
  return /^\/sys\/(?:[^/\s]+\/)*/.exec(line)?.[0].length ?? 0;
}

/** `NAME -> TARGET` at the end of lines of `ls -l`, with the folder that `ls` named before them. */
export function symlinks(lines: readonly string[]): { folder: string; name: string; target: string }[] {
  const found: { folder: string; name: string; target: string }[] = [];
  let folder = '';
  for (const line of lines) {
    const heading = /^(\/.*):$/.exec(line);
    if (heading !== null) folder = heading[1] as string;
    const link = /^l\S+\s+\d+\s+\S+\s+\S+\s+\d+\s+\S+\s+\S+\s+\S+\s+(.*) -> (.*)$/.exec(line);
    if (link !== null) found.push({ folder, name: link[1] as string, target: link[2] as string });
  }
  return found;
}

/** Bytes as Ansible says them: `4.00 GB`. */
export function human(bytes: number): string {
  const units: [string, number][] = [
    ['YB', 80],
    ['ZB', 70],
    ['EB', 60],
    ['PB', 50],
    ['TB', 40],
    ['GB', 30],
    ['MB', 20],
    ['KB', 10],
  ];
  const [suffix, power] = units.find(([, exponent]) => bytes >= 2 ** exponent) ?? ['Bytes', 0];
  return `${(bytes / 2 ** power).toFixed(2)} ${suffix}`;
}
