import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Builder } from '../analyse/build.ts';
import { checkNotified, checkTemplates, checkTree, tasksOf } from '../analyse/check.ts';
import { buildPlay } from '../analyse/play.ts';
import { checkPlayWords } from '../analyse/written.ts';
import { type Diagnostic, diagnosticsOf, QplayError } from '../error.ts';
import type { Layer, Node, Task } from '../load/model.ts';
import { loadPlaybook, type RawPlay } from '../load/playbook.ts';
import { roleFinder } from '../load/roles.ts';
import { settings } from '../load/settings.ts';
import type { AnyModule } from '../module/contract.ts';
import { OwnDirs } from '../own/dirs.ts';
import { type Data, isDict } from '../value.ts';
import { MAGIC_NAMES } from '../vars/magic.ts';
import { LayeredScope } from '../vars/scope.ts';
import { isFree } from './batches.ts';
import { isOwnAction } from './control/index.ts';
import type { ReadyPlay } from './play.ts';
import { playLayers } from './play-layers.ts';
import { reachedBy } from './reach.ts';
import type { RunState } from './run-state.ts';
import { checkUndefined } from './undefined.ts';
import { readVarsFiles } from './vars-files.ts';

/** Builds and checks every play of the playbooks. Whatever is wrong comes out at once, before any host is touched. */
export async function analyse(run: RunState): Promise<ReadyPlay[]> {
  const { plays, found } = await examine(run);
  for (const one of found) if (one.severity === 'warning') run.emit({ type: 'diagnostic', diagnostic: one });
  const fatal = found.filter((one) => one.severity === 'error');
  if (fatal.length > 0) throw new QplayError(fatal);
  return plays;
}

/** What the plays are, and all that was found to be wrong with them. */
export interface Examined {
  readonly plays: readonly ReadyPlay[];
  readonly found: readonly Diagnostic[];
  /** Tasks that were looked at, those of includes too. */
  readonly tasks: readonly Task[];
}

/** As `analyse`, but what is wrong is given back. */
export async function examine(run: RunState): Promise<Omit<Examined, 'plays'> & { readonly plays: ReadyPlay[] }> {
  const found: Diagnostic[] = [];
  const report = (one: Diagnostic): void => void found.push(one);
  let id = 0;
  const nextId = (): number => ++id;
  const plays: ReadyPlay[] = [];
  const own = new OwnDirs(run.options.modulePath);
  for (const file of run.options.playbooks) {
    for (const raw of guarded(
      report,
      () => loadPlaybook(file, run.vault, report, (text) => String(run.templar.text(text, undefined, earlyScope(run, []), run.lookups))),
      [],
    )) {
      const ready = await guardedAsync(report, () => readyPlay(run, { raw, playbook: file, own }, report, nextId));
      if (ready) plays.push(ready);
    }
  }
  const early = run.options.lateMistakes === true ? (one: Diagnostic): void => void (one.code === 'unsupported' && report(one)) : report;
  await checkPlays(run, plays, early, report);
  const tasks = [...plays.flatMap(({ play }) => tasksOf([...play.preTasks, ...play.roles, ...play.tasks, ...play.postTasks, ...play.handlers]))];
  for (const ready of plays) tasks.push(...(await checkReached(run, ready, early)));
  return { plays, found: unique(found).map((one) => withPlugins(one, own)), tasks };
}

/** What is unknown as a filter or test may well be one in Python. */
function withPlugins(one: Diagnostic, own: OwnDirs): Diagnostic {
  const kind = one.code === 'unknown-filter' ? 'filter_plugins' : one.code === 'unknown-test' ? 'test_plugins' : undefined;
  const files = kind === undefined || one.hint !== undefined ? [] : own.files(kind);
  return files.length === 0 ? one : { ...one, hint: `qplay runs no plugins in Python, and there are some: ${files.join(', ')}` };
}

/** Mistakes that no variable can mend, whatever brings the task they stand in. */
const LASTING: ReadonlySet<string> = new Set([
  'keyword-value',
  'two-loops',
  'two-modules',
  'unknown-filter',
  'unknown-keyword',
  'unknown-lookup',
  'unknown-meta',
  'unknown-module',
  'unknown-option',
  'unknown-test',
  'unsupported',
  'unsupported-module',
]);

/** What includes may bring. What may never come is a warning: it harms only where it is reached. */
async function checkReached(run: RunState, ready: ReadyPlay, report: (diagnostic: Diagnostic) => void): Promise<Task[]> {
  const seen: Task[] = [];
  for (const { nodes, sure, found } of reachedBy(run, ready)) {
    const tasks = tasksOf(nodes);
    const all = [...found];
    const modules = await loadModules(run, tasks, (one) => all.push(one));
    checkTree(nodes, { jinja: run.jinja, modules, report: (one) => all.push(one) });
    for (const one of all) if (LASTING.has(one.code)) report(sure ? one : { ...one, severity: 'warning' });
    seen.push(...tasks);
  }
  return seen;
}

