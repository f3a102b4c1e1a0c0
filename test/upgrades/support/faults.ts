import { expect } from 'vitest';
import { untilHealthy } from '../../e2e/support/health.ts';
import { lab, onHost, onHosts, QUAY } from '../../e2e/support/lab.ts';
import { type Told, watch } from '../../e2e/support/qplay.ts';
import { INVENTORY, lost, type Pushed, psql, releases, revision } from '../../e2e/support/upgrade.ts';

/** A release and the schema that it ends at; null before 3.2, whose heads are not public. */
export interface Version {
  readonly release: string;
  readonly head: string | null;
}

export const all = (release: string): string[] => QUAY.map(() => release);
export const said = (told: Told): string => told.failures.join('\n');
export const record = async (): Promise<{ step: string }> => JSON.parse(await onHost('db01', 'cat /var/lib/qplay/upgrade.json')) as { step: string };

/** The way back, with its question answered. */
export const BACK = ['run', 'upgrade-back', '-i', INVENTORY, '-e', 'upgrade_back=true'] as const;

/** The registry is wholly of one release, serves, starts at boot, and has every image. */
export async function whole({ release, head }: Version, images: readonly Pushed[]): Promise<void> {
  await untilHealthy(60);
  expect(await releases()).toEqual(all(release));
  if (head !== null) expect(await revision()).toBe(head);
  expect(await psql('select revision from standin_migration group by revision having count(*) <> 1')).toBe('');
  expect(await onHosts(QUAY, 'systemctl is-enabled quay')).toEqual(Object.fromEntries(QUAY.map((node) => [node, 'enabled\n'])));
  expect(await lost(images)).toEqual([]);
}

/** Runs qplay, and does something at the beginning of each of these tasks, once. */
export async function atTasks(words: readonly string[], actions: Readonly<Record<string, () => Promise<unknown>>>): Promise<Told> {
  const done = new Map<string, Promise<unknown>>();
  const told = await watch(words, (event) => {
    if (event.type !== 'task.start') return;
    const { name } = event.task;
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action !== undefined && !done.has(name)) done.set(name, action());
  }).done;
  const missing = Object.keys(actions).filter((name) => !done.has(name));
  if (missing.length > 0) throw new Error(`never began: ${missing.join(', ')}\n${said(told)}`);
  await Promise.all(done.values());
  return told;
}

/** Kills qplay at the beginning of a task. */
export async function killed(task: string, words: readonly string[]): Promise<void> {
  const { child, done } = watch(words, (event) => {
    if (event.type === 'task.start' && event.task.name === task) child.kill('SIGKILL');
  });
  expect([task, (await done).code]).toEqual([task, 137]);
}

/** Takes a host's power at the beginning of a task and gives it back when the run has ended, which must have failed. */
export async function withoutPower(host: string, task: string, words: readonly string[]): Promise<Told> {
  const told = await atTasks(words, { [task]: () => lab('power-cut', host) }).finally(() => lab('power-on', host));
  expect(told.code).not.toBe(0);
  return told;
}
