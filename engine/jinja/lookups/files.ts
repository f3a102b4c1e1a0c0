import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { expandUser } from '../filters/path.ts';
import { decode } from '../methods/scalar.ts';
import { truth } from '../python/compare.ts';
import { globPaths } from '../python/glob.ts';
import { splitLines } from '../python/strings.ts';
import { toText } from '../python/text.ts';
import { renderFile } from '../render-file.ts';
import type { Runtime } from '../runtime.ts';
import type { Value } from '../values.ts';
import { type Lookup, lookup, lookupError, termText } from './lookup.ts';

/** Content of a file, found as the task would find it. */
function readFile(rt: Runtime, name: string, lookupName: string): string {
  const path = rt.context.find('files', name);
  if (path === undefined)
    throw lookupError(
      `The '${lookupName}' lookup had an issue accessing the file '${name}'. file not found, use -vvvvv to see paths searched`,
      "Files are looked for in the role's files/ folder and beside the playbook",
    );
  return decode(readBytes(rt, path, lookupName), 'utf-8');
}

function readBytes(rt: Runtime, path: string, lookupName: string): Buffer {
  try {
    return rt.context.read(path);
  } catch (error) {
    if (!(error instanceof Error) || !('errno' in error)) throw error;
    throw lookupError(`the '${lookupName}' lookup could not read ${path}: ${error.message}`);
  }
}

const file = lookup(['lstrip', 'rstrip'], (rt, terms, options) =>
  terms.map((term) => {
    let content = readFile(rt, termText(term), 'file');
    if (truth(options.get('lstrip') ?? false)) content = content.trimStart();
    return truth(options.get('rstrip') ?? true) ? content.trimEnd() : content;
  }),
);

/** The decrypted content of a vault file; masked in all output from now on. */
const unvault = lookup([], (rt, terms) =>
  terms.map((term) => {
    const content = readFile(rt, termText(term), 'unvault');
    rt.context.secret(content);
    return content;
  }),
);

function folders(rt: Runtime, pattern: string): string[] {
  const folder = dirname(pattern);
  if (isAbsolute(pattern)) return [folder];
  const found = rt.context.find('files', folder);
  const near = [join(rt.context.playbookDir, 'files', folder), join(rt.context.playbookDir, folder)];
  return found === undefined ? near : [found, ...near];
}

const fileglob = lookup([], (rt, terms) =>
  terms.flatMap((term) => {
    const pattern = expandUser(termText(term));
    for (const folder of folders(rt, pattern)) {
      const found = globPaths(join(folder, basename(pattern))).filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);
      if (found.length > 0) return found;
    }
    return [];
  }),
);

interface Search {
  readonly names: string[];
  readonly skip: boolean;
}

/** Names to look for: plain terms, and dicts with `files`, `paths` and `skip`. */
function searches(terms: readonly Value[], options: ReadonlyMap<string, Value>): Search {
  const names: string[] = [];
  let skip = truth(options.get('skip') ?? false);
  const visit = (term: Value): void => {
    if (Array.isArray(term)) term.forEach(visit);
    else if (term instanceof Map) visitDict(term);
    else names.push(...combine(splitNames(term), splitNames(options.get('paths') ?? [])));
  };
  const visitDict = (term: Map<Value, Value>): void => {
    if (term.has('skip')) skip = truth(term.get('skip') ?? false);
    names.push(...combine(splitNames(term.get('files') ?? options.get('files') ?? []), splitNames(term.get('paths') ?? options.get('paths') ?? [])));
  };
  terms.forEach(visit);
  if (terms.length === 0 || options.has('files')) names.push(...combine(splitNames(options.get('files') ?? []), splitNames(options.get('paths') ?? [])));
  return { names, skip };
}

const combine = (files: string[], paths: string[]): string[] => (paths.length === 0 ? files : paths.flatMap((path) => files.map((name) => join(path, name))));

/** Names may be a list, or one text with commas, colons or semicolons between. */
const splitNames = (names: Value): string[] =>
  Array.isArray(names)
    ? names.flatMap((name) => splitNames(name))
    : termText(names)
        .split(/[,;:]/)
        .map((name) => name.trim())
        .filter((name) => name !== '');

const firstFound = lookup(['files', 'paths', 'skip'], (rt, terms, options) => {
  const { names, skip } = searches(terms, options);
  for (const name of names) {
    for (const kind of ['files', 'templates', 'vars'] as const) {
      const path = rt.context.find(kind, expandUser(name));
      if (path !== undefined) return [path];
    }
  }
  if (skip) return [];
  throw lookupError('No file was found when using first_found.', `Looked for: ${names.join(', ')}`);
});

/** Runs a command on the control node, in the playbook's folder. */
function shell(rt: Runtime, command: string, name: string): string {
  const result = spawnSync('/bin/sh', ['-c', command], { cwd: rt.context.playbookDir, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (result.error !== undefined) throw lookupError(`the ${name} lookup could not run: ${result.error.message}`);
  if (result.status === 0) return result.stdout;
  const said = result.stderr.trim();
  throw lookupError(`the ${name} lookup (${command}) returned ${result.status ?? result.signal}${said === '' ? '' : `: ${said}`}`);
}

const pipe = lookup([], (rt, terms) => terms.map((term) => shell(rt, termText(term), 'pipe').trimEnd()));
const lines = lookup([], (rt, terms) => terms.flatMap((term) => splitLines(shell(rt, termText(term), 'lines')).map((line) => line.trimEnd())));

const TEMPLATE_OPTIONS = [
  'convert_data',
  'variable_start_string',
  'variable_end_string',
  'comment_start_string',
  'comment_end_string',
  'jinja2_native',
  'template_vars',
];

const template = lookup(TEMPLATE_OPTIONS, (rt, terms, options) =>
  terms.map((term) => {
    const name = termText(term);
    const path = rt.context.find('templates', name);
    if (path === undefined)
      throw lookupError(
        `The 'template' lookup could not find the template '${name}'`,
        "Templates are looked for in the role's templates/ folder and beside the playbook",
      );
    const option = (key: string): string | undefined => (options.has(key) ? toText(options.get(key) as Value) : undefined);
    const vars = options.get('template_vars');
    return renderFile(rt, resolve(path), {
      converts: truth(options.get('convert_data') ?? true),
      vars: vars instanceof Map ? vars : new Map(),
      syntax: {
        ...(option('variable_start_string') === undefined ? {} : { variableStart: option('variable_start_string') as string }),
        ...(option('variable_end_string') === undefined ? {} : { variableEnd: option('variable_end_string') as string }),
        ...(option('comment_start_string') === undefined ? {} : { commentStart: option('comment_start_string') as string }),
        ...(option('comment_end_string') === undefined ? {} : { commentEnd: option('comment_end_string') as string }),
      },
    });
  }),
);

export const fileLookups: Readonly<Record<string, Lookup>> = { file, unvault, fileglob, first_found: firstFound, pipe, lines, template };
