import { describe, expect, it } from 'vitest';
import { registry } from '../../engine/cli/registry.ts';
import { isElsewhere } from '../../modules/elsewhere.ts';
import { moduleNames } from '../../modules/index.ts';
import { player } from '../rig.ts';

const play = player();

const PLAY = (task: string): string => `- hosts: localhost\n  gather_facts: false\n  tasks:\n    - ${task}\n    - debug: {msg: after}\n`;

describe('modules that qplay lacks', () => {
  it('are told from typing errors', () => {
    for (const name of ['zypper', 'community.general.zypper', 'pacman', 'cisco.ios.ios_config', 'my.own.thing'])
      expect([name, isElsewhere(name)]).toEqual([name, true]);
    for (const name of ['zyper', 'ansible.posix.firewald', 'community.general.nosuch', 'qplay.quay.nosuch', 'a b.c.d'])
      expect([name, isElsewhere(name)]).toEqual([name, false]);
  });

  it('never hide one that is there', () => {
    for (const name of moduleNames()) expect([name, registry.isElsewhere?.(name)]).toEqual([name, false]);
  });

  it('do no harm in a task that is skipped, and are told before the run', async () => {
    const ran = await play({ 'play.yaml': PLAY('{community.general.zypper: {name: x}, when: false}') });
    expect(ran.exit).toBe(0);
    expect(ran.said).toEqual(['after']);
    expect(ran.text).toContain('qplay does not have the module community.general.zypper');
    expect(ran.text).toContain('play.yaml:4:8');
  });

  it('fail the task that runs', async () => {
    const ran = await play({ 'play.yaml': PLAY('{pacman: {name: x}}') });
    expect(ran.exit).toBe(1);
    expect(ran.said).toEqual([]);
    expect(ran.text).toContain('qplay does not have the module pacman');
  });
});
