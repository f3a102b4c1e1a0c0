import type { Layer, Play } from '../load/model.ts';
import { playScope } from './play.ts';
import { promptLayers } from './prompts.ts';
import type { RunState } from './run-state.ts';

/** `vars` of a play as they are given, then `vars_prompt` and `vars_files`. */
export async function playLayers(run: RunState, play: Play, vars: readonly Layer[], files: readonly Layer[]): Promise<Layer[]> {
  return [...vars, ...(await promptLayers(run, play, playScope(run, vars))), ...files];
}
