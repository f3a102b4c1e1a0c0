import { describe, expect, it } from 'vitest';
import { attributeDiff, fits, type Look, settle } from '../../../modules/files/attributes.ts';
import copy from '../../../modules/files/copy.ts';
import { recordsOf } from '../../../modules/files/records.ts';
import { relabel } from '../../../modules/files/selinux.ts';
import { runState, scratch } from '../harness.ts';

const seen = (text: string) => recordsOf({ code: 0, stdout: text, stderr: '', bytes: Buffer.from(text) });
const host = seen('umask=0022\0label=system_u:object_r:etc_t:s0:c1,c2\0');

describe('SELinux labels', () => {
  it('are compared part by part', () => {
    expect(relabel({ setype: 'etc_t', selevel: 's0:c1,c2' }, host)).toBeUndefined();
    expect(relabel({ seuser: 'system_u', setype: 'container_file_t', selevel: 's0' }, host)).toEqual({
      options: ['-t', 'container_file_t', '-l', 's0'],
      before: { setype: 'etc_t', selevel: 's0:c1,c2' },
      after: { setype: 'container_file_t', selevel: 's0' },
    });
    expect(relabel({ setype: '_default' }, host)).toBeUndefined();
    expect(relabel({ setype: 'x_t' }, seen('label=\0'))?.options).toEqual(['-t', 'x_t']);
    expect(relabel({ setype: 'x_t' }, seen('umask=0022\0'))).toBeUndefined();
  });

  it('count among what differs of a file', () => {
    const now: Look = { type: 'file', mode: 0o644, uid: 0, gid: 0, owner: 'root', group: 'root', size: 0, links: 1, inode: '1', device: '1', mtime: 0 };
    const settled = settle({ setype: 'container_file_t' }, host, now, { mode: 0o666, directory: false });
    if ('is' in settled) throw new Error('not settled');
    expect(fits(now, settled)).toBe(false);
    expect(attributeDiff(now, settled, '/f')).toEqual({ before: { setype: 'etc_t' }, after: { setype: 'container_file_t' }, label: '/f' });
  });

  it('are ignored on a host without SELinux', async () => {
    const dest = `${scratch()}/f`;
    expect((await runState(copy, { dest, content: '', setype: 'container_file_t' })).after).toMatchObject({ is: 'right' });
  });
});
