import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { connect } from '../../engine/connect/index.ts';
import { checkArguments } from '../../engine/module/args.ts';
import { runModule } from '../../engine/module/run.ts';
import { type Dict, fromPlain } from '../../engine/value.ts';
import { controller } from '../modules/harness.ts';
import example from './example-module.ts';

const folder = mkdtempSync(join(tmpdir(), 'qplay-example-'));
const connection = connect({ kind: 'local', name: 'localhost', host: 'localhost', hostKeyChecking: 'strict', timeout: 10 });

afterAll(async () => {
  await connection.close();
  rmSync(folder, { recursive: true });
});

it('obeys the four-run law', async () => {
  const path = join(folder, 'issue');
  const text = "Authorised users' $(hosts) only";
  const { args, diagnostics } = checkArguments(fromPlain({ text, path }) as Dict, example, {});
  expect(diagnostics).toEqual([]);
  const run = async (check: boolean): Promise<string> => {
    const signal = new AbortController().signal;
    return (await runModule({ module: example, args, connection, controller: controller(folder, { check }), check, signal })).status;
  };
  expect(await run(true)).toBe('would-change');
  expect(await run(false)).toBe('changed');
  expect(readFileSync(path, 'utf8')).toBe(`${text}\n`);
  expect(await run(false)).toBe('ok');
  expect(await run(true)).toBe('ok');
});
