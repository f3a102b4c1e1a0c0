import { describe, expect, it } from 'vitest';
import { raw } from '../../../engine/module/contract.ts';
import authorizedKey from '../../../modules/system/authorized_key.ts';
import { mergeKeys, parseKeys } from '../../../modules/system/authorized_keys.ts';
import group from '../../../modules/system/group.ts';
import user from '../../../modules/system/user.ts';
import { runScript, runState } from '../harness.ts';
import { noSandbox, sandbox } from './sandbox.ts';

const why = noSandbox();
const HASH = '$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g.';

describe.skipIf(why !== undefined)(`accounts of this machine, behind an overlay${why === undefined ? '' : ` (${why})`}`, () => {
  const world = () => {
    const shell = sandbox();
    return {
      user: (args: Record<string, unknown>) => runState(user, args, { shell }),
      group: (args: Record<string, unknown>) => runState(group, args, { shell }),
      key: (args: Record<string, unknown>) => runState(authorizedKey, args, { shell }),
      say: async (text: string) => (await runScript(raw(text), shell)).stdout.trim(),
    };
  };

  it('makes an account as asked, and then finds it so', async () => {
    const { user, say } = world();
    const args = { name: 'qpanna', comment: "Anna's; $(id)", shell: '/bin/sh', uid: 4711, groups: ['adm'], password: HASH, expires: 1893456000 };
    const { plan, applied, after } = await user(args);
    expect(applied).toMatchObject({ code: 0, stderr: '' });
    expect(plan).toMatchObject({
      is: 'wrong',
      diff: [{ label: 'user qpanna', before: { state: 'absent' }, after: { state: 'present', uid: 4711, groups: ['adm'] } }],
    });
    expect(after).toMatchObject({
      is: 'right',
      result: { uid: 4711, home: '/home/qpanna', shell: '/bin/sh', comment: "Anna's; $(id)", groups: 'adm', password: 'NOT_LOGGING_PASSWORD' },
    });
    expect(await say('getent shadow qpanna')).toMatch(new RegExp(`^qpanna:${HASH.replace(/[$.]/g, '\\$&')}:\\d+:.*:21915:$`));
    expect((await user(args)).plan.is).toBe('right');
  });

  it('never puts the hash into what is shown or run as an argument', async () => {
    const { plan } = await world().user({ name: 'qpanna', password: HASH });
    if (plan.is !== 'wrong') throw new Error('expected a change');
    expect(JSON.stringify([plan.diff, plan.result])).not.toContain(HASH);
    expect(plan.apply.text).toMatch(/^printf '%s:%s\\n' qpanna '\$6\$[^']*' \| chpasswd -e/m);
  });

  it('changes only what differs, keeps or drops other groups, and moves the home', async () => {
    const { user, say } = world();
    await user({ name: 'qpbert', groups: ['adm', 'cdrom'] });
    expect((await user({ name: 'qpbert', groups: ['audio'], append: true })).after?.is).toBe('right');
    expect((await say('id -Gn qpbert')).split(' ').sort()).toEqual(['adm', 'audio', 'cdrom', 'qpbert']);
    await say('echo mine > /home/qpbert/.profile');
    const { plan, after } = await user({ name: 'qpbert', groups: ['cdrom'], home: '/home/other', move_home: true });
    expect(plan).toMatchObject({
      is: 'wrong',
      diff: [{ before: { groups: ['adm', 'audio', 'cdrom'], home: '/home/qpbert' }, after: { groups: ['cdrom'], home: '/home/other' } }],
    });
    expect(after?.is).toBe('right');
    expect(await say('cat /home/other/.profile')).toBe('mine');
    expect((await user({ name: 'qpbert', groups: [] })).after?.is).toBe('right');
  });

  it('locks, unlocks and ages passwords', async () => {
    const { user, say } = world();
    await user({ name: 'qpcarl', password: HASH });
    expect((await user({ name: 'qpcarl', password_lock: true, password_expire_max: 90 })).after?.is).toBe('right');
    expect(await say('getent shadow qpcarl')).toMatch(/^qpcarl:!\$6/);
    expect((await user({ name: 'qpcarl', password: HASH, password_lock: true })).plan.is).toBe('right');
    expect((await user({ name: 'qpcarl', password_lock: false })).after?.is).toBe('right');
    expect((await user({ name: 'qpcarl', password: '$6$other', update_password: 'on_create' })).plan.is).toBe('right');
    expect((await user({ name: 'qpcarl', password: '$6$other' })).plan).toMatchObject({
      is: 'wrong',
      diff: [{ before: { password: 'another' }, after: { password: 'as asked' } }],
    });
  });

  it('removes an account with its home', async () => {
    const { user, say } = world();
    await user({ name: 'qpdora' });
    expect((await user({ name: 'qpdora', state: 'absent', remove: true })).after?.is).toBe('right');
    expect(await say('ls -d /home/qpdora 2>&1; id qpdora 2>&1')).toMatch(/No such file[\s\S]*no such user/);
    expect((await user({ name: 'qpdora', state: 'absent' })).plan.is).toBe('right');
  });

  it('waits for groups that an earlier task would make', async () => {
    const { user, group } = world();
    expect((await user({ name: 'qpemil', groups: ['qpnew'] })).plan).toMatchObject({ is: 'premature', why: 'Group qpnew does not exist' });
    expect((await group({ name: 'qpnew', gid: 4720 })).after).toMatchObject({ is: 'right', result: { gid: 4720 } });
    expect((await user({ name: 'qpemil', group: '4720' })).after).toMatchObject({ is: 'right', result: { group: 4720 } });
    expect((await group({ name: 'qpnew', gid: 4721 })).plan).toMatchObject({ is: 'wrong', diff: [{ before: { gid: 4720 }, after: { gid: 4721 } }] });
  });

  it('lets keys log in', async () => {
    const { user, key, say } = world();
    expect((await key({ user: 'qpfritz', key: KEY })).plan).toMatchObject({ is: 'premature' });
    await user({ name: 'qpfritz' });
    expect((await key({ user: 'qpfritz', key: KEY })).after).toMatchObject({ is: 'right', result: { keyfile: '/home/qpfritz/.ssh/authorized_keys' } });
    expect(await say('stat -c "%a %U %n" /home/qpfritz/.ssh /home/qpfritz/.ssh/authorized_keys')).toBe(
      '700 qpfritz /home/qpfritz/.ssh\n600 qpfritz /home/qpfritz/.ssh/authorized_keys',
    );
    expect((await key({ user: 'qpfritz', key: KEY, state: 'absent' })).after?.is).toBe('right');
    expect((await key({ user: 'qpfritz', key: 'ssh-ed25519' })).plan).toMatchObject({ is: 'impossible', why: expect.stringContaining('invalid key') });
  });
});

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJq47TAxwkyRk anna@desk';
const OTHER = 'ssh-rsa AAAAB3NzaC1yc2E bert';

