import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences, fingerprint } from './support/fingerprint.ts';
import { address, type Ended, INSTALL, INVENTORY, LAB_DIR, onHost } from './support/lab.ts';
import { changes, qplay, tell } from './support/qplay.ts';

const HOST = 'quay01';
const folder = mkdtempSync(join(tmpdir(), 'qplay-e2e-'));
const known = join(LAB_DIR, 'known_hosts');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inventory = (vars: Readonly<Record<string, string | number>> = {}): string =>
  JSON.stringify({
    all: {
      hosts: {
        [HOST]: {
          ansible_host: address(HOST),
          ansible_user: 'qadmin',
          ansible_ssh_private_key_file: join(LAB_DIR, 'id_lab'),
          ansible_ssh_common_args: `-o UserKnownHostsFile=${known}`,
          ...vars,
        },
      },
    },
  });

const TOUCH = '- hosts: all\n  gather_facts: false\n  tasks:\n    - name: Write\n      copy: {content: new, dest: /etc/qplay-e2e}\n      become: true\n';

/** Runs a play on the host with files of its own; the failure as it is shown at the end, without times and this test's folder. */
async function play(text: string, hosts: string, ...words: readonly string[]): Promise<Ended & { readonly shown: string }> {
  writeFileSync(join(folder, 'play.yaml'), text);
  writeFileSync(join(folder, 'hosts.yaml'), hosts);
  const end = await qplay('run', join(folder, 'play.yaml'), '-i', join(folder, 'hosts.yaml'), '-o', 'plain', ...words);
  const digest = /^✗ \S+ │[\s\S]*?(?=\n\n {2}\S+ +\d)/m.exec(end.out)?.[0] ?? end.out;
  return { ...end, shown: (end.err + digest).replaceAll(`${folder}/`, '').trimEnd() };
}

const untouched = async (): Promise<void> => expect(await onHost(HOST, 'ls /etc/qplay-e2e* 2>/dev/null; true')).toBe('');

