import type { Layer, Play } from '../load/model.ts';
import { isDict } from '../value.ts';
import { playScope } from './play.ts';
import { promptLayers } from './prompts.ts';
import type { RunState } from './run-state.ts';

/** `vars`, `vars_prompt` and `vars_files` of a play. */
export async function playLayers(run: RunState, play: Play, files: readonly Layer[]): Promise<Layer[]> {
  const vars = play.source.get('vars');
  const layers: Layer[] = [];
  if (isDict(vars)) layers.push({ level: 'play vars', from: play.file, vars });
  else if (Array.isArray(vars)) for (const one of vars) if (isDict(one)) layers.push({ level: 'play vars', from: play.file, vars: one });
  return [...layers, ...(await promptLayers(run, play, playScope(run, layers))), ...files];
}
