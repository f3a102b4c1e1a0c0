import { describe, expect, it } from 'vitest';
import type { StateModule } from '../../../engine/module/contract.ts';
import sefcontext from '../../../modules/system/sefcontext.ts';
import seport from '../../../modules/system/seport.ts';
import { withDefaults } from '../harness.ts';

/** What semanage prints, as on RHEL 9: these hosts are not in the lab. */
const PORTS = `afs_bos_port_t                 udp      7007
http_port_t                    tcp      8888, 80, 81, 443, 488, 8008, 8009, 8443, 9000
ssh_port_t                     tcp      22
unreserved_port_t              tcp      61001-65535, 1024-32767
`;
const RULES = `/.*                                                all files          system_u:object_r:default_t:s0
/srv/git(/.*)?                                     all files          system_u:object_r:git_sys_content_t:s0
/srv/git(/.*)?                                     directory          system_u:object_r:var_t:s0
/dev/null                                          character device   system_u:object_r:null_device_t:s0

SELinux Distribution fcontext Equivalence

/srv/containers = /var/lib/containers
`;

const planned = (module: unknown, args: Record<string, unknown>, text: string) => {
  const { options, plan } = module as StateModule;
  const stdout = text;
  return plan(withDefaults(options, args), { code: 0, stdout, stderr: '', bytes: Buffer.from(stdout) }, undefined);
};
const head = (more: string, name: string, text: string): string => `\x1ehead\n${more}\x1e${name}\n${text}`;
const ON = 'selinux=on\ntools=yes\n';

describe('seport', () => {
  const ask = (args: Record<string, unknown>, before = ON) => planned(seport, { proto: 'tcp', setype: 'http_port_t', ...args }, head(before, 'ports', PORTS));
  it('knows what is there', () => {
    expect(ask({ ports: ['80', '8888'] })).toEqual({ is: 'right', result: { ports: ['80', '8888'], proto: 'tcp', setype: 'http_port_t', state: 'present' } });
    expect(ask({ ports: ['22'], state: 'absent' }).is).toBe('right');
    expect(ask({ ports: ['80'], proto: 'udp' }).is).toBe('wrong');
  });
  it('adds what is new and modifies what has another type', () => {
    const plan = ask({ ports: ['22', '9000-9010', '80'] }) as { apply: { text: string }; diff: unknown };
    expect(plan.apply.text).toContain('semanage port -m  -t http_port_t -p tcp 22 || exit\nsemanage port -a  -t http_port_t -p tcp 9000-9010 || exit');
    expect(plan.diff).toEqual([
      {
        label: 'SELinux ports',
        before: { 'tcp 22': 'ssh_port_t', 'tcp 9000-9010': 'none' },
        after: { 'tcp 22': 'http_port_t', 'tcp 9000-9010': 'http_port_t' },
      },
    ]);
  });
  it('says what is missing', () => {
    expect(ask({ ports: ['1'] }, 'tools=yes\n')).toMatchObject({ is: 'impossible', why: 'SELinux is disabled on this host.' });
    expect(ask({ ports: ['1'] }, 'selinux=on\n')).toMatchObject({ is: 'premature' });
    expect(ask({ ports: ['1'], ignore_selinux_state: true }, 'tools=yes\n').is).toBe('wrong');
  });
});

describe('sefcontext', () => {
  const ask = (args: Record<string, unknown>) => planned(sefcontext, args, head(ON, 'rules', RULES));
  const git = { target: '/srv/git(/.*)?' };
  it('tells rules of one path by the kind of file', () => {
    expect(ask({ ...git, setype: 'git_sys_content_t' })).toMatchObject({ is: 'right', result: { seuser: 'system_u', serange: 's0' } });
    expect(ask({ ...git, setype: 'var_t', ftype: 'd' }).is).toBe('right');
    const changed = ask({ ...git, setype: 'var_t' }) as { apply: { text: string } };
    expect(changed.apply.text).toContain("semanage fcontext -m  -t var_t -f a -r s0 -s system_u '/srv/git(/.*)?'");
    expect((ask({ ...git, setype: 'x_t', ftype: 's' }) as typeof changed).apply.text).toContain('semanage fcontext -a');
  });
  it('keeps paths that are labelled as others', () => {
    expect(ask({ target: '/srv/containers', substitute: '/var/lib/containers' }).is).toBe('right');
    expect(ask({ target: '/srv/containers', substitute: '/var/x' })).toMatchObject({ is: 'wrong', diff: [{ before: { rule: '/var/lib/containers' } }] });
    expect(ask({ target: '/srv/containers', state: 'absent' })).toMatchObject({ is: 'wrong' });
  });
  it('removes what is there only', () => {
    expect(ask({ ...git, state: 'absent' })).toMatchObject({ is: 'wrong' });
    expect(ask({ target: '/srv', state: 'absent' }).is).toBe('right');
    expect(ask(git)).toMatchObject({ is: 'impossible', why: expect.stringContaining('setype, substitute') });
  });
});
