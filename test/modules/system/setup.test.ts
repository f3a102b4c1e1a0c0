import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, hostname, release, totalmem, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { distributionFacts } from '../../../modules/system/facts/distribution.ts';
import { human, Printed } from '../../../modules/system/facts/host.ts';
import { networkFacts } from '../../../modules/system/facts/network.ts';
import { chosen, globExpression, matches } from '../../../modules/system/facts/subset.ts';
import setup from '../../../modules/system/setup.ts';
import { runRead, SHELLS, scratch } from '../harness.ts';

const gather = async (args: Record<string, unknown> = {}, shell?: readonly string[]): Promise<Record<string, unknown>> => {
  const read = await runRead(setup, args, shell);
  if ('failed' in read) throw new Error(read.failed);
  return read.facts as Record<string, unknown>;
};

describe.each(SHELLS)('setup under %s', (...shell) => {
  it('tells what this machine tells by other ways', async () => {
    const facts = await gather({}, shell);
    expect(facts).toMatchObject({
      module_setup: true,
      ansible_system: 'Linux',
      ansible_kernel: release(),
      ansible_nodename: hostname(),
      ansible_machine: execFileSync('uname', ['-m'], { encoding: 'utf8' }).trim(),
      ansible_processor_nproc: cpus().length,
      ansible_user_id: userInfo().username,
      ansible_user_uid: userInfo().uid,
      ansible_user_dir: userInfo().homedir,
      ansible_env: { PATH: process.env.PATH },
      ansible_date_time: { tz_offset: expect.stringMatching(/^[+-]\d{4}$/), year: String(new Date().getFullYear()) },
      ansible_lo: { device: 'lo', type: 'loopback', active: true },
    });
    expect(facts.ansible_memtotal_mb).toBe(Math.floor(totalmem() / 1024 / 1024));
    expect(facts.ansible_interfaces).toContain('lo');
    const root = (facts.ansible_mounts as { mount: string; size_total: number }[]).find((one) => one.mount === '/');
    if (root !== undefined) expect(root.size_total).toBeGreaterThan(1e6);
    const name = /^ID="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    expect(String(facts.ansible_distribution).toLowerCase()).toBe(name);
  });

  it('reads local facts as JSON, INI and from programs', async () => {
    const dir = scratch();
    writeFileSync(join(dir, 'json.fact'), '{"a": [1, true]}');
    writeFileSync(join(dir, 'ini.fact'), '[Main]\nKey = some value\n; no\nother: 2\n');
    writeFileSync(join(dir, 'program.fact'), '#!/bin/sh\necho \'{"ran": "yes"}\'\n');
    writeFileSync(join(dir, 'broken.fact'), '#!/bin/sh\necho oh no >&2; exit 1\n');
    writeFileSync(join(dir, 'nonsense.fact'), 'nonsense');
    for (const name of ['program', 'broken']) chmodSync(join(dir, `${name}.fact`), 0o755);
    const facts = await gather({ fact_path: dir, gather_subset: ['!all', '!min', 'local'] }, shell);
    expect(facts.ansible_local).toEqual({
      json: { a: [1, true] },
      ini: { Main: { key: 'some value', other: '2' } },
      program: { ran: 'yes' },
      broken: expect.stringContaining('oh no'),
      nonsense: expect.stringContaining('error loading facts'),
    });
  });

  it('gathers what is asked for only', async () => {
    const facts = await gather({ gather_subset: ['!all'], filter: ['ansible_distribution*', 'kernel'] }, shell);
    expect(
      Object.keys(facts)
        .filter((name) => !/^ansible_distribution/.test(name))
        .sort(),
    ).toEqual(['ansible_kernel', 'gather_subset', 'module_setup']);
    expect(facts).toHaveProperty('ansible_distribution_version');
  });
});

