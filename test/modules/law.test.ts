import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../engine/connect/connection.ts';
import { checkArguments } from '../../engine/module/args.ts';
import type { AnyModule, Example } from '../../engine/module/contract.ts';
import { type ModuleOutcome, runModule } from '../../engine/module/run.ts';
import { type Dict, fromPlain } from '../../engine/value.ts';
import { modules } from '../../modules/index.ts';
import { asRoot, connectTo, control, missing, ROOT } from './law/box.ts';
import { hostFor, ready } from './law/needs.ts';
import { difference, snapshot } from './law/snapshot.ts';

/**
 * The four-run law: every documented example of every module that manages state is run four times on a real host. A check says
 * that it would change and leaves the host alone; applying changes and proves; applying again is ok; checking again is ok. It
 * runs inside the lab: `QLAB=mods lab/lab up box01 && QLAB=mods lab/lab ctl npx vitest run --project law`.
 */
const why = missing();
const all: readonly AnyModule[] = why === undefined ? await Promise.all(Object.values(modules).map(async (load) => (await load()).default)) : [];
const connections = new Map<string, Connection>();

const connectionTo = (host: string): Connection => {
  const known = connections.get(host) ?? connectTo(host);
  connections.set(host, known);
  return known;
};

interface Run {
  readonly outcome: ModuleOutcome;
  /** Scripts that were sent. */
  readonly trips: number;
}

async function run(module: AnyModule, example: Example, host: string, check: boolean): Promise<Run> {
  const connection = connectionTo(host);
  const { args, diagnostics } = checkArguments(fromPlain(example.args) as Dict, module, {});
  expect(diagnostics).toEqual([]);
  const before = connection.stats.trips;
  const outcome = await runModule({
    module,
    args,
    connection,
    become: ROOT,
    controller: control(host, check),
    check,
    signal: new AbortController().signal,
    timeout: 300,
  });
  return { outcome, trips: connection.stats.trips - before };
}

/** Of an outcome, what a test compares; a failure tells its story. */
const status = ({ outcome }: Run): string =>
  outcome.status === 'failed' || outcome.status === 'unreachable'
    ? `${outcome.status}: ${outcome.error.message} ${outcome.error.cause ?? ''}`
    : 'why' in outcome
      ? `${outcome.status}: ${outcome.why}`
      : outcome.status;

async function obey(module: AnyModule, example: Example, host: string): Promise<void> {
  const connection = connectionTo(host);
  if (example.given !== undefined) await asRoot(connection, example.given);
  const needs = example.needs ?? [];
  const before = await snapshot(connection, needs);
  const first = await run(module, example, host, true);
  expect(status(first)).toBe('would-change');
  expect(difference(before, await snapshot(connection, needs)).join('\n')).toBe('');

  const second = await run(module, example, host, false);
  expect(status(second)).toBe('changed');
  expect(second.outcome).toMatchObject({ proven: true });
  const third = await run(module, example, host, false);
  expect(status(third)).toBe('ok');
  const fourth = await run(module, example, host, true);
  expect(status(fourth)).toBe('ok');

  if (module.kind !== 'state') return;
  const told = (one: Run) => 'diff' in one.outcome && one.outcome.diff;
  expect(told(second)).toEqual(told(first));
  expect([first, second, third, fourth].map((one) => one.trips)).toEqual([1, 2, 1, 1]);
}

describe.skipIf(why !== undefined)(`the four-run law${why === undefined ? '' : ` (${why})`}`, () => {
  beforeAll(async () => void (await asRoot(connectionTo(hostFor([])), 'true')));
  afterAll(async () => {
    for (const connection of connections.values()) await connection.close();
  });

  it('is about modules', () => expect(all.length).toBeGreaterThan(50));

  for (const module of all.filter(({ kind }) => kind !== 'action')) {
    describe(module.name, () => {
      for (const example of module.examples) {
        it(example.title, async (context) => {
          if (example.untested !== undefined) return context.skip(example.untested);
          const needs = example.needs ?? [];
          const host = hostFor(needs);
          const lacking = await ready(connectionTo(host), host, needs);
          if (lacking !== undefined) return context.skip(lacking);
          if (module.kind !== 'read') return obey(module, example, host);
          if (example.given !== undefined) await asRoot(connectionTo(host), example.given);
          const read = await run(module, example, host, true);
          expect([status(read), read.trips]).toEqual(['ok', 1]);
        });
      }
    });
  }
});