async function readyPlay(
  run: RunState,
  { raw, playbook, own }: { raw: RawPlay; playbook: string; own: OwnDirs },
  report: (diagnostic: Diagnostic) => void,
  nextId: () => number,
): Promise<ReadyPlay> {
  const playbookDir = dirname(resolve(raw.file));
  run.playbookDir = playbookDir;
  own.add(playbookDir);
  const before = earlyLayers(raw);
  const builder: Omit<Builder, 'importRole' | 'importing'> = {
    playbookDir,
    roles: roleFinder(playbookDir, rolesPath(), run.vault),
    modules: run.modules,
    own,
    vault: run.vault,
    early: (one, context) => run.templar.slot(one, earlyScope(run, [...before, ...context.vars]), run.lookups),
    report,
    nextId,
  };
  const { play, roles, builder: full } = buildPlay(raw, builder);
  const strategy = play.keywords.strategy?.value ?? settings().text('DEFAULT_STRATEGY');
  if (typeof strategy === 'string' && !run.jinja.isTemplate(strategy)) isFree(strategy, play);
  const files = readVarsFiles(run, play, before);
  const layers = await playLayers(run, play, before, files.layers);
  return { play, roles, builder: full, layers, playbook, ...(files.ofHost && { lateFiles: files.ofHost }) };
}

/** What names of files and roles may be made of: the play's own plain variables. */
/** `vars` of the play, and over them those of each `import_playbook` it came by, the outermost last. */
function earlyLayers({ source, file, imports }: RawPlay): Layer[] {
  const written = source.get('vars');
  const own = (Array.isArray(written) ? written : [written]).filter((one) => isDict(one)).map((vars): Layer => ({ level: 'play vars', from: file, vars }));
  const given = imports.toReversed().flatMap((entry): Layer[] => {
    const vars = entry.get('vars');
    return isDict(vars) && vars.size > 0 ? [{ level: 'import vars', from: 'import_playbook', vars }] : [];
  });
  return [...own, ...given];
}

const earlyScope = (run: RunState, layers: readonly Layer[]): LayeredScope =>
  new LayeredScope([...layers, run.extra], (name) => (name === 'playbook_dir' ? run.playbookDir : undefined), MAGIC_NAMES, run.templar, run.lookups);

function rolesPath(): readonly string[] {
  const home = settings().path('ANSIBLE_HOME') ?? join(homedir(), '.ansible');
  return settings().paths('DEFAULT_ROLES_PATH') ?? [join(home, 'roles'), '/usr/share/ansible/roles', '/etc/ansible/roles'];
}

async function checkPlays(
  run: RunState,
  plays: readonly ReadyPlay[],
  report: (diagnostic: Diagnostic) => void,
  ofPlays: (diagnostic: Diagnostic) => void,
): Promise<void> {
  const trees = plays.map(({ play }) => ({
    play,
    nodes: [...play.preTasks, ...play.roles, ...play.tasks, ...play.postTasks, ...play.handlers] as readonly Node[],
  }));
  const modules = await loadModules(
    run,
    trees.flatMap(({ nodes }) => tasksOf(nodes)),
    report,
  );
  for (const { play, nodes } of trees) {
    const checking = { jinja: run.jinja, report, modules };
    checkTree(nodes, checking);
    for (const layer of [...play.roleUses.flatMap((use) => [use.role.defaults, use.role.vars])]) {
      for (const [key, value] of layer.vars) checkTemplates(value, layer.vars as Map<Data, Data>, key, checking, undefined);
    }
    checkPlayWords(play.source, { ...checking, report: ofPlays });
    const vars = play.source.get('vars');
    if (isDict(vars)) checkTemplates(vars, play.source, 'vars', checking, play.at);
    checkNotified(tasksOf([...play.preTasks, ...play.roles, ...play.tasks, ...play.postTasks]), play.handlers, run.jinja, report);
  }
  checkUndefined(run, plays, report);
}

async function loadModules(run: RunState, tasks: readonly Task[], report: (diagnostic: Diagnostic) => void): Promise<Map<string, AnyModule>> {
  const loaded = new Map<string, AnyModule>();
  for (const name of new Set(tasks.filter((task) => task.userModule === undefined).map((task) => task.action))) {
    if (isOwnAction(name)) continue;
    const module = await guardedAsync(report, () => run.modules.load(name));
    if (module) loaded.set(name, module);
  }
  return loaded;
}

function guarded<T>(report: (diagnostic: Diagnostic) => void, work: () => T, otherwise: T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    diagnosticsOf(error).forEach(report);
    return otherwise;
  }
}

async function guardedAsync<T>(report: (diagnostic: Diagnostic) => void, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    diagnosticsOf(error).forEach(report);
    return undefined;
  }
}

/** The same mistake in a file that is used twice is told once. */
function unique(found: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return found.filter((one) => {
    const key = `${one.code} ${one.message} ${one.at ? `${one.at.file}:${one.at.line}:${one.at.column}` : ''}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}
