import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from './support/lab.ts';

const present = spawnSync('tmux', ['-V']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'qplay-terminal-'));
const SOCKET = `qplay-${process.pid}`;
const tmux = (...words: readonly string[]): string => execFileSync('tmux', ['-L', SOCKET, '-f', '/dev/null', ...words], { encoding: 'utf8' });
afterAll(() => {
  spawnSync('tmux', ['-L', SOCKET, 'kill-server']);
  rmSync(folder, { recursive: true, force: true });
});

const PLAY = `
- name: A small play
  hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: Write a file
      copy: {content: x, dest: "{{ playbook_dir }}/made"}
    - name: Take a while
      shell: for i in 1 2 3 4 5 6; do echo "line $i of the slow one"; sleep 0.5; done
    - name: Fail
      command: cat /no/such/file
`;

/** Starts qplay in a terminal of its own. */
function open(width: number): void {
  writeFileSync(join(folder, 'play.yaml'), PLAY);
  tmux('new-session', '-d', '-s', 'q', '-x', String(width), '-y', '40', 'sh');
  tmux(
    'send-keys',
    '-t',
    'q',
    `cd ${folder} && env -u CI HOME=${folder} ${process.execPath} ${join(ROOT, 'dist/engine/cli/main.js')} run play.yaml; echo "ended with $?"`,
    'Enter',
  );
}

const screen = (): string => tmux('capture-pane', '-p', '-S', '-200', '-t', 'q');

describe.skipIf(!present)(`on a terminal${present ? '' : ' (tmux is not installed)'}`, () => {
  it('shows what runs and its output while it runs, and at the end what failed and what to do', async () => {
    open(100);
    await expect.poll(screen, { timeout: 30_000, interval: 50 }).toMatch(/Take a while[\s\S]*line [2-5] of the slow one/);
    await expect.poll(screen, { timeout: 30_000, interval: 200 }).toContain('ended with 1');
    const end = screen();
    expect(end).toMatch(/Write a file/);
    expect(end).toMatch(/✗ localhost │ Fail\n/);
    expect(end).toContain('No such file or directory');
    expect(end).toContain('play.yaml:11:7');
    expect(end).toMatch(/Next: qplay run play\.yaml/);
    // no remains of the live part
    expect(end.match(/ended with 1/g)).toHaveLength(1);
    expect(end).not.toContain('line 6 of the slow one');
  });
});