describe('mergeKeys', () => {
  const merge = (text: string, keys: string, wish: Partial<Parameters<typeof mergeKeys>[2]> = {}) =>
    mergeKeys(
      text,
      parseKeys(keys).filter((line) => line.kind === 'key'),
      { state: 'present', exclusive: false, ...wish },
    );

  it('adds at the end and leaves the rest as it is', () => expect(merge(`# mine\n${OTHER}\n\nnonsense\n`, KEY)).toBe(`# mine\n${OTHER}\n\nnonsense\n${KEY}\n`));
  it('keeps a key that is there, and its place', () => expect(merge(`${KEY}\n${OTHER}\n`, KEY)).toBe(`${KEY}\n${OTHER}\n`));
  it('writes one anew whose comment or options differ', () => {
    expect(merge(`${KEY}\n${OTHER}\n`, KEY, { comment: 'new words' })).toBe(`${KEY.replace('anna@desk', 'new words')}\n${OTHER}\n`);
    expect(merge(`${KEY}\n`, KEY, { key_options: 'no-pty,from="10.0.0.1, x"' })).toBe(`no-pty,from="10.0.0.1, x" ${KEY}\n`);
    expect(merge(`from="10.0.0.1, x",no-pty ${KEY}\n`, KEY, { key_options: 'no-pty,from="10.0.0.1, x"' })).toBe(`from="10.0.0.1, x",no-pty ${KEY}\n`);
  });
  it('has a key once', () => expect(merge(`${KEY}\n${KEY}\n`, `${KEY}\n${KEY}`)).toBe(`${KEY}\n`));
  it('drops all else when it is exclusive', () => expect(merge(`# mine\n${OTHER}\nx\n`, KEY, { exclusive: true })).toBe(`${KEY}\n`));
  it('takes keys away', () => expect(merge(`${OTHER}\nfrom="x" ${KEY}\n`, KEY, { state: 'absent' })).toBe(`${OTHER}\n`));
});