describe('distributions', () => {
  const of = (files: Record<string, string>) =>
    distributionFacts(
      new Printed(
        `\x1efiles\n${Object.entries(files)
          .flatMap(([path, text]) => text.split('\n').map((line) => `${path}:${line}\n`))
          .join('')}`,
      ),
    );

  it.each([
    [
      'RHEL 8',
      {
        '/etc/os-release': 'NAME="Red Hat Enterprise Linux"\nID="rhel"\nVERSION_ID="8.10"\nVERSION="8.10 (Ootpa)"',
        '/etc/redhat-release': 'Red Hat Enterprise Linux release 8.10 (Ootpa)',
      },
      { distribution: 'RedHat', distribution_version: '8.10', distribution_major_version: '8', distribution_release: 'Ootpa', os_family: 'RedHat' },
    ],
    [
      'CentOS Stream 9',
      {
        '/etc/os-release': 'NAME="CentOS Stream"\nID="centos"\nVERSION_ID="9"',
        '/etc/centos-release': 'CentOS Stream release 9',
        '/etc/redhat-release': 'CentOS Stream release 9',
      },
      { distribution: 'CentOS', distribution_version: '9', distribution_major_version: '9', distribution_release: 'Stream', os_family: 'RedHat' },
    ],
    [
      'Rocky 9',
      { '/etc/os-release': 'NAME="Rocky Linux"\nID="rocky"\nVERSION_ID="9.4"', '/etc/redhat-release': 'Rocky Linux release 9.4 (Blue Onyx)' },
      { distribution: 'Rocky', distribution_version: '9.4', distribution_release: 'Blue Onyx', os_family: 'RedHat' },
    ],
    [
      'Ubuntu',
      { '/etc/os-release': 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy', '/etc/debian_version': 'bookworm/sid' },
      { distribution: 'Ubuntu', distribution_version: '22.04', distribution_major_version: '22', distribution_release: 'jammy', os_family: 'Debian' },
    ],
    [
      'Debian',
      { '/etc/os-release': 'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm', '/etc/debian_version': '12.11' },
      {
        distribution: 'Debian',
        distribution_version: '12.11',
        distribution_major_version: '12',
        distribution_minor_version: '11',
        distribution_release: 'bookworm',
        os_family: 'Debian',
      },
    ],
    [
      'one nobody knows',
      { '/etc/os-release': 'NAME="Nobara Linux"\nID=nobara\nID_LIKE="rhel centos fedora"\nVERSION_ID=40' },
      { distribution: 'Nobara', distribution_version: '40', os_family: 'RedHat' },
    ],
  ])('%s', (_name, files, facts) => expect(of(files as Record<string, string>)).toMatchObject(facts));
});

describe('network', () => {
  it('reads addresses, labels, peers and the default route', () => {
    const facts = networkFacts(
      new Printed(
        [
          '\x1efiles',
          ...['eth0', 'br-1', 'tun0'].flatMap((name) => [
            `/sys/class/net/${name}/mtu:1500`,
            `/sys/class/net/${name}/type:${name === 'tun0' ? '65534' : '1'}`,
            `/sys/class/net/${name}/address:02:00:00:00:00:01`,
            `/sys/class/net/${name}/operstate:up`,
            `/sys/class/net/${name}/flags:0x1103`,
          ]),
          '/sys/class/net/br-1/bridge/bridge_id:8000.02',
          '/sys/class/net/br-1/bridge/stp_state:0',
          '\x1eaddr',
          '2: eth0    inet 10.1.2.3/20 brd 10.1.15.255 scope global dynamic eth0\\       valid_lft 1sec preferred_lft 1sec',
          '2: eth0    inet 10.9.0.1/32 scope global eth0:1\\       valid_lft forever preferred_lft forever',
          '2: eth0    inet6 fe80::1/64 scope link \\       valid_lft forever preferred_lft forever',
          '4: tun0    inet 10.8.0.2 peer 10.8.0.1/32 scope global tun0\\       valid_lft forever preferred_lft forever',
          '\x1eroute4',
          '8.8.8.8 via 10.1.0.1 dev eth0 src 10.1.2.3 uid 0 ',
          '\x1eroute6',
          '\x1enetlinks',
          'lrwxrwxrwx 1 root root 0 Nov 21 08:00 /sys/class/net/br-1/brif/eth0 -> ../../eth0/brport',
          '',
        ].join('\n'),
      ),
    );
    expect(facts).toMatchObject({
      interfaces: ['eth0', 'br-1', 'tun0', 'eth0:1'],
      eth0: {
        ipv4: { address: '10.1.2.3', netmask: '255.255.240.0', network: '10.1.0.0', broadcast: '10.1.15.255', prefix: '20' },
        ipv6: [{ address: 'fe80::1', prefix: '64', scope: 'link' }],
        promisc: true,
      },
      eth0_1: { ipv4: { address: '10.9.0.1', netmask: '255.255.255.255', network: '10.9.0.1' } },
      br_1: { type: 'bridge', stp: false, interfaces: ['eth0'] },
      default_ipv4: { gateway: '10.1.0.1', interface: 'eth0', address: '10.1.2.3', network: '10.1.0.0', type: 'ether', alias: 'eth0' },
      default_ipv6: {},
      all_ipv4_addresses: ['10.1.2.3', '10.9.0.1', '10.8.0.2'],
      all_ipv6_addresses: ['fe80::1'],
    });
  });
});

describe('subsets and patterns', () => {
  it.each([
    [['all'], ['network', 'mounts', 'env'], []],
    [['!all'], ['env', 'distribution'], ['network', 'hardware', 'mounts']],
    [['!all', '!min', 'network'], ['network'], ['env', 'hardware']],
    [['!hardware'], ['network', 'env', 'virtual'], ['hardware', 'mounts', 'devices']],
    [['network'], ['network', 'env'], ['hardware']],
    [['all', '!devices'], ['mounts', 'network'], ['devices']],
  ])('%j', (subset, there, away) => {
    const groups = [...chosen(subset)];
    expect(groups).toEqual(expect.arrayContaining(there));
    for (const name of away) expect(groups).not.toContain(name);
  });

  it('matches names with and without the prefix', () => {
    expect(matches(['ansible_eth?'], 'eth0')).toBe(true);
    expect(matches(['eth[0-1]'], 'eth1')).toBe(true);
    expect(matches(['eth[!0]'], 'eth0')).toBe(false);
    expect(matches(['os.family'], 'os_family')).toBe(false);
    expect(matches([], 'anything')).toBe(true);
    expect(globExpression('a[b').test('a[b')).toBe(true);
  });

  it('says sizes as Ansible does', () => expect([0, 1023, 1024, 274877906944].map(human)).toEqual(['0.00 Bytes', '1023.00 Bytes', '1.00 KB', '256.00 GB']));
});
