import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

/** One or more tasks in a folder of their own, which is `{{ d }}`. `{{ url }}` is a web server. */
export interface Case {
  readonly name: string;
  /** Shell text run in the folder before. */
  readonly given?: string;
  readonly tasks: readonly Readonly<Record<string, unknown>>[];
  /** Keys that are not compared, beside those that no two runs share. */
  readonly ignore: readonly string[];
}

interface Written {
  readonly name: string;
  readonly given?: string;
  readonly task?: Record<string, unknown>;
  readonly tasks?: readonly Record<string, unknown>[];
  readonly ignore?: readonly string[];
}

const FOLDER = join(import.meta.dirname, 'cases');

/** All cases, of files named after their subject. Names are unique. */
export function allCases(): Case[] {
  return readdirSync(FOLDER)
    .sort()
    .flatMap((file) =>
      (load(readFileSync(join(FOLDER, file), 'utf8')) as Written[]).map((one) => ({
        name: `${file.replace('.yaml', '')}: ${one.name}`,
        ...(one.given !== undefined && { given: one.given }),
        tasks: one.tasks ?? [one.task as Record<string, unknown>],
        ignore: one.ignore ?? [],
      })),
    );
}
