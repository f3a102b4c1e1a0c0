import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { inputError, QplayError } from '../error.ts';
import type { Layer, Play } from '../load/model.ts';
import { loadYamlFile, positionOf } from '../load/yaml.ts';
import { type Data, isDict } from '../value.ts';
import { MAGIC_NAMES } from '../vars/magic.ts';
import { LayeredScope } from '../vars/scope.ts';
import { candidates } from './lookups.ts';
import type { RunState } from './run-state.ts';

/** `vars_files`: each entry a file, or alternatives of which the first that exists is read. */
export function readVarsFiles(run: RunState, play: Play, before: readonly Layer[]): Layer[] {
  const list = play.source.get('vars_files');
  if (list === undefined || list === null) return [];
  const entries = Array.isArray(list) ? list : [list];
  const scope = new LayeredScope([...before, run.extra], () => undefined, MAGIC_NAMES, run.templar, run.lookups);
  return entries.map((entry, index) => {
    const holder = Array.isArray(list) ? list : play.source;
    const key = Array.isArray(list) ? index : 'vars_files';
    const at = positionOf(holder, key) ?? play.at;
    const names = (Array.isArray(entry) ? entry : [entry]).map((one) => String(run.templar.value(one, holder, key, scope, run.lookups)));
    const tried = names.flatMap((name) => [...candidates('vars', name, [play.dir]), resolve(play.dir, name)]);
    const file = tried.find((one) => existsSync(one));
    if (file === undefined)
      throw inputError('missing-file', `there is no file of variables ${names.map((one) => `"${one}"`).join(' or ')}`, {
        at,
        hint: `looked for ${[...new Set(tried)].join(', ')}`,
      });
    return { level: 'play vars_files', from: file, vars: readVars(run, file) };
  });
}

function readVars(run: RunState, file: string): ReadonlyMap<Data, Data> {
  const { value } = loadYamlFile(file, { vault: run.vault });
  if (value === null) return new Map();
  if (isDict(value)) return value;
  throw new QplayError({
    kind: 'input',
    severity: 'error',
    code: 'not-a-mapping',
    message: 'a file of variables must hold a mapping',
    at: { file, line: 1, column: 1 },
  });
}
