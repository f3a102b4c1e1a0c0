import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noSshd, type Sshd, startSshd } from '../connect/sshd.ts';
import { player } from '../rig.ts';

describe.skipIf(noSshd !== undefined)(`jobs of a host over ssh${noSshd === undefined ? '' : ` (skipped: ${noSshd})`}`, () => {
  const play = player();
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd?.close());

  test('a job outlives its connection, and is waited for over the next one', async () => {
    const mark = join(sshd.folder, 'mark');
    const hosts = `far ansible_host=127.0.0.1 ansible_port=${sshd.port} ansible_user=${sshd.free} ansible_private_key_file=${sshd.key} ansible_ssh_common_args='-o UserKnownHostsFile=${sshd.knownHosts}'\n`;
    const running = play({
      hosts,
      'play.yaml': `- hosts: far
  gather_facts: false
  tasks:
    - name: long
      shell: 'while [ ! -e ${mark} ]; do sleep 0.05; done; id -un; echo here'
      async: 60
      poll: 1
      become: true
`,
    });
    await sleep(1500);
    sshd.dropConnections();
    expect(existsSync(mark)).toBe(false);
    writeFileSync(mark, '');
    expect((await running).outcome('long', 'far')).toMatchObject({ status: 'changed', result: { rc: 0, stdout: 'root\nhere', finished: 1 } });
  });
});
