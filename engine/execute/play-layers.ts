import type { Layer, Play } from '../load/model.ts';
import { type Data, type Dict, isDict, toPlain } from '../value.ts';
import type { RunState } from './run-state.ts';
import { isTrue } from './target.ts';

/** `vars`, `vars_prompt` and `vars_files` of a play. */
export async function playLayers(run: RunState, play: Play, asked: Map<string, Data>, files: readonly Layer[]): Promise<Layer[]> {
  const vars = play.source.get('vars');
  const layers: Layer[] = [];
  if (isDict(vars)) layers.push({ level: 'play vars', from: play.file, vars });
  else if (Array.isArray(vars)) for (const one of vars) if (isDict(one)) layers.push({ level: 'play vars', from: play.file, vars: one });
  const prompts = play.source.get('vars_prompt');
  if (Array.isArray(prompts)) layers.push({ level: 'play vars_prompt', from: play.file, vars: await prompted(run, prompts, asked), final: true });
  return [...layers, ...files];
}

async function prompted(run: RunState, prompts: readonly Data[], asked: Map<string, Data>): Promise<Dict> {
  const answers: Dict = new Map();
  for (const prompt of prompts) {
    if (!isDict(prompt)) continue;
    const name = String(prompt.get('name'));
    if (run.extra.vars.has(name)) continue;
    const known = asked.get(name);
    const secret = isTrue(prompt.get('private') ?? true);
    const fallback = prompt.get('default');
    const answer = known ?? (await run.options.ask(String(toPlain(prompt.get('prompt') ?? name)), secret));
    const value = answer === '' && fallback !== undefined ? fallback : answer;
    if (secret && typeof value === 'string') run.secrets.add(value);
    asked.set(name, value);
    answers.set(name, value);
  }
  return answers;
}