describe('a host that cannot be worked on', () => {
  it('does not answer', async () => {
    const ran = await play(TOUCH, inventory({ ansible_host: '10.77.0.99' }), '-T', '4');
    expect(ran.shown).toBe(`✗ quay01 │ Write
  error[no-route]: there is no route to 10.77.0.99 port 22
    ┌─ play.yaml:4:7
  3 │   tasks:
  4 │     - name: Write
    │       ^
    │ connect EHOSTUNREACH 10.77.0.99:22
    = hint: Is the host up, is its address right (\`ansible_host\`), and does its firewall let ssh through?`);
    expect(ran.code).toBe(4);
  });

  it('lets nobody through its firewall to that port', async () => {
    const ran = await play(TOUCH, inventory({ ansible_port: 2299 }), '-T', '4');
    expect(ran.shown).toBe(`✗ quay01 │ Write
  error[no-route]: there is no route to 10.77.0.21 port 2299
    ┌─ play.yaml:4:7
  3 │   tasks:
  4 │     - name: Write
    │       ^
    │ connect EHOSTUNREACH 10.77.0.21:2299
    = hint: Is the host up, is its address right (\`ansible_host\`), and does its firewall let ssh through?`);
    expect(ran.code).toBe(4);
  });

  it('has a name that nobody knows', async () => {
    const ran = await play(TOUCH, inventory({ ansible_host: 'quay99.lab' }), '-T', '4');
    expect(ran.shown).toBe(`✗ quay01 │ Write
  error[dns]: the name quay99.lab cannot be resolved
    ┌─ play.yaml:4:7
  3 │   tasks:
  4 │     - name: Write
    │       ^
    │ getaddrinfo EAI_AGAIN quay99.lab
    = hint: Give the address in the inventory as \`ansible_host\`, or add the name to DNS or /etc/hosts`);
    expect(ran.code).toBe(4);
  });

  it('refuses the password of the login', async () => {
    const ran = await play(TOUCH, inventory({ ansible_user: 'qpass', ansible_ssh_private_key_file: '', ansible_password: 'not-it-at-all' }));
    expect(ran.shown).toBe(`✗ quay01 │ Write
  error[auth]: 10.77.0.21 refused the login of qpass
    ┌─ play.yaml:4:7
  3 │   tasks:
  4 │     - name: Write
    │       ^
    │ tried: password
    │ the server takes: publickey, password
    = hint: Check \`ansible_password\` (or type it with \`-k\`) and \`ansible_user\`; the server may also forbid this user to log in by password`);
    expect(ran.code).toBe(4);
    expect(ran.out + ran.err).not.toContain('not-it-at-all');
  });

  it('refuses the password of sudo', async () => {
    const ran = await play(
      TOUCH,
      inventory({ ansible_user: 'qpass', ansible_ssh_private_key_file: '', ansible_password: 'qpass-secret', ansible_become_password: 'not-it-at-all' }),
    );
    expect(ran.shown).toBe(`✗ quay01 │ Write
  error[become-password]: wrong sudo password for becoming root
    ┌─ play.yaml:4:7
  3 │   tasks:
  4 │     - name: Write
    │       ^
    = hint: Check \`ansible_become_password\`, or type it with \`-K\``);
    expect(ran.code).toBe(1);
    expect(ran.out + ran.err).not.toContain('not-it-at-all');
    await untouched();
  });

  it('wants a password for sudo and got none', async () => {
    const ran = await play(TOUCH, inventory({ ansible_user: 'qpass', ansible_ssh_private_key_file: '', ansible_password: 'qpass-secret' }));
    expect(ran.shown).toBe(`✗ quay01 │ Write
  error[become]: sudo to root needs a password, and none is given
    ┌─ play.yaml:4:7
  3 │   tasks:
  4 │     - name: Write
    │       ^
    │ sudo: a password is required
    = hint: Ask for it with \`-K\` (\`--ask-become-pass\`), or set \`ansible_become_password\` in a vault file`);
    expect(ran.code).toBe(1);
    await untouched();
  });

  it('shows another host key than before', async () => {
    const file = join(folder, 'known_hosts');
    const other = execFileSync('sh', [
      '-c',
      `ssh-keygen -q -t ed25519 -N '' -f ${join(folder, 'other')} && cut -d' ' -f1,2 ${join(folder, 'other.pub')}`,
    ]).toString();
    writeFileSync(file, `${address(HOST)} ${other}`);
    const ran = await play(TOUCH, inventory({ ansible_ssh_common_args: `-o UserKnownHostsFile=${file}` }));
    expect(ran.shown.replaceAll(/SHA256:\S{43}/g, 'SHA256:...').replace(other.trim(), 'ssh-ed25519 ...')).toBe(`✗ quay01 │ Write
  error[host-key]: the host key of 10.77.0.21 is not the one that is known: it showed ssh-ed25519 SHA256:...
    ┌─ known_hosts:1:1
  1 │ 10.77.0.21 ssh-ed25519 ...
    │ ^
    │ known_hosts:1 has ssh-ed25519 SHA256:...
    = hint: Someone may be listening in, or the host was installed anew. If you know that it was, remove the old key: ssh-keygen -R '10.77.0.21' -f known_hosts`);
    expect(ran.code).toBe(4);
    await untouched();
  });
});

describe('a vault', () => {
  beforeAll(async () => {
    writeFileSync(join(folder, 'right'), 'right\n');
    writeFileSync(join(folder, 'wrong'), 'wrong\n');
    writeFileSync(join(folder, 'secret.yaml'), 'motto: under-the-vault\n');
    await qplay('vault', 'encrypt', '--vault-password-file', join(folder, 'right'), join(folder, 'secret.yaml'));
  });
  const reads = TOUCH.replace('  tasks:', '  vars_files: [secret.yaml]\n  tasks:').replace('content: new', 'content: "{{ motto }}"');

  it('does not open with another password', async () => {
    expect(readFileSync(join(folder, 'secret.yaml'), 'utf8')).toMatch(/^\$ANSIBLE_VAULT;1\.1;AES256\n/);
    const ran = await play(reads, inventory(), '--vault-password-file', join(folder, 'wrong'));
    expect(ran.shown).toBe(`error[vault-password]: secret.yaml cannot be decrypted: no vault password that was given fits.
  ┌─ secret.yaml:1:1
1 │ $ANSIBLE_VAULT;1.1;AES256
  │ ^
  │ It asks for the vault id "default"; tried: default.
  = hint: Give the right password with --vault-id default@FILE, or --vault-id default@prompt.
No host was contacted.`);
    expect(ran.code).toBe(3);
    await untouched();
  });

  it('does not open without one', async () => {
    const ran = await play(reads, inventory());
    expect(ran.shown).toBe(`error[vault-no-secret]: secret.yaml is encrypted, and no vault password was given.
  ┌─ secret.yaml:1:1
1 │ $ANSIBLE_VAULT;1.1;AES256
  │ ^
  = hint: Give it with --vault-password-file FILE or --ask-vault-pass.
No host was contacted.`);
    expect(ran.code).toBe(3);
  });
});

