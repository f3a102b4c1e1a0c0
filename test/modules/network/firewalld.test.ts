import { describe, expect, test } from 'vitest';
import { lines, type Observed, raw } from '../../../engine/module/contract.ts';
import firewalld from '../../../modules/network/firewalld.ts';
import { runScript, SHELLS, withDefaults } from '../harness.ts';

const seen = (stdout: string): Observed => ({ code: 0, stdout, stderr: '', bytes: Buffer.from(stdout) });
const port = { port: '8443/tcp', permanent: true, immediate: true, state: 'enabled' };
const plan = (given: Record<string, unknown>, stdout: string) => firewalld.plan(withDefaults(firewalld.options, given), seen(stdout), undefined);
/** What firewall-cmd is told where the bus does not answer. */
const applied = (given: Record<string, unknown>, stdout: string): string => {
  const found = plan(given, stdout);
  return found.is === 'wrong'
    ? found.apply.text
        .replace(/ +/g, ' ')
        .replaceAll("'", '')
        .replace(/^qp_firewalld.*?\|\| /gm, '')
        .replaceAll(' || exit $?', '')
    : found.is;
};

describe('firewalld', () => {
  test('leaves what is so now and for ever', () => expect(plan(port, 'runtime=0\npermanent=0\n').is).toBe('right'));
  test('changes only the side that differs', () => {
    expect(applied(port, 'runtime=0\npermanent=1\n')).toBe('firewall-cmd --permanent --add-port=8443/tcp >/dev/null');
    expect(applied(port, 'runtime=1\npermanent=0\n')).toBe('firewall-cmd --add-port=8443/tcp >/dev/null');
  });
  test('never reloads', () => expect(applied(port, 'runtime=1\npermanent=1\n')).not.toContain('reload'));
  test('works on the files when the daemon is down and offline allows it', () => {
    expect(applied({ ...port, offline: true }, 'runtime=252 not running\npermanent=252 not running\noffline=1 no\n')).toBe(
      'firewall-offline-cmd --add-port=8443/tcp >/dev/null',
    );
    expect(plan(port, 'runtime=252 x\npermanent=252 x\noffline=1 no\n')).toMatchObject({ is: 'premature' });
  });
  test('a switch that is off is wanted off', () => {
    expect(plan({ masquerade: false, state: 'enabled', permanent: true }, 'permanent=1\n').is).toBe('right');
    expect(plan({ masquerade: false, state: 'disabled', permanent: true }, 'permanent=0\n').is).toBe('right');
  });
  test('an unknown zone may still come; a wrong rule may not', () => {
    expect(plan({ ...port, zone: 'x' }, 'runtime=112 Error: INVALID_ZONE: x\n')).toMatchObject({
      is: 'premature',
      why: 'firewalld refuses port 8443/tcp: INVALID_ZONE: x',
    });
    expect(plan({ rich_rule: 'bogus', state: 'enabled' }, 'runtime=122 Error: INVALID_RULE: bogus\n')).toMatchObject({ is: 'impossible' });
  });
  test.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('a host without it is told so in %s', async (_name, shell) => {
    const args = withDefaults(firewalld.options, port);
    expect(firewalld.plan(args, await runScript(lines(raw('PATH=/nonexistent'), firewalld.probe(args, undefined)), shell), undefined)).toMatchObject({
      is: 'premature',
      why: 'there is no firewalld on this host',
    });
  });
});
