import { describe, expect, it } from 'vitest';
import pause from '../../../modules/control/pause.ts';
import getent from '../../../modules/system/getent.ts';
import hostname from '../../../modules/system/hostname.ts';
import modprobe from '../../../modules/system/modprobe.ts';
import ping from '../../../modules/system/ping.ts';
import reboot from '../../../modules/system/reboot.ts';
import seboolean from '../../../modules/system/seboolean.ts';
import selinux from '../../../modules/system/selinux.ts';
import serviceFacts from '../../../modules/system/service_facts.ts';
import timezone from '../../../modules/system/timezone.ts';
import waitForConnection from '../../../modules/system/wait_for_connection.ts';
import { controller, runAction, runRead, runState, SHELLS, withDefaults } from '../harness.ts';

const seen = (stdout: string) => ({ code: 0, stdout, stderr: '', bytes: Buffer.from(stdout) });

describe('ping', () => {
  it('answers', async () => expect(await runAction(ping, { data: "it's" })).toEqual({ status: 'ok', result: { ping: "it's" } }));
  it('crashes when asked to', async () => expect(await runAction(ping, { data: 'crash' })).toMatchObject({ status: 'failed' }));
});

describe.each(SHELLS)('getent under %s', (...shell) => {
  it('reads databases with colons and with spaces', async () => {
    expect(await runRead(getent, { database: 'passwd', key: 'root' }, shell)).toMatchObject({
      facts: { getent_passwd: { root: ['x', '0', '0', expect.any(String), '/root', expect.any(String)] } },
    });
    expect(await runRead(getent, { database: 'services', key: 'ssh' }, shell)).toMatchObject({ facts: { getent_services: { ssh: ['22/tcp'] } } });
  });
  it('fails for a key that is not there, or gives null', async () => {
    expect(await runRead(getent, { database: 'passwd', key: 'no-such' }, shell)).toEqual({
      failed: 'One or more supplied key could not be found in the database.',
    });
    expect(await runRead(getent, { database: 'passwd', key: 'no-such', fail_key: false }, shell)).toMatchObject({
      facts: { getent_passwd: { 'no-such': null } },
    });
    expect(await runRead(getent, { database: 'nonsense' }, shell)).toMatchObject({ failed: 'Missing arguments, or database unknown.' });
  });
});

describe('reboot', () => {
  it('would, in check mode', async () => expect(await runAction(reboot, {}, controller('/', { check: true }))).toMatchObject({ status: 'changed' }));
  it('is not believed when the boot id stays the same', async () => {
    const done = await runAction(reboot, { reboot_command: 'true', reboot_timeout: 1 });
    expect(done).toMatchObject({
      status: 'failed',
      why: 'Timed out waiting for last boot time check (timeout=1): the host was not booted',
      result: { rebooted: false },
    });
  });
  it('says what a refusal says', async () =>
    expect(await runAction(reboot, { reboot_command: 'echo not allowed >&2; exit 1' })).toMatchObject({
      status: 'failed',
      why: 'Reboot command failed: not allowed',
    }));
});

describe('wait_for_connection', () => {
  it('is done when the host answers', async () => expect(await runAction(waitForConnection, {})).toMatchObject({ status: 'ok', result: { elapsed: 0 } }));
});

describe('pause', () => {
  it('asks a person, and gives the answer', async () => {
    const asked: [string, boolean][] = [];
    const ask = async (prompt: string, secret: boolean) => {
      asked.push([prompt, secret]);
      return 'yes';
    };
    expect(await runAction(pause, { prompt: 'Go on?', echo: false }, controller('/', { ask }))).toMatchObject({
      status: 'ok',
      result: { user_input: 'yes', rc: 0 },
    });
    expect(asked).toEqual([['Go on?', true]]);
  });
  it('goes on with a warning where nobody can be asked', async () => {
    const control = controller('/', { ask: () => Promise.reject(new Error('no terminal')) });
    expect(await runAction(pause, { prompt: 'Go on?' }, control)).toMatchObject({ status: 'ok', result: { user_input: '' } });
    expect(control.warnings).toEqual(['Not waiting for response to prompt as stdin is not interactive']);
  });
  it('waits', async () =>
    expect(await runAction(pause, { seconds: 1 })).toMatchObject({ result: { delta: 1, stdout: expect.stringMatching(/^Paused for 1(\.\d+)? seconds$/) } }));
});

describe('hostname', () => {
  const plan = (text: string) => hostname.plan({ name: 'quay01.example' }, seen(text), undefined);
  it('sets what is in force and what is kept', () => {
    expect(plan('now=quay01.example\nkept=quay01.example\n')).toMatchObject({
      is: 'right',
      result: { ansible_facts: { ansible_hostname: 'quay01', ansible_domain: 'example' } },
    });
    expect(plan('now=quay01.example\nkept=old\n')).toMatchObject({ is: 'wrong', diff: [{ before: { kept: 'old' }, after: { kept: 'quay01.example' } }] });
  });
});

