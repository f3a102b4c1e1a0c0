import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type At, type Diagnostic, didYouMean, inputError, QplayError } from '../error.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import { collectionOf, collectionPlaybook, collectionRoots } from './collections.ts';
import { PLAY_KEYWORDS } from './keywords.ts';
import { pythonClass, unreadable } from './said.ts';
import { type Decrypt, keyPositionOf, loadYamlFile, positionOf } from './yaml.ts';

/** A play as written, and what an `import_playbook` above it adds to it. */
export interface RawPlay {
  readonly source: Dict;
  readonly file: string;
  /** The `import_playbook` entries that led here, outermost first: their `when`, `tags` and `vars` hold for the play. */
  readonly imports: readonly Dict[];
  /** The collection that the playbook belongs to. */
  readonly collection: string | undefined;
}

const IMPORT = /^(ansible\.builtin\.)?import_playbook$/;
const IMPORT_KEYWORDS: ReadonlySet<string> = new Set(['name', 'when', 'tags', 'vars', 'import_playbook', 'ansible.builtin.import_playbook']);

/** The plays of a playbook with those it imports, in order. Mistakes are reported all at once. */
export function loadPlaybook(
  file: string,
  vault: Decrypt | undefined,
  report: (diagnostic: Diagnostic) => void,
  early: (text: string) => string,
  imports: readonly Dict[] = [],
): RawPlay[] {
  const { value: document, warnings } = loadYamlFile(file, { vault });
  warnings.forEach(report);
  if (!Array.isArray(document)) {
    throw inputError('not-a-playbook', 'a playbook must be a list of plays', {
      says:
        document === null ? `Empty playbook, nothing to do: ${file}` : `A playbook must be a list of plays, got a ${pythonClass(document)} instead: ${file}`,
      at: { file, line: 1, column: 1 },
      hint: 'begin each play with `- hosts: ...`',
    });
  }
  return document.flatMap((entry, index) => {
    try {
      return readEntry(entry, index, document, file, vault, report, early, imports);
    } catch (error) {
      if (!(error instanceof QplayError)) throw error;
      error.diagnostics.forEach(report);
      return [];
    }
  });
}

function readEntry(
  entry: Data,
  index: number,
  document: Data[],
  file: string,
  vault: Decrypt | undefined,
  report: (diagnostic: Diagnostic) => void,
  early: (text: string) => string,
  imports: readonly Dict[],
): RawPlay[] {
  const at = positionOf(document, index);
  if (!isDict(entry))
    throw inputError('not-a-play', 'a play must be a mapping', {
      says: "playbook entries must be either valid plays or 'import_playbook' statements",
      ...(at && { at }),
    });
  const key = [...entry.keys()].map(String).find((name) => IMPORT.test(name));
  if (key === undefined) {
    checkKeys(entry, PLAY_KEYWORDS, 'play', report);
    checkParts(entry, at, report);
    return [{ source: entry, file, imports, collection: collectionOf(file) }];
  }
  checkKeys(entry, IMPORT_KEYWORDS, 'import_playbook', report);
  const name = early(fileOf(entry.get(key)));
  const beside = resolve(dirname(file), name);
  const path = existsSync(beside) ? beside : (collectionPlaybook(name, collectionRoots(dirname(file))) ?? beside);
  const place = positionOf(entry, key);
  if (!existsSync(path) || !statSync(path).isFile())
    throw inputError('missing-file', `there is no playbook "${path}"`, { says: unreadable(path), ...(place && { at: place }) });
  return loadPlaybook(path, vault, report, early, [...imports, entry]);
}

/** The parts of a play that must have a certain form. */
function checkParts(play: Dict, at: At | undefined, report: (diagnostic: Diagnostic) => void): void {
  const hosts = play.get('hosts');
  const place = (key: string): Partial<Diagnostic> => {
    const found = keyPositionOf(play, key) ?? at;
    return found ? { at: found } : {};
  };
  if (hosts === undefined)
    throw inputError('no-hosts', 'a play needs "hosts"', {
      says: "the field 'hosts' is required but was not set",
      ...(at && { at }),
      hint: 'tasks alone are no play: they stand below `tasks:` of one',
    });
  if (hosts === null || hosts === '' || (Array.isArray(hosts) && hosts.length === 0))
    throw inputError('no-hosts', 'the hosts of a play cannot be empty', {
      says: 'Hosts list cannot be empty. Please check your playbook',
      ...place('hosts'),
    });
  const wrong = (code: string, key: string, wanted: string, says?: string): void =>
    report({ kind: 'input', severity: 'error', code, message: `"${key}" of a play must be ${wanted}`, ...(says !== undefined && { says }), ...place(key) });
  for (const key of ['roles', 'vars_prompt']) {
    const value = play.get(key) ?? null;
    if (value !== null && !Array.isArray(value)) wrong('not-a-list', key, 'a list');
  }
  const vars = play.get('vars') ?? null;
  if (vars !== null && !isDict(vars) && !(Array.isArray(vars) && vars.every(isDict)))
    wrong('not-a-mapping', 'vars', 'a mapping of names to values', 'Vars in a Play must be specified as a dictionary. ');
  const prompts = play.get('vars_prompt');
  if (Array.isArray(prompts) && prompts.some((one) => !isDict(one) || !one.has('name')))
    wrong('vars-prompt', 'vars_prompt', 'a list of mappings, each with "name"', "Invalid vars_prompt data structure, missing 'name' key");
  for (const one of Array.isArray(prompts) ? prompts.filter(isDict) : []) checkKeys(one, PROMPT_KEYS, 'a prompt', report);
}

const fileOf = (value: Data | undefined): string => (isDict(value) ? String(value.get('file') ?? '') : String(value ?? '')).trim();

const PROMPT_KEYS: ReadonlySet<string> = new Set('name prompt default private confirm encrypt salt_size salt unsafe'.split(' '));

function checkKeys(source: Dict, known: ReadonlySet<string>, what: string, report: (diagnostic: Diagnostic) => void): void {
  for (const name of source.keys()) {
    const key = String(name);
    const at = keyPositionOf(source, key);
    if (known.has(key)) continue;
    report({
      kind: 'input',
      severity: 'error',
      code: 'unknown-keyword',
      message: `"${key}" is not a keyword of ${what === 'play' ? 'a play' : what}.${didYouMean(key, known)}`,
      says:
        what === 'a prompt'
          ? `Invalid vars_prompt data structure, found unsupported key '${key}'`
          : `'${key}' is not a valid attribute for a ${what === 'play' ? 'Play' : 'PlaybookInclude'}`,
      ...(at && { at }),
    });
  }
}
