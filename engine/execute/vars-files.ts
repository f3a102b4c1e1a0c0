import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type At, inputError, QplayError } from '../error.ts';
import { UNDEFINED } from '../jinja/api.ts';
import { toText } from '../jinja/index.ts';
import type { Layer, Play } from '../load/model.ts';
import { loadYamlFile, positionOf } from '../load/yaml.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import { MAGIC_NAMES } from '../vars/magic.ts';
import { LayeredScope } from '../vars/scope.ts';
import { candidates } from './lookups.ts';
import type { RunState } from './run-state.ts';

/** What `vars_files` brings: layers for every host, and those that depend on the host. */
export interface VarsFiles {
  readonly layers: readonly Layer[];
  /** The rest, from the first entry on whose name needs variables of the host; absent when there is none. */
  readonly ofHost?: (scope: (layers: readonly Layer[]) => LayeredScope) => Layer[];
}

interface Entry {
  readonly value: Data;
  readonly holder: Dict | Data[];
  readonly key: string | number;
  readonly at: At;
}

/** `vars_files`: each entry a file, or alternatives of which the first that exists is read. */
export function readVarsFiles(run: RunState, play: Play, before: readonly Layer[]): VarsFiles {
  const entries = entriesOf(play);
  const scope = (layers: readonly Layer[]): LayeredScope =>
    new LayeredScope([...before, ...layers, run.extra], () => undefined, MAGIC_NAMES, run.templar, run.lookups);
  const layers: Layer[] = [];
  for (const [index, entry] of entries.entries()) {
    const names = namesOf(run, entry, scope(layers));
    // what is not known yet may be a variable of the host
    if (names === undefined) return { layers, ofHost: (hostScope) => lateLayers(run, play, entries.slice(index), hostScope) };
    layers.push(required(run, play, entry, names));
  }
  return { layers };
}

function entriesOf(play: Play): Entry[] {
  const list = play.source.get('vars_files');
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return [{ value: list, holder: play.source, key: 'vars_files', at: positionOf(play.source, 'vars_files') ?? play.at }];
  return list.map((value, key) => ({ value, holder: list, key, at: positionOf(list, key) ?? play.at }));
}

/** Names of an entry's files; `undefined` when one needs a variable that is not there. */
function namesOf(run: RunState, { value, holder, key }: Entry, scope: LayeredScope): string[] | undefined {
  try {
    return (Array.isArray(value) ? value : [value]).map((one) => String(run.templar.value(one, holder, key, scope, run.lookups)));
  } catch (error) {
    if (error instanceof QplayError && error.diagnostics.some((one) => one.code === UNDEFINED)) return undefined;
    throw error;
  }
}

/** As each host sees them: an entry whose name is still undefined is passed over. */
function lateLayers(run: RunState, play: Play, entries: readonly Entry[], hostScope: (layers: readonly Layer[]) => LayeredScope): Layer[] {
  const layers: Layer[] = [];
  for (const entry of entries) {
    const names = namesOf(run, entry, hostScope(layers));
    if (names !== undefined) layers.push(required(run, play, entry, names));
  }
  return layers;
}

const read = new WeakMap<RunState, Map<string, Layer>>();

function required(run: RunState, play: Play, { at }: Entry, names: readonly string[]): Layer {
  const tried = names.flatMap((name) => [...candidates('vars', name, [play.dir]), resolve(play.dir, name)]);
  const file = tried.find((one) => existsSync(one));
  if (file === undefined)
    throw inputError('missing-file', `there is no file of variables ${names.map((one) => `"${one}"`).join(' or ')}`, {
      says: `vars file ${names.length === 1 ? names[0] : toText([...names])} was not found`,
      at,
      hint: `looked for ${[...new Set(tried)].join(', ')}`,
    });
  const known = read.get(run) ?? new Map<string, Layer>();
  read.set(run, known);
  const layer = known.get(file) ?? { level: 'play vars_files', from: file, vars: readVars(run, file) };
  known.set(file, layer);
  return layer;
}

function readVars(run: RunState, file: string): ReadonlyMap<Data, Data> {
  const { value } = loadYamlFile(file, { vault: run.vault });
  if (value === null) return new Map();
  if (isDict(value)) return value;
  throw inputError('not-a-mapping', 'a file of variables must hold a mapping', { at: { file, line: 1, column: 1 } });
}
