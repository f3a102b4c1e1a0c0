import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { home, inLab, lab } from './bash.ts';

let place: ReturnType<typeof home>;
beforeEach(() => {
  place = home();
});
afterEach(() => place[Symbol.dispose]());

describe('lab/lab, told something it cannot do', () => {
  const refused: readonly [string, readonly string[], Record<string, string>, string, string][] = [
    ['an unknown command', ['upp'], {}, 'lab: there is no command named upp', 'lab/lab help lists them'],
    ['an unknown host', ['up', 'db01', 'quay'], {}, 'lab: the lab knows no host named quay', 'box01 to box09 on request'.slice(0, 14)],
    ['a bad instance name', ['status'], { QLAB: 'My Lab' }, 'lab: QLAB=My Lab is not a usable instance name', 'QLAB=mods'],
    ['the name of the shared build', ['down', '--wipe'], { QLAB: 'base' }, 'lab: QLAB=base is not a usable instance name', 'QLAB=mods'],
    ['a host that is not there', ['ssh', 'db01'], {}, 'lab: db01 is not part of lab unit', 'lab/lab up db01'],
    ['no host', ['cut'], {}, 'lab: which host?', 'name one or more'],
    ['an instance that is not there', ['status'], {}, 'lab: there is no lab named unit', 'lab/lab up'],
    ['a control node that is not there', ['ctl', 'true'], {}, 'lab: lab unit is not up', 'lab/lab up'],
  ];
  it.each(refused)('refuses %s with a sentence and the way out', (_what, words, env, sentence, hint) => {
    const said = lab(words, { home: place.path, env });
    expect(said.err.split('\n')[0]).toBe(sentence);
    expect(said.err).toContain(hint);
    expect(said.code).toBe(3);
    expect(existsSync(`${place.path}/unit`)).toBe(false);
  });

  it('tells every finding about the machine at once, and touches nothing', () => {
    const said = inLab('id() { echo 1000; }; uname() { [ "$1" = -m ] && echo riscv64 || echo Linux; }; check_machine', { home: `${place.path}/new` });
    expect(said.code).toBe(3);
    expect(said.err).toContain('nothing has been touched');
    expect(said.err).toMatch(/→ the lab needs root/);
    expect(said.err).toMatch(/→ the lab's images are built for x86_64; this is riscv64/);
    expect(existsSync(`${place.path}/new`)).toBe(false);
  });
});

describe('an instance', () => {
  it('gives each host the address its name tells', () => {
    const said = inLab('for h in db01 quay03 ceph02 box09; do host_ip $h; done; host_octet db10 || echo none', { home: place.path });
    expect(said.out.split('\n')).toEqual(['10.77.0.11', '10.77.0.23', '10.77.0.32', '10.77.0.49', 'none', '']);
  });

  it('prints an inventory of the hosts that are there', () => {
    for (const host of ['quay02', 'quay01', 'box03']) mkdirSync(`${place.path}/unit/h/${host}`, { recursive: true });
    const { all } = load(lab(['inventory'], { home: place.path }).out) as { all: { vars: object; children: object } };
    expect(all.vars).toEqual({
      ansible_user: 'qadmin',
      ansible_ssh_private_key_file: `${place.path}/unit/id_lab`,
      ansible_ssh_common_args: `-o UserKnownHostsFile=${place.path}/unit/known_hosts`,
    });
    expect(all.children).toEqual({
      quay: { hosts: { quay01: { ansible_host: '10.77.0.21' }, quay02: { ansible_host: '10.77.0.22' } } },
      box: { hosts: { box03: { ansible_host: '10.77.0.43' } } },
    });
  });

  it('writes known_hosts under name, long name and address', () => {
    mkdirSync(`${place.path}/unit/h/db01`, { recursive: true });
    mkdirSync(`${place.path}/base/keys/hosts`, { recursive: true });
    writeFileSync(`${place.path}/base/keys/hosts/db01.pub`, 'ssh-ed25519 AAAAkey db01\n');
    const said = inLab('write_known_hosts; cat $STATE/known_hosts', { home: place.path });
    expect(said.out).toBe('db01,db01.lab,10.77.0.11 ssh-ed25519 AAAAkey\n');
  });

  it('prints its environment as shell', () => {
    const said = inLab('eval "$(print_env)"; echo "$QLAB_DIR $QLAB_KEY $QLAB_CTL"', { home: place.path });
    expect(said.out).toBe(`${place.path}/unit ${place.path}/unit/id_lab unit-ctl\n`);
  });

  it('names all hosts to each host', () => {
    const { out } = inLab('hosts_file box07', { home: place.path });
    expect(out).toContain('10.77.0.47 box07.lab box07\n');
    expect(out).toContain('10.77.0.11 quay.lab quay.example.com\n');
    expect(out.match(/^10\.77\.0\.\d+ (?:db|quay|ceph|box)0/gm)).toHaveLength(12);
  });
});
