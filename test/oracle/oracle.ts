import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Folder of the environment that ansible-core 2.18 lives in, or why it cannot be had. Found once a process. */
export type Oracle = { readonly home: string } | { readonly lacking: string };

let found: Oracle | undefined;

/** The judge of the language; test/run.sh has installed it before, else this does. Takes some ten seconds the first time. */
export function oracle(): Oracle {
  if (found !== undefined) return found;
  const { status, stdout, stderr } = spawnSync('bash', [join(import.meta.dirname, 'install.sh')], { encoding: 'utf8' });
  if (status !== 0 && status !== 77) throw new Error(`test/oracle/install.sh: exit ${status}: ${stderr}`);
  found = status === 0 ? { home: stdout.trim() } : { lacking: stderr.trim() || 'no oracle' };
  return found;
}

/** Path of one of its programs: `ansible-playbook`, `python`. Throws where there is no oracle. */
export function program(name: string): string {
  const it = oracle();
  if ('lacking' in it) throw new Error(it.lacking);
  return join(it.home, 'bin', name);
}
