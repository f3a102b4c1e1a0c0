import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Observed, Plan } from '../../../engine/module/contract.ts';
import apt from '../../../modules/packages/apt.ts';
import { slugOf, stanza } from '../../../modules/packages/deb822.ts';
import { readPolicy, versionMatches, wanted } from '../../../modules/packages/dpkg.ts';
import { editSources, sourceLine, sourcesFile } from '../../../modules/packages/sources.ts';
import { runState, SHELLS, withDefaults } from '../harness.ts';

const seen = (parts: Record<string, string>, head = 'updated=1000.5\nnow=1100\nlists=yes\n'): Observed => {
  const stdout =
    head +
    Object.entries(parts)
      .map(([name, text]) => `\x1e${name}\n${text}`)
      .join('');
  return { code: 0, stdout, stderr: '', bytes: Buffer.from(stdout) };
};
const plan = (args: Record<string, unknown>, now: Observed, before?: Observed): Plan => apt.plan(withDefaults(apt.options, args), now, undefined, before);
const words = (one: Plan): string => (one.is === 'wrong' ? one.apply.text : one.is);
const POLICY =
  'nginx:\n  Installed: (none)\n  Candidate: 1.22.1\n  Version table:\n     1.22.1 500\n        500 http://deb.debian.org/debian bookworm/main amd64 Packages\n     1.18.0 100\n        100 /var/lib/dpkg/status\n';

