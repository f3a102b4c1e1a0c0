import { describe, expect, it } from 'vitest';
import type { Observed, Plan } from '../../../engine/module/contract.ts';
import { planUnit, type UnitWish } from '../../../modules/system/unit.ts';

/** What the probe prints of a unit. */
const seen = (show: Record<string, string>, head = 'booted=yes\n'): Observed => {
  const stdout = `${head}\x1eshow\n${Object.entries({
    LoadState: 'loaded',
    ActiveState: 'inactive',
    UnitFileState: 'disabled',
    Type: 'simple',
    Result: 'success',
    ...show,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')}`;
  return { code: 0, stdout, stderr: '', bytes: Buffer.from(stdout) };
};
const plan = (wish: Partial<UnitWish>, now: Observed, before?: Observed): Plan => planUnit({ name: 'x', scope: 'system', ...wish }, now, before);
const text = (one: Plan): string => (one.is === 'wrong' ? one.apply.text.replace(/ +/g, ' ') : one.is);

const UP = { ActiveState: 'active', InvocationID: 'one', StateChangeTimestampMonotonic: '10' };

describe('planUnit', () => {
  it('starts what is down and leaves what is up', () => {
    expect(plan({ state: 'started' }, seen(UP))).toMatchObject({ is: 'right', result: { name: 'x', state: 'started', status: { ActiveState: 'active' } } });
    expect(plan({ state: 'started' }, seen({ ActiveState: 'failed' }))).toMatchObject({
      is: 'wrong',
      diff: [{ before: { state: 'failed' }, after: { state: 'active' } }],
    });
    expect(plan({ state: 'stopped' }, seen({ ActiveState: 'failed' })).is).toBe('right');
    expect(text(plan({ state: 'stopped' }, seen(UP)))).toMatch(/^systemctl stop x/m);
  });

  it('takes a restart for done only when the unit is another invocation', () => {
    expect(plan({ state: 'restarted' }, seen(UP)).is).toBe('wrong');
    expect(plan({ state: 'restarted' }, seen(UP), seen(UP)).is).toBe('wrong');
    expect(plan({ state: 'restarted' }, seen({ ...UP, InvocationID: 'two' }), seen(UP)).is).toBe('right');
    expect(plan({ state: 'restarted' }, seen({ ...UP, InvocationID: 'two', ActiveState: 'failed' }), seen(UP)).is).toBe('wrong');
    expect(text(plan({ state: 'restarted' }, seen({})))).toMatch(/systemctl start x/);
  });

  it('takes a reload for done only when the unit has changed its state since', () => {
    expect(plan({ state: 'reloaded' }, seen(UP), seen(UP)).is).toBe('wrong');
    expect(plan({ state: 'reloaded' }, seen({ ...UP, StateChangeTimestampMonotonic: '11' }), seen(UP)).is).toBe('right');
  });

  it('knows that a oneshot is over when it has run', () => {
    const once = { Type: 'oneshot', ActiveState: 'inactive' };
    expect(plan({ state: 'started' }, seen(once)).is).toBe('wrong');
    expect(plan({ state: 'started' }, seen(once), seen(once)).is).toBe('right');
    expect(plan({ state: 'started' }, seen({ ...once, Result: 'exit-code', ActiveState: 'failed' }), seen(once)).is).toBe('wrong');
  });

  it.each([
    ['enabled', true, 'right'],
    ['disabled', true, 'wrong'],
    ['enabled', false, 'wrong'],
    ['disabled', false, 'right'],
    ['static', true, 'right'],
    ['static', false, 'right'],
    ['enabled-runtime', true, 'wrong'],
    ['indirect', true, 'wrong'],
    ['indirect', false, 'right'],
  ])('a unit that is %s, asked enabled: %s, is %s', (file, enabled, is) => expect(plan({ enabled }, seen({ UnitFileState: file })).is).toBe(is));

  it('asks an init script by its links', () => {
    expect(plan({ enabled: true }, seen({ UnitFileState: 'generated', QpInitScript: 'disabled' })).is).toBe('wrong');
    expect(plan({ enabled: true }, seen({ UnitFileState: 'generated', QpInitScript: 'enabled' })).is).toBe('right');
  });

  it('masks units that are not there yet, but cannot start them', () => {
    const absent = seen({ LoadState: 'not-found', UnitFileState: '' });
    expect(text(plan({ masked: true }, absent))).toMatch(/systemctl mask x/);
    expect(plan({ state: 'started' }, absent)).toMatchObject({ is: 'premature', why: 'Could not find the requested service x: host' });
    expect(plan({ masked: false }, seen({ LoadState: 'masked', UnitFileState: 'masked' })).is).toBe('wrong');
  });

  it('reads unit files again only when they are younger than the last reading', () => {
    const wish = { name: undefined, daemonReload: true };
    const stale = seen({}, 'booted=yes\nloadedAt=100\nstale=/etc/systemd/system/x.service\n');
    expect(plan(wish, seen({}, 'booted=yes\nloadedAt=100\n')).is).toBe('right');
    expect(text(plan(wish, stale))).toMatch(/systemctl daemon-reload/);
    expect(plan(wish, seen({}, 'booted=yes\nloadedAt=101\n'), stale).is).toBe('right');
    expect(plan(wish, stale, stale).is).toBe('wrong');
  });

  it('says why nothing can be done', () => {
    expect(plan({ state: 'started' }, seen({}, ''))).toMatchObject({ is: 'impossible', why: expect.stringMatching(/systemd is not running/) });
    expect(plan({ state: 'started' }, { code: 0, stdout: 'none=systemctl\n', stderr: '', bytes: Buffer.from('') })).toMatchObject({ is: 'impossible' });
    expect(plan({ state: 'started' }, seen({ LoadState: 'bad-setting', LoadError: 'Invalid argument' }))).toMatchObject({
      is: 'impossible',
      why: expect.stringContaining('Invalid argument'),
    });
  });

  it('speaks of the systemd that is meant', () => {
    expect(text(plan({ scope: 'user', state: 'started', noBlock: true }, seen({})))).toMatch(/XDG_RUNTIME_DIR[\s\S]*systemctl --user --no-block start x/);
    expect(text(plan({ scope: 'global', enabled: true, name: "it's" }, seen({ UnitFileState: 'disabled' })))).toContain(`systemctl --global enable 'it'\\''s'`);
  });
});