describe('seboolean and selinux', () => {
  const boolean = (text: string, more = {}) => seboolean.plan(withDefaults(seboolean.options, { name: 'x_y', state: true, ...more }), seen(text), undefined);
  it('are skipped where there is no SELinux', async () => {
    expect(boolean('')).toMatchObject({ is: 'skipped', why: 'SELinux is disabled on this host.' });
    expect(selinux.plan(withDefaults(selinux.options, { state: 'enforcing', policy: 'targeted' }), seen('\x1econfig absent\n'), undefined)).toMatchObject({
      is: 'skipped',
    });
    expect(selinux.plan(withDefaults(selinux.options, { state: 'disabled' }), seen('\x1econfig absent\n'), undefined)).toMatchObject({ is: 'right' });
  });
  it('compare the value that is in force and the one that is kept', () => {
    const on = 'selinux=on\ntools=yes\n';
    expect(boolean(`${on}now=1\n`)).toMatchObject({ is: 'right' });
    expect(boolean(`${on}now=0\n`)).toMatchObject({ is: 'wrong', apply: { text: expect.stringMatching(/setsebool +x_y on/) } });
    expect(boolean(`${on}now=1\n\x1esemanage\nx_y   (on   ,  off)  Something\n`, { persistent: true })).toMatchObject({
      is: 'wrong',
      diff: [{ before: { kept: 'off' } }],
      apply: { text: expect.stringContaining('setsebool -P x_y on') },
    });
    expect(boolean(`${on}now=1\n\x1elocal\nother=0\nx_y=1\n`, { persistent: true })).toMatchObject({ is: 'right' });
    expect(boolean(`${on}`)).toMatchObject({ is: 'impossible', why: 'SELinux boolean x_y does not exist.' });
    expect(boolean('selinux=on\n')).toMatchObject({ is: 'premature' });
  });
  it('see what can be had without a reboot', () => {
    const plan = (state: string, text: string) => selinux.plan(withDefaults(selinux.options, { state, policy: 'targeted' }), seen(text), undefined);
    const config = '\x1econfig\n# mode\nSELINUX=enforcing\nSELINUXTYPE=targeted\n';
    expect(plan('enforcing', `live=1\n${config}`)).toMatchObject({ is: 'right', result: { reboot_required: false } });
    expect(plan('permissive', `live=1\n${config}`)).toMatchObject({
      is: 'wrong',
      uploads: { config: '# mode\nSELINUX=permissive\nSELINUXTYPE=targeted\n' },
      result: { reboot_required: false },
    });
    expect(plan('disabled', `live=1\n${config}`)).toMatchObject({
      is: 'wrong',
      result: { reboot_required: true },
      apply: { text: expect.stringContaining('setenforce 0') },
    });
  });
});

describe('modprobe', () => {
  const run = (text: string, args = {}) => modprobe.plan(withDefaults(modprobe.options, { name: 'br_netfilter', ...args }), seen(text), undefined);
  it('loads, and leaves alone what is built in', () => {
    expect(run('\x1estate\nloaded\ntools\n')).toMatchObject({ is: 'right' });
    expect(run('\x1estate\ntools\n', { params: 'a=1 b=2' })).toMatchObject({
      is: 'wrong',
      apply: { text: expect.stringContaining("modprobe -- br_netfilter 'a=1' 'b=2'") },
    });
    expect(run('\x1estate\nloaded\nbuiltin\ntools\n', { state: 'absent' })).toMatchObject({ is: 'right' });
    expect(run('\x1estate\n')).toMatchObject({ is: 'premature' });
  });
  it('sees to the next boot', () => {
    const state = '\x1estate\nloaded\ntools\n\x1eload\n/etc/modules-load.d/x.conf:br_netfilter\n';
    expect(run(state, { persistent: 'present' })).toMatchObject({ is: 'right' });
    expect(run(state, { persistent: 'absent' })).toMatchObject({ is: 'wrong', diff: [{ before: { '/etc/modules-load.d/x.conf': 'loads it at boot' } }] });
    expect(run('\x1estate\nloaded\ntools\n\x1eload\n/etc/modules-load.d/x.conf:#br_netfilter\n', { persistent: 'present' })).toMatchObject({ is: 'wrong' });
  });
});

describe('service_facts', () => {
  it('tells states and statuses as Ansible does', () => {
    const text = [
      '\x1eunits',
      'ssh.service          loaded    active   running OpenBSD Secure Shell server',
      'once.service         loaded    active   exited  Once',
      'broken.service       loaded    failed   failed  Broken',
      'gone.service         not-found inactive dead    gone.service',
      '\x1efiles',
      'ssh.service     enabled  enabled',
      'broken.service  enabled  enabled',
      'idle.service    disabled enabled',
      '',
    ].join('\n');
    expect(serviceFacts.result({}, seen(text))).toMatchObject({
      facts: {
        services: {
          'ssh.service': { name: 'ssh.service', state: 'running', status: 'enabled', source: 'systemd' },
          'once.service': { state: 'stopped', status: 'active' },
          'broken.service': { state: 'stopped', status: 'failed' },
          'gone.service': { status: 'not-found' },
          'idle.service': { state: 'inactive', status: 'disabled' },
        },
      },
    });
  });
});

describe('timezone', () => {
  const plan = (text: string) => timezone.plan({ name: 'Europe/Berlin' }, seen(text), undefined);
  it('compares the link, and the file where Debian has one', () => {
    expect(plan('zone=Europe/Berlin\nknown=yes\nhwclock=UTC\n')).toMatchObject({ is: 'right' });
    expect(plan('zone=Europe/Berlin\nknown=yes\nfile=Etc/UTC\n')).toMatchObject({ is: 'wrong', diff: [{ before: { file: 'Etc/UTC' } }] });
    expect(plan('zone=Etc/UTC\n')).toMatchObject({ is: 'premature' });
  });
  it('knows the zones of this machine', async () => expect((await runState(timezone, { name: 'No/Such' })).plan.is).toBe('premature'));
});