describe('apt', () => {
  it('installs what is missing, and asks for no more', () => {
    const one = plan({ name: ['tar', 'nginx'] }, seen({ dpkg: 'tar\tamd64\tinstalled\t1.34\n', policy: POLICY }));
    expect(one).toMatchObject({ is: 'wrong', diff: [{ before: { nginx: 'absent' }, after: { nginx: '1.22.1' } }] });
    expect(words(one)).toMatch(/apt-get -q -y .*--force-confold.* install -- nginx \|\| exit/);
    expect(words(one)).not.toMatch(/apt-get .*update/);
    expect(words(one)).toContain('DEBIAN_FRONTEND=noninteractive');
  });

  it('takes names that an installed package provides', () => {
    const virtual = 'awk:\n  Installed: (none)\n  Candidate: (none)\n  Version table:\n';
    expect(plan({ name: ['awk'] }, seen({ dpkg: '', policy: virtual, provides: 'mawk, awk, awk-x (= 1)\n' })).is).toBe('right');
    expect(words(plan({ name: ['mta'] }, seen({ dpkg: '', policy: virtual.replace('awk', 'mta'), providers: 'Package: mta\n+postfix 3 (= )\n' })))).toContain(
      'install -- mta',
    );
  });

  it.each([
    [{ name: ['nginx=1.2*'] }, '1.22.1', 'right'],
    [{ name: ['nginx=1.18.*'] }, '1.22.1', 'wrong'],
    [{ name: ['nginx=9'] }, '1.22.1', 'premature'],
    [{ name: ['nginx'], state: 'latest' }, '1.18.0', 'wrong'],
    [{ name: ['nginx'], state: 'latest' }, '1.22.1', 'right'],
    [{ name: ['nginx'], state: 'absent' }, '1.22.1', 'wrong'],
  ])('%j where %s is installed is %s', (args, version, is) =>
    expect(plan(args, seen({ dpkg: `nginx\tamd64\tinstalled\t${version}\n`, policy: POLICY })).is).toBe(is),
  );

  it('names the version that fits, for apt', () =>
    expect(words(plan({ name: ['nginx=1.2*'] }, seen({ dpkg: '', policy: POLICY })))).toContain("install -- 'nginx=1.22.1' "));

  it('purges what a removal has left', () => {
    const left = seen({ dpkg: 'nginx\tamd64\tconfig-files\t1.18.0\n' });
    expect(plan({ name: ['nginx'], state: 'absent' }, left).is).toBe('right');
    expect(words(plan({ name: ['nginx'], state: 'absent', purge: true }, left))).toContain('purge -- nginx:amd64 ');
  });

  it('waits for what no list knows, and says whether there are lists', () => {
    expect(plan({ name: ['nosuch'] }, seen({ dpkg: '', policy: '' }))).toMatchObject({
      is: 'premature',
      why: "No package matching 'nosuch' is available",
      hint: expect.stringContaining('repository'),
    });
    expect(plan({ name: ['nosuch'] }, seen({ dpkg: '', policy: '' }, 'now=1\n'))).toMatchObject({ hint: expect.stringContaining('no package lists') });
    expect(plan({ name: ['nosuch'], update_cache: true }, seen({ dpkg: '', policy: '' })).is).toBe('wrong');
    expect(plan({ name: ['nosuch'], update_cache: true }, seen({ dpkg: '', policy: '' }), seen({})).is).toBe('premature');
  });

  it('fetches the lists only when something is to be installed, unless that is all', () => {
    const there = seen({ dpkg: 'tar\tamd64\tinstalled\t1.34\n' });
    expect(plan({ name: ['tar'], update_cache: true }, there).is).toBe('right');
    expect(words(plan({ name: ['nginx'], update_cache: true }, seen({ dpkg: '', policy: POLICY })))).toMatch(/update; do[\s\S]*install -- nginx/);
    expect(words(plan({ name: ['nginx'], update_cache: true, cache_valid_time: 1000 }, seen({ dpkg: '', policy: POLICY })))).not.toMatch(/Error-Mode/);
    expect(plan({ update_cache: true }, there).is).toBe('wrong');
    expect(plan({ update_cache: true, cache_valid_time: 100 }, there).is).toBe('right');
    expect(plan({ update_cache: true, cache_valid_time: 50 }, there).is).toBe('wrong');
    expect(plan({ update_cache: true, cache_valid_time: 100 }, seen({}, 'updated=1000.5\nnow=1001\nlists=yes\nsources=newer\n')).is).toBe('wrong');
  });

  it('takes the lists for fetched only when their time stamp has moved', () => {
    const before = seen({});
    expect(plan({ update_cache: true }, seen({}, 'updated=1100.7\nnow=1101\nlists=yes\n'), before)).toMatchObject({
      is: 'right',
      result: { cache_updated: true, cache_update_time: 1100 },
    });
    expect(plan({ update_cache: true }, before, before).is).toBe('wrong');
  });

  it('tells upgrades by what apt would do', () => {
    const simulated = 'Inst libc6 [2.36-9] (2.36-10 Debian:12/stable [amd64])\nRemv old [1]\n';
    expect(plan({ upgrade: 'dist' }, seen({ upgrade: simulated }))).toMatchObject({
      is: 'wrong',
      diff: [{ before: { libc6: '2.36-9', old: '1' }, after: { libc6: '2.36-10', old: 'absent' } }],
      apply: { text: expect.stringContaining(' dist-upgrade ') },
    });
    expect(plan({ name: ['*'], state: 'latest', cache_valid_time: 0 }, seen({ upgrade: '' })).is).toBe('right');
  });

  it('knows what a package file holds', () => {
    const deb = (installed: string) => seen({ deb: `Package: nginx\nVersion: 1.22.1\nArchitecture: amd64\n${installed}` });
    expect(plan({ deb: '/x.deb' }, deb('Installed: installed 1.22.1\n')).is).toBe('right');
    expect(plan({ deb: '/x.deb' }, deb('Installed: installed 1.18.0\n'))).toMatchObject({ is: 'wrong', diff: [{ before: { nginx: '1.18.0' } }] });
    expect(plan({ deb: '/x.deb' }, seen({ deb: 'missing\n' })).is).toBe('premature');
  });

  it('quotes names', () =>
    expect(words(plan({ name: ["a';reboot"] }, seen({ dpkg: '', policy: "a';reboot:\n  Candidate: 1\n" })))).toContain(`install -- 'a'\\'';reboot' `));
});