describe('a full disk', () => {
  const LIVE = 'the live file\n';
  beforeAll(async () => {
    await onHost(
      HOST,
      `mkdir -p /mnt/e2e-full && mount -t tmpfs -o size=64k e2e /mnt/e2e-full && printf '${LIVE}' >/mnt/e2e-full/live && chmod 640 /mnt/e2e-full/live`,
    );
    writeFileSync(join(folder, 'big'), 'x'.repeat(1_000_000));
    writeFileSync(join(folder, 'big.j2'), '{{ inventory_hostname }}\n'.repeat(10_000));
  });
  afterAll(() => onHost(HOST, 'umount /mnt/e2e-full && rmdir /mnt/e2e-full'));

  const cases: readonly (readonly [string, string])[] = [
    ['copy', 'copy: {src: big, dest: /mnt/e2e-full/live}'],
    ['template', 'template: {src: big.j2, dest: /mnt/e2e-full/live}'],
    ['blockinfile', `blockinfile: {path: /mnt/e2e-full/live, block: "{{ 'x' * 100000 }}"}`],
  ];
  it.each(cases)('leaves the live file as it was: %s', async (module, task) => {
    const ran = await play(`- hosts: all\n  gather_facts: false\n  become: true\n  tasks:\n    - name: Write\n      ${task}\n`, inventory());
    expect(ran.shown).toBe(`✗ quay01 │ Write
  error[apply]: ${module} could not bring the host there: exit status 1
    ┌─ play.yaml:5:7
  4 │   tasks:
  5 │     - name: Write
    │       ^
    │ cat: write error: No space left on device
    = hint: A disk of the host is full: \`df -h\` and \`df -i\` there show which`);
    expect(ran.code).toBe(1);
    expect(await onHost(HOST, 'cd /mnt/e2e-full; ls -A; cat live; stat -c %a live')).toBe(`live\n${LIVE}640\n`);
  });
});

describe('the registry of the images', () => {
  const WRONG = 'not-it-at-all';

  it('refuses the login: told for every host before anything is changed', async () => {
    const before = await fingerprint();
    const ran = await tell('run', INSTALL, '-i', INVENTORY, '-e', `registry_password=${WRONG}`);
    const [said, ...more] = ran.failures;
    expect(more).toEqual([]);
    expect(
      said,
    ).toBe(`db01 preflight : Stop before anything is changed when something is not as it must be: The installation cannot begin, and nothing has been changed:
- db01: registry.redhat.io refuses the login of labuser for rhel8/postgresql-13
- quay01: registry.redhat.io refuses the login of labuser for quay/quay-rhel8
- quay01: registry.redhat.io refuses the login of labuser for rhel8/redis-6
- quay02: registry.redhat.io refuses the login of labuser for quay/quay-rhel8
- quay02: registry.redhat.io refuses the login of labuser for rhel8/redis-6
- quay03: registry.redhat.io refuses the login of labuser for quay/quay-rhel8
- quay03: registry.redhat.io refuses the login of labuser for rhel8/redis-6`);
    expect(ran.code).toBe(1);
    expect(changes(ran)).toEqual([]);
    expect(ran.out).not.toContain(WRONG);
    expect(differences(before, await fingerprint())).toEqual([]);
  });

  it('refuses podman', async () => {
    const task = `podman_login: {registry: registry.redhat.io, username: labuser, password: ${WRONG}, authfile: /run/e2e-refused.json}`;
    const ran = await play(`- hosts: all\n  gather_facts: false\n  become: true\n  tasks:\n    - name: Log in\n      ${task}\n`, inventory());
    expect(ran.shown).toBe(`✗ quay01 │ Log in
  error[apply]: podman_login could not bring the host there: exit status 125
    ┌─ play.yaml:5:7
  4 │   tasks:
  5 │     - name: Log in
    │       ^
    │ Error: logging into "registry.redhat.io": invalid username/password`);
    expect(ran.code).toBe(1);
    expect(await onHost(HOST, 'ls /run/e2e-refused.json 2>/dev/null; true')).toBe('');
  });
});
