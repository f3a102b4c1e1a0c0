import { dirname, resolve } from 'node:path';
import pLimit from 'p-limit';
import { tasksOf } from '../analyse/check.ts';
import { monotonicMs } from '../clock.ts';
import { type Diagnostic, diagnosticsOf, EXIT, inputError, QplayError } from '../error.ts';
import { type Inventory, readInventory } from '../inventory/index.ts';
import { jinja } from '../jinja/index.ts';
import { settings } from '../load/settings.ts';
import { readVaultSecrets } from '../load/vault-secrets.ts';
import type { Decrypt } from '../load/yaml.ts';
import { shortPath } from '../report/diagnostic.ts';
import type { Dict } from '../value.ts';
import { HostVars } from '../vars/host-vars.ts';
import { Templar } from '../vars/templar.ts';
import { analyse, type Examined, examine } from './analyse-run.ts';
import { connectionPool } from './delegate.ts';
import { emitter } from './emit.ts';
import { extraVars } from './extra-vars.ts';
import { type FactCache, factCache } from './fact-cache.ts';
import { Jobs } from './jobs.ts';
import { listing } from './list.ts';
import { lookupsOf } from './lookups.ts';
import type { RunOptions } from './options.ts';
import { playScope, type ReadyPlay, runPlay } from './play.ts';
import type { ModuleRegistry, RunState } from './run-state.ts';
import { Secrets } from './secrets.ts';
import { startAt } from './start-at.ts';
import { selects, tagsOf } from './tags.ts';
import { Tally } from './tally.ts';

/** Runs playbooks from their files to the last handler. Everything it has to say leaves as events; the exit code comes back. */
export async function run(options: RunOptions, modules: ModuleRegistry): Promise<number> {
  const secrets = new Secrets();
  const emit = emitter(options.emit, secrets);
  const started = monotonicMs();
  try {
    const state = await prepare(options, modules, secrets, emit);
    try {
      const plays = await analyse(state);
      if (options.list !== undefined || options.syntaxCheck) return tell(state, plays, emit);
      return await execute(state, plays, started);
    } finally {
      await state.jobs.rest();
      await state.connections.closeAll();
    }
  } catch (error) {
    const found = diagnosticsOf(error);
    // Ansible stops at the first mistake
    for (const diagnostic of options.lateMistakes === true ? found.slice(0, 1) : found) emit({ type: 'diagnostic', diagnostic });
    const exit = error instanceof QplayError ? error.exitCode : EXIT.internal;
    emit({ type: 'run.end', counts: {}, ms: monotonicMs() - started, exit });
    return exit;
  }
}

/** What `qplay compat` tells: everything that is wrong or lacking in the playbooks, in all they may reach. No host is contacted. */
export async function survey(options: RunOptions, modules: ModuleRegistry): Promise<Examined> {
  const secrets = new Secrets();
  const state = await prepare(options, modules, secrets, emitter(options.emit, secrets));
  return examine(state);
}

/** What is only to be shown: no host is contacted. */
function tell(state: RunState, plays: readonly ReadyPlay[], emit: RunState['emit']): number {
  const { list, playbooks } = state.options;
  const named = state.options.named ?? playbooks;
  const checked = `${named.map((one) => `\nplaybook: ${one}`).join('\n')}\n${state.options.limitMayMiss === true ? '' : 'no mistakes found\n'}`;
  emit({ type: 'text', text: list === undefined ? checked : listing(state, plays, list) });
  return EXIT.done;
}