describe.runIf(existsSync('/usr/bin/dpkg-query') && existsSync('/usr/bin/apt-get'))('apt on this machine', () => {
  it.each(SHELLS)(
    'looks without changing anything, under %s',
    async (...shell) => {
      const check = (args: Record<string, unknown>) => runState(apt, args, { shell, check: true });
      expect((await check({ name: ['dpkg', 'apt>=1.0'] })).plan).toMatchObject({ is: 'right', result: { cache_updated: false } });
      expect((await check({ name: ['no-such-package-at-all'] })).plan.is).toBe('premature');
      expect((await check({ name: ['no-such-package-at-all', 'dpkg'], state: 'absent' })).plan).toMatchObject({
        is: 'wrong',
        diff: [{ after: { dpkg: 'absent' } }],
      });
    },
    60_000,
  );
});

describe('words of a name', () => {
  it.each([
    ['nginx', { name: 'nginx', glob: false }],
    ['nginx:arm64=1.2*', { name: 'nginx:arm64', relation: '=', version: '1.2*' }],
    ['nginx>=1:1.2-3', { name: 'nginx', relation: '>=', version: '1:1.2-3' }],
    ['nginx/bookworm-backports', { name: 'nginx' }],
    ['python3-*', { name: 'python3-*', glob: true }],
  ])('%s', (text, parts) => expect(wanted(text)).toMatchObject(parts));
  it('reads what apt-cache policy prints', () =>
    expect(readPolicy(POLICY)).toEqual(new Map([['nginx', { candidate: '1.22.1', versions: ['1.22.1', '1.18.0'] }]])));
  it('matches versions by pattern', () => expect([versionMatches('1.2*', '1.22'), versionMatches('1.2', '1.22')]).toEqual([true, false]));
});

describe('sources', () => {
  it.each([
    ['deb [arch=amd64 signed-by=/k.asc]  https://user:pw@host.example/debian  bookworm main', 'host_example_debian.list'],
    ['deb http://archive.canonical.com/ubuntu hardy partner', 'archive_canonical_com_ubuntu.list'],
  ])('%s goes into %s', (line, name) => expect(sourcesFile(sourceLine(line).source as string, undefined)).toBe(`/etc/apt/sources.list.d/${name}`));

  it('finds a source in any file, and turns it on where it is commented out', () => {
    const line = 'deb http://h/d bookworm main';
    const files = new Map([['/etc/apt/sources.list', '# deb  http://h/d bookworm   main\ndeb http://other x y # why\n']]);
    expect(editSources(files, line, '/new', 'present')).toEqual(new Map([['/etc/apt/sources.list', `${line}\ndeb http://other x y # why\n`]]));
    expect(editSources(files, 'deb http://other x y', '/new', 'present').size).toBe(0);
    expect(editSources(new Map(), line, '/new', 'present')).toEqual(new Map([['/new', `${line}\n`]]));
    expect(
      editSources(
        new Map([
          ['/a', `${line}\n`],
          ['/b', `${line}\nx\n`],
        ]),
        line,
        '/new',
        'absent',
      ),
    ).toEqual(
      new Map([
        ['/a', null],
        ['/b', 'x\n'],
      ]),
    );
  });

  it('writes a stanza as Ansible does', () => {
    expect(slugOf('Docker CE (stable)_2')).toBe('docker-ce-stable-2');
    expect(
      stanza({
        name: 'docker',
        types: ['deb', 'deb-src'],
        uris: ['https://h/d'],
        suites: ['bookworm'],
        components: ['main'],
        enabled: true,
        signed_by: '-----BEGIN\n\nxyz\n',
        by_hash: undefined,
        date_max_future: 10,
      }),
    ).toBe(
      'Components: main\nDate-Max-Future: 10\nEnabled: yes\nX-Repolib-Name: docker\nSigned-By:\n    -----BEGIN\n    .\n    xyz\nSuites: bookworm\nTypes: deb deb-src\nURIs: https://h/d\n',
    );
  });
});
