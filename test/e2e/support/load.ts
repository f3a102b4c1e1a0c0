import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { address, ended, NAME, SECRETS, start } from './lab.ts';

export interface Load {
  readonly pulls: number;
  readonly pushes: number;
  /** When each large layer was on its way, as milliseconds. */
  readonly long: readonly { readonly from: number; readonly to: number }[];
  readonly failed: readonly string[];
}

const LOAD = fileURLToPath(new URL('load.mjs', import.meta.url));

/** Pulls and pushes through the balancer while something else is done, `long` large layers at a time among them. */
export async function underLoad(action: () => Promise<unknown>, long = 0): Promise<Load> {
  const password = join(SECRETS, 'quay_admin_password');
  const child = start(['lab/lab', 'ctl', process.execPath, LOAD, address('db01'), NAME, join(SECRETS, 'tls/ca.crt'), 'quayadmin', password, String(long)]);
  const done = ended(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('close', () => reject(new Error('the load ended before it began')));
  });
  await action().finally(() => child.kill('SIGTERM'));
  const { out, err } = await done;
  const line = out.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) throw new Error(`the load said: ${out}${err}`);
  return JSON.parse(line) as Load;
}