/** Reads what the run stands on: vault secrets, inventory, extra variables. */
export async function prepare(options: RunOptions, modules: ModuleRegistry, secrets: Secrets, emit: RunState['emit']): Promise<RunState> {
  for (const one of [options.becomePassword, options.connectionPassword]) if (one !== undefined) secrets.add(one);
  const vault = await vaultOf(options, secrets, emit);
  const playbookDir = dirname(resolve(options.playbooks[0] ?? '.'));
  const extra = extraVars(options.extraVars, vault);
  const merging = settings().text('DEFAULT_HASH_BEHAVIOUR') === 'merge';
  const read = (): Inventory =>
    readInventory(options.inventories, {
      vault,
      limit: options.limit,
      lenient: options.lateMistakes === true ? { emptyHosts: options.quietLocalhost !== true && settings().boolean('LOCALHOST_WARNING') !== false } : undefined,
      extraVars: extra.vars as Dict,
      merging,
      report: (diagnostic) => emit({ type: 'diagnostic', diagnostic }),
    });
  let inventory = read();
  const hosts = new Map<string, HostVars>();
  const warn = (message: string): void => emit({ type: 'diagnostic', diagnostic: { kind: 'input', severity: 'warning', code: 'fact-cache', message } });
  const limit = pLimit(Math.max(1, options.forks));
  const cache = options.list === undefined && options.syntaxCheck !== true ? factCache(warn) : undefined;
  if (options.flushCache === true) for (const name of inventory.hosts.keys()) cache?.forget(name);
  const base = {
    vault,
    secrets,
    playbookDir,
    emit,
    get inventory() {
      return inventory;
    },
  };
  const templar = new Templar(jinja, (text) => opened(vault, text.envelope), merging);
  const state: RunState = Object.assign(base, {
    refreshInventory() {
      const fresh = read();
      inventory.addTo(fresh);
      inventory = fresh;
    },
    options,
    modules,
    jinja,
    templar,
    extra,
    lookups: lookupsOf(base, undefined),
    tally: new Tally(),
    connections: connectionPool(),
    jobs: new Jobs(),
    forks: limit,
    passedOver: new Set<number>(),
    failed: new Set<string>(),
    unreachable: new Set<string>(),
    lost: new Set<string>(),
    verdict: 'done' as const,
    clouded: new Set<string>(),
    host(name: string): HostVars {
      const known = hosts.get(name);
      if (known) return known;
      const made = new HostVars(name, () => inventory.groupVarsInOrder(name, state.playbookDir));
      if (cache !== undefined) remember(cache, made);
      hosts.set(name, made);
      return made;
    },
  });
  return state;
}

/** Facts of a host come from the cache, and go there. */
function remember(cache: FactCache, host: HostVars): void {
  const inject = settings().boolean('INJECT_FACTS_AS_VARS') ?? true;
  host.keepFacts(cache.load(host.name), inject, (facts) => (facts.size === 0 ? cache.forget(host.name) : cache.save(host.name, facts)));
}

/** The text of an encrypted value. It stands in no file of its own: the task that uses it is the place of a mistake. */
function opened(vault: Decrypt, envelope: string): string {
  try {
    return vault(envelope, 'the value').toString('utf8');
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    throw new QplayError(error.diagnostics.map(({ at: _, ...one }) => one));
  }
}

async function vaultOf(options: RunOptions, secrets: Secrets, emit: RunState['emit']): Promise<Decrypt> {
  const warn = (diagnostic: Diagnostic): void => emit({ type: 'diagnostic', diagnostic });
  const known = await readVaultSecrets({ vaultIds: options.vaultIds, ask: options.ask, warn });
  for (const one of known.all) secrets.add(one.password.toString('utf8'));
  return known.ofFile;
}

