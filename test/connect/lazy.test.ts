import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { connect } from '../../engine/connect/index.ts';

const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter((path) => /node_modules\/ssh2\//.test(path)).length;
const options = { name: 'h1', host: '127.0.0.1', port: 1, hostKeyChecking: 'strict', timeout: 5, configFile: 'none' } as const;

test('nothing of ssh is loaded before the first ssh connection is made', async () => {
  connect({ kind: 'ssh', ...options });
  const local = connect({ kind: 'local', ...options });
  expect((await (await local.shell()).run('echo hi')).stdout.toString()).toBe('hi\n');
  await local.close();
  expect(loaded()).toBe(0);
  await connect({ kind: 'ssh', ...options })
    .shell()
    .catch(() => {});
  expect(loaded()).toBeGreaterThan(0);
});
