import { describe, expect, it } from 'vitest';
import type { Observed, Plan } from '../../../engine/module/contract.ts';
import dnf from '../../../modules/packages/dnf.ts';
import packageModule from '../../../modules/packages/package.ts';
import packageFacts from '../../../modules/packages/package_facts.ts';
import { isNamed, readRpms } from '../../../modules/packages/rpm.ts';
import { runRead, runState, withDefaults } from '../harness.ts';

const seen = (parts: Record<string, string>, head = 'dnf=dnf\n'): Observed => {
  const stdout =
    head +
    Object.entries(parts)
      .map(([name, text]) => `\x1e${name}\n${text}`)
      .join('');
  return { code: 0, stdout, stderr: '', bytes: Buffer.from(stdout) };
};
const plan = (args: Record<string, unknown>, now: Observed): Plan => dnf.plan(withDefaults(dnf.options, args), now, undefined);
const words = (one: Plan): string => (one.is === 'wrong' ? one.apply.text : one.is);
const RPMS = 'bash|0|5.1.8|9.el9|x86_64\nbind|32|9.16.23|1.el9|x86_64\npackage nginx is not installed\n';

describe('dnf', () => {
  it('installs what rpm does not know, but for what a package provides', () => {
    expect(plan({ name: ['bash', '/bin/sh'] }, seen({ rpms: RPMS, provided: '/bin/sh\n' })).is).toBe('right');
    const one = plan({ name: ['bash', 'nginx'], enablerepo: ['extra'], disable_gpg_check: true }, seen({ rpms: RPMS, provided: '' }));
    expect(one).toMatchObject({ is: 'wrong', diff: [{ before: { nginx: 'absent' }, after: { nginx: 'present' } }], result: { results: ['Installed: nginx'] } });
    expect(words(one)).toMatch(/"\$dnf" -y +'--enablerepo=extra' --nogpgcheck install nginx \|\| exit/);
  });

  it('upgrades to the latest', () => {
    const updates = 'bash.x86_64    5.1.9-1.el9    baseos\nObsoleting Packages\nold.x86_64 1 x\nstatus=100\n';
    expect(plan({ name: ['bash'], state: 'latest' }, seen({ rpms: RPMS, updates }))).toMatchObject({
      is: 'wrong',
      diff: [{ before: { bash: '5.1.8-9.el9' }, after: { bash: '5.1.9-1.el9' } }],
    });
    expect(plan({ name: ['bind'], state: 'latest' }, seen({ rpms: RPMS, updates })).is).toBe('right');
    expect(words(plan({ name: ['*'], state: 'latest' }, seen({ updates })))).toContain(' upgrade || exit');
    expect(plan({ name: ['*'], state: 'latest' }, seen({ updates: 'Error: no mirrors\nstatus=1\n' }))).toMatchObject({
      is: 'premature',
      why: expect.stringContaining('no mirrors'),
    });
  });

  it('removes packages, and leaves what they needed unless told', () => {
    expect(words(plan({ name: ['bind'], state: 'absent' }, seen({ rpms: RPMS })))).toContain("'--setopt=clean_requirements_on_remove=False' remove bind ");
    expect(words(plan({ name: ['bind'], autoremove: true }, seen({ rpms: RPMS })))).not.toContain('clean_requirements');
    expect(plan({ name: ['nginx'], state: 'absent' }, seen({ rpms: RPMS })).is).toBe('right');
  });

  it('knows groups and package files', () => {
    expect(plan({ name: ['@development'] }, seen({ groups: 'Installed Groups:\n   Development Tools (development)\n' })).is).toBe('right');
    expect(plan({ name: ['@development'] }, seen({ groups: '' })).is).toBe('wrong');
    const file = { 'file /x.rpm': 'bash|0|5.2|1|x86_64\ninstalled|bash|0|5.1|1|x86_64\n' };
    expect(plan({ name: ['/x.rpm'] }, seen(file))).toMatchObject({ is: 'wrong', diff: [{ before: { bash: '5.1-1' }, after: { bash: '5.2-1' } }] });
  });

  it('says that the host has none', () => expect(plan({ name: ['x'] }, seen({}, 'none=dnf\n')).is).toBe('impossible'));

  it.each([
    'bind',
    'bind.x86_64',
    'bind-9.16.23',
    'bind-9.16.23-1.el9',
    'bind-32:9.16.23-1.el9.x86_64',
    '32:bind-9.16.23-1.el9.x86_64',
    'bin*',
    'bind = 9.16.23',
  ])('calls it %s', (name) =>
    expect(
      readRpms(RPMS)
        .filter((rpm) => isNamed(rpm, name))
        .map((rpm) => rpm.name),
    ).toEqual(['bind']),
  );
});

describe('package and package_facts on this machine', () => {
  it('take the manager that is there', async () => {
    const { plan: one } = await runState(packageModule, { name: ['no-such-package-at-all'], state: 'absent' }, { check: true });
    expect(one.is).toBe('right');
    const facts = await runRead(packageFacts, {});
    if ('failed' in facts) throw new Error(facts.failed);
    const packages = facts.facts?.packages as Record<string, { name: string; version: string; source: string }[]>;
    expect(packages.bash).toMatchObject([{ name: 'bash', version: expect.stringMatching(/^\d/), source: expect.stringMatching(/apt|rpm/) }]);
  });
});