async function execute(state: RunState, plays: readonly ReadyPlay[], started: number): Promise<number> {
  const { options, emit, tally } = state;
  checkLimit(state, plays);
  if (options.startAtTask !== undefined) startAt(state, plays, options.startAtTask);
  const hosts = new Set(plays.flatMap((ready) => hostsOf(state, ready)));
  // files of variables that cannot be read are told of before a host is touched
  for (const host of hosts) state.host(host).inventory;
  const counted = options.playbooks.map((file) => plays.filter(({ playbook }) => playbook === file).length);
  emit({ type: 'run.start', run: runId(), mode: options.mode, playbooks: options.playbooks, plays: counted, hosts: hosts.size, steps: stepsOf(state, plays) });
  let internal: unknown;
  try {
    for (const [index, ready] of plays.entries()) {
      if (index > 0 && ready.playbook !== plays[index - 1]?.playbook) {
        // a playbook that failed ends the run
        if (exitOf(state) !== EXIT.done && options.mode !== 'plan') break;
        emit({ type: 'playbook.end', counts: tally.counts() });
      }
      if (!(await runPlay(state, ready))) break;
    }
  } catch (error) {
    internal = error;
    for (const diagnostic of diagnosticsOf(error)) emit({ type: 'diagnostic', diagnostic });
  }
  if (Object.keys(tally.custom).length > 0) emit({ type: 'stats', custom: tally.custom });
  const exit = internal === undefined ? exitOf(state) : internal instanceof QplayError ? internal.exitCode : EXIT.internal;
  const next = exit === EXIT.failed || exit === EXIT.unreachable || exit === EXIT.interrupted ? nextCommand(options) : undefined;
  emit({ type: 'run.end', counts: tally.counts(), ms: monotonicMs() - started, exit, ...(next !== undefined && { next }) });
  return exit;
}

/** What to type when the cause is mended. Only what cannot hold a secret is said again. */
function nextCommand({ playbooks, inventories, limit, mode, extraVars, vaultIds }: RunOptions): string {
  const words = [
    'qplay',
    mode,
    ...playbooks.map(shortPath),
    ...inventories.flatMap((one) => ['-i', shortPath(one)]),
    ...(limit === undefined ? [] : ['-l', limit]),
    ...vaultIds.flatMap((one) => ['--vault-id', one]),
    ...(extraVars.length > 0 ? ['-e ...'] : []),
  ];
  return words.join(' ');
}

/** Tasks times hosts, as far as it is known before the run: what includes bring is not. */
function stepsOf(state: RunState, plays: readonly ReadyPlay[]): number {
  const { tags, skipTags } = state.options;
  const chosen = ({ play, layers }: ReadyPlay): number =>
    tasksOf([...play.preTasks, ...play.roles, ...play.tasks, ...play.postTasks]).filter((task) =>
      selects(tagsOf(task.context.tags, { run: state, layers }), tags, skipTags),
    ).length;
  return plays.reduce((sum, ready) => sum + chosen(ready) * hostsOf(state, ready).length, 0);
}

const hostsOf = (state: RunState, ready: ReadyPlay): readonly string[] => state.inventory.select(pattern(state, ready));

function pattern(state: RunState, { play, layers }: ReadyPlay): string {
  const value = state.templar.slot(play.hosts, playScope(state, layers), state.lookups);
  return Array.isArray(value) ? value.map(String).join(',') : String(value ?? '');
}

const NO_TARGET = 'Specified inventory, host pattern and/or --limit leaves us with no hosts to target.';

/** A `--limit` that leaves nothing to do is a mistake, not a success. */
function checkLimit(state: RunState, plays: readonly ReadyPlay[]): void {
  const { limit, limitMayMiss } = state.options;
  if (limit === undefined || (limitMayMiss === true && state.inventory.select('all').length > 0) || plays.some((ready) => hostsOf(state, ready).length > 0))
    return;
  const diagnostic: Partial<Diagnostic> = { says: NO_TARGET, hint: '`qplay inventory --graph` shows hosts and groups' };
  throw inputError('limit', `--limit "${limit}" leaves no host of these plays`, diagnostic);
}

function exitOf({ tally, options, verdict }: RunState): number {
  if (options.signal.aborted) return EXIT.interrupted;
  if (verdict === 'failed') return EXIT.failed;
  if (verdict === 'unreachable') return EXIT.unreachable;
  return options.mode === 'plan' && (tally.some('wouldChange') || tally.some('unknown')) ? EXIT.changesWait : EXIT.done;
}

const runId = (): string => `${new Date().toISOString().replace(/[-:T]/g, '').slice(0, 14)}-${Math.random().toString(16).slice(2, 6)}`;
