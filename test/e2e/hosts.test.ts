/** What the lab promises of its hosts, on box01. */
import { describe, expect, it } from 'vitest';
import { ended, lab, onHost, start } from './support/lab.ts';

const HOST = 'box01';
/** Whether a stranger on the control node reaches the host's sshd. */
const reached = async (): Promise<boolean> =>
  (await ended(start(['lab/lab', 'ctl', 'timeout', '2', 'bash', '-c', `exec 3<>/dev/tcp/${HOST}/22 && head -c 4 <&3`]))).out === 'SSH-';
const addresses = async (): Promise<string> => (await ended(start(['ip', '-o', 'addr']))).out.replace(/\d+sec/g, '');

describe('a host of the lab', () => {
  it('is bare after a reset, whole, and known by the same key', async () => {
    await onHost(HOST, 'touch /root/mark');
    await lab('reset', HOST);
    expect(await onHost(HOST, 'systemctl is-system-running --wait; ls /root/mark 2>&1 || true; command -v podman haproxy ceph || true')).toBe(
      "running\nls: cannot access '/root/mark': No such file or directory\n",
    );
    expect(await onHost(HOST, 'firewall-cmd --state; id -un')).toBe('running\nroot\n');
  });

  it('installs packages from the lab alone, and takes a version', async () => {
    const said = await onHost(
      HOST,
      'apt-get -qq update; apt-get -qqy install qplay-hello=1.0 >/dev/null 2>&1; qplay-hello; apt-get -qqy install qplay-world >/dev/null 2>&1; apt-get -qqy upgrade >/dev/null 2>&1; qplay-hello',
    );
    expect(said).toBe('qplay-hello 1.0\nqplay-hello 2.0\n');
  });

  it('keeps its disk over a power cut and a reboot', async () => {
    await onHost(HOST, 'touch /root/kept');
    await lab('power-cut', HOST);
    expect(await reached()).toBe(false);
    await lab('power-on', HOST);
    const boot = await onHost(HOST, 'ls /root/kept; cat /proc/sys/kernel/random/boot_id >/dev/null; systemctl show -p UserspaceTimestampMonotonic --value');
    expect(boot).toMatch(/^\/root\/kept\n/);
    await ended(start(['lab/lab', 'ssh', HOST, 'sudo', 'systemctl', 'reboot']));
    await expect.poll(async () => !(await reached()), { timeout: 20_000, interval: 50 }).toBe(true);
    await expect.poll(reached, { timeout: 60_000, interval: 200 }).toBe(true);
    expect(await onHost(HOST, 'ls /root/kept')).toBe('/root/kept\n');
  });

  it('can be cut off the network and healed, and goes on meanwhile', async () => {
    await lab('cut', HOST);
    expect(await reached()).toBe(false);
    expect(await lab('status')).toMatch(/box01 .*cut off the network/);
    await lab('heal', HOST);
    expect(await reached()).toBe(true);
  });

  it('wants the password of qpass for sudo, and none of qadmin', async () => {
    const ask = (user: string, input: string): Promise<{ code: number; out: string }> =>
      ended(start(['lab/lab', 'ssh', `${user}@${HOST}`, 'sudo', '-S', '-p', "''", 'id', '-un'], input));
    expect((await ask('qpass', 'qpass-secret\n')).out).toBe('root\n');
    expect((await ask('qpass', 'wrong\n')).code).not.toBe(0);
    expect((await ask('qadmin', '')).out).toBe('root\n');
  });

  it('leaves nothing on the network of the machine', async () => {
    expect(await addresses()).not.toContain('10.77.0.');
  });
});
