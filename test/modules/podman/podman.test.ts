import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Observed } from '../../../engine/module/contract.ts';
import { type Args, create, options, specOf, words } from '../../../modules/podman/container-create.ts';
import { createArguments } from '../../../modules/podman/container-options.ts';
import { authFile, reference, registryOf } from '../../../modules/podman/lib.ts';
import image from '../../../modules/podman/podman_image.ts';
import login from '../../../modules/podman/podman_login.ts';
import unit from '../../../modules/podman/podman_unit.ts';
import { newSalt, seal, sealed } from '../../../modules/podman/seal.ts';
import { runScript, SHELLS, scratch, withDefaults } from '../harness.ts';

const container = (given: Record<string, unknown>): Args => withDefaults(options, { name: 'one', image: 'registry.example.com/one:1', ...given });
const text = (given: Record<string, unknown>) =>
  createArguments(container(given))
    .map((one) => one.text)
    .join(' ')
    .replaceAll("'", '');
const seen = (stdout: string): Observed => ({ code: 0, stdout, stderr: '', bytes: Buffer.from(stdout) });

describe('a seal', () => {
  test('knows its text again, and no other', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const made = seal(one, newSalt());
        expect(sealed(one, made)).toBe(true);
        expect(sealed(other, made)).toBe(one === other);
      }),
      { numRuns: 10 },
    );
  });
  test('is not the text, and differs each time', () => {
    expect(seal('secret', 'salt')).not.toContain('secret');
    expect(seal('secret', newSalt())).not.toBe(seal('secret', newSalt()));
  });
  test.each([undefined, '', 's1', 's1.a', 's2.a.b', 'anything'])('%s is no seal', (made) => expect(sealed('x', made)).toBe(false));
});

describe('an image reference', () => {
  test.each([
    ['registry.redhat.io/rhel8/redis-6', '1-110', 'registry.redhat.io/rhel8/redis-6:1-110'],
    ['registry.lab:5000/redis', 'latest', 'registry.lab:5000/redis:latest'],
    ['redis:7', 'latest', 'redis:7'],
    ['a/b@sha256:00', 'latest', 'a/b@sha256:00'],
  ])('%s with the tag %s is %s', (name, tag, wanted) => expect(reference(name, tag)).toBe(wanted));
  test.each([
    ['registry.lab:5000/redis', 'registry.lab:5000'],
    ['localhost/x', 'localhost'],
    ['library/redis', 'docker.io'],
    ['redis', 'docker.io'],
  ])('%s is of %s', (name, wanted) => expect(registryOf(name)).toBe(wanted));
});

describe('the arguments of podman create', () => {
  test('follow the options', () => {
    expect(text({ publish: ['443:8443'], volume: ['/a:/b:z'], privileged: false, init: true, http_proxy: false })).toBe(
      '--http-proxy=false --init --publish 443:8443 --volume /a:/b:z',
    );
    expect(text({ sysctl: { 'net.core.somaxconn': 4096 }, etc_hosts: { db01: '10.0.0.1' }, tmpfs: { '/x': 'size=1m', '/y': '' } })).toBe(
      '--add-host db01:10.0.0.1 --sysctl net.core.somaxconn=4096 --tmpfs /x:size=1m --tmpfs /y',
    );
    expect(text({ log_driver: 'k8s-file', log_opt: { max_size: '10m' } })).toBe('--log-driver k8s-file --log-opt max-size=10m');
  });
  test('answer to the aliases', () => expect(text({ ports: ['80:80'], health_cmd: 'true' })).toBe('--healthcheck-command true --publish 80:80'));
  test('never have a value of env', () => {
    const script = create(container({ env: { PASSWORD: "it's secret", PATH: '/bin' } }), 'salt').text;
    expect(script).toContain("export PASSWORD='it'\\''s secret'");
    const command = (script.split('\n').find((line) => line.startsWith('exec ')) as string).replaceAll("'", '');
    expect(command).toContain('--env PASSWORD --env PATH=/bin');
    expect(command).not.toContain('secret');
  });
  test.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('reach podman as they are in %s', async (_name, shell) => {
    const folder = scratch();
    writeFileSync(`${folder}/podman`, `#!/bin/sh\nprintf '%s\\0' "$A" "$@" >${folder}/said\n`, { mode: 0o755 });
    const nasty = ['a b', "it's", '$(id)', '"', '*', '\\', 'x\ny', ''];
    await runScript(create(container({ executable: `${folder}/podman`, command: nasty, env: { A: 'x\n$y' } }), 'salt'), shell);
    const [env, ...words] = readFileSync(`${folder}/said`, 'utf8').split('\0').slice(0, -1);
    expect(env).toBe('x\n$y');
    expect(words.slice(-nasty.length)).toEqual(nasty);
  });
});

