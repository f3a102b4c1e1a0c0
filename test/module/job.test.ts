import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { sh } from '../../engine/module/contract.ts';
import { eraseScript, type JobSays, jobSays, jobSeen, lookScript, startScript } from '../../engine/module/job.ts';

const folder = mkdtempSync(join(tmpdir(), 'qplay-job-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The shell under test stands in for /bin/sh everywhere, the supervisor's too. */
function runner(shell: string): (script: string) => string {
  const program = join(folder, shell.replace(' ', '-'));
  writeFileSync(program, `#!/bin/sh\nexec ${shell} "$@"\n`);
  chmodSync(program, 0o755);
  return (script) => execFileSync(program, ['-c', script.replaceAll('/bin/sh', program)], { encoding: 'utf8' });
}

describe.each(['dash', 'bash', 'busybox sh'])('%s', (shell) => {
  const run = runner(shell);
  const place = (jid: string, limit: number) => ({ jid, dir: join(folder, `jobs of ${shell}`), limit });
  const over = async (jid: string): Promise<JobSays> => {
    for (let i = 0; i < 200; i++) {
      const { text } = jobSeen(run(lookScript(place(jid, 0))));
      const says = jobSays(text ?? '');
      if (says !== 'running') return says;
      await sleep(50);
    }
    throw new Error('the job has no end');
  };

  test('a job runs by itself, and says how it ended', async () => {
    const script = sh`printf '%s\n' "$WORD" ${"it's"}; printf 'no\\377' >&2; exit 3`;
    const path = run(startScript(place('j1', 30), "export WORD='a b'\n", script, { cmd: 'x"y' })).trim();
    expect(path).toBe(join(folder, `jobs of ${shell}`, 'j1'));
    const says = await over('j1');
    expect(says).toMatchObject({ known: { cmd: 'x"y' }, end: { code: 3 } });
    const { end } = says as { end: { out: Buffer; err: Buffer } };
    expect([end.out.toString('latin1'), end.err.toString('latin1')]).toEqual(["a b\nit's\n", 'no\xff']);
    expect(says).not.toHaveProperty('end.killed');
    run(eraseScript(place('j1', 0)));
    expect(jobSeen(run(lookScript(place('j1', 0)))).text).toBeUndefined();
  });

  test('its time runs out for all of its processes', async () => {
    run(startScript(place('j2', 1), '', sh`(sleep 60; echo late) & sleep 60; echo never`, {}));
    const says = (await over('j2')) as { end: { out: Buffer; killed?: number } };
    expect([says.end.out.length, typeof says.end.killed]).toEqual([0, 'number']);
  });
});