describe('a command line', () => {
  test.each([
    ['sleep 10', ['sleep', '10']],
    [`sh -c "echo 'a b'" 'c d'`, ['sh', '-c', "echo 'a b'", 'c d']],
    [
      ['a', 1],
      ['a', '1'],
    ],
    [undefined, []],
  ])('%j is split', (line, wanted) => expect(words(line)).toEqual(wanted));
});

test('the spec of a container does not depend on the order of its env, and knows every change', () => {
  const spec = (given: Record<string, unknown>) => specOf(container(given));
  expect(spec({ env: { A: '1', B: '2' } })).toBe(spec({ env: { B: '2', A: '1' } }));
  expect(spec({ env: { A: '1' } })).not.toBe(spec({ env: { A: '2' } }));
  expect(spec({ state: 'started' })).toBe(spec({ state: 'stopped' }));
  expect(spec({ publish: ['80:80'] })).not.toBe(spec({ publish: ['81:80'] }));
});

describe('podman_login', () => {
  const args = withDefaults(login.options, { registry: 'r.example.com', username: 'me', password: 'pass', authfile: '/tmp/none.json' });
  test('gives no process the credential', () => {
    const script = login.probe(args, undefined).text;
    expect(script).not.toMatch(/(?:grep|awk|sed|printf)[^\n]*bWU6cGFzcw/);
    expect(login.plan(args, seen('stored=none\n'), undefined)).toMatchObject({ is: 'wrong', uploads: { password: 'pass' } });
  });
  test.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('knows its own login from another in %s', async (_name, shell) => {
    const folder = scratch();
    const file = `${folder}/auth.json`;
    const look = async (password: string) => {
      // true stands for podman: the probe only asks whether it is there
      const given = withDefaults(login.options, { registry: 'r.example.com', username: 'me', password, authfile: file, executable: 'true' });
      return login.plan(given, await runScript(login.probe(given, undefined), shell), undefined);
    };
    writeFileSync(file, JSON.stringify(JSON.parse(authFile('r.example.com', 'me', 'pass')), null, '\t'), { mode: 0o600 });
    expect((await look('pass')).is).toBe('right');
    expect(await look('other')).toMatchObject({ is: 'wrong', diff: [{ before: { login: 'another user or password' } }] });
    writeFileSync(file, '{"auths":{}}');
    expect(await look('pass')).toMatchObject({ is: 'wrong', diff: [{ before: { login: 'none' } }] });
  });
});

describe('a host without podman', () => {
  const args = { name: 'registry.example.com/a', executable: 'no-such-podman' };
  test.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('is told so in %s', async (_name, shell) => {
    const given = withDefaults(image.options, args);
    const plan = image.plan(given, await runScript(image.probe(given, undefined), shell), undefined);
    expect(plan).toMatchObject({ is: 'premature', why: 'no-such-podman is not installed on this host' });
  });
});

describe('podman_unit', () => {
  const args = withDefaults(unit.options, { name: 'redis', secrets: ['pw'], image: 'r/redis:1' });
  const state = (more: string) =>
    seen(`LoadState=loaded\nUnitFileState=enabled\nActiveState=active\nSubState=running\nNeedDaemonReload=no\nFragmentPath=/etc/systemd/system/redis.service
created=1700000000500000000\nrunning=true\nimage=abc\nwanted=abc\nsecret=1700000000400000000 pw\nfile=1700000000300000000 /etc/systemd/system/redis.service\n${more}`);
  const why = (more: string) => {
    const plan = unit.plan(args, state(more), undefined);
    return plan.is === 'wrong' ? String((plan.diff[0]?.before as unknown as { state?: string } | undefined)?.state) : plan.is;
  };
  test('leaves a container that is newer than all it came from', () => expect(why('')).toBe('right'));
  test('restarts one that is older than its secret', () => expect(why('secret=1700000000600000000 pw\n')).toBe('started before a change of secret pw'));
  test('restarts one whose unit was written a moment later', () =>
    expect(why('file=1700000000500000001 /etc/systemd/system/redis.service\n')).toBe('started before a change of /etc/systemd/system/redis.service'));
  test('restarts one whose image moved', () => expect(why('wanted=def\n')).toBe('started before a change of image'));
  test('waits for what an earlier task makes', () => expect(why('gone=secret pw\n')).toBe('premature'));
});
