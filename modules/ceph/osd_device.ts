import { lines, type Observed, type Script, sh } from '../../engine/module/contract.ts';
import { jsonOf, section, sectionOf, sections } from '../sections.ts';
import type { OsdArgs } from './ceph_osd.ts';
import { ceph, missingTool } from './cluster.ts';
import { keepRecord, NO_CLUSTER, notReady, type OsdStep, readRecord } from './osd.ts';

const labelOf = (device: string | undefined): string => (device ?? '').replace(/^\/dev\//, '').replaceAll('/', '-');

/** What ceph-volume knows of the device, whether its store is complete, and what else may be on it. */
export const probeDevice = ({ device = '' }: OsdArgs): Script =>
  lines(
    section('tool', missingTool('ceph', 'ceph-osd', 'ceph-volume', 'lsblk')),
    section('bootstrap', sh`[ -s /var/lib/ceph/bootstrap-osd/ceph.keyring ] && echo yes`),
    section('record', readRecord(labelOf(device))),
    section('volumes', sh`timeout 60 ceph-volume lvm list --format json ${device} 2>/dev/null || echo '{}'`),
    section('done', sh`for d in /var/lib/ceph/osd/ceph-*; do if [ -s "$d/fsid" ] && [ -s "$d/ready" ]; then cat "$d/fsid"; fi; done`),
    section('disk', sh`[ -b ${device} ] && lsblk -nro NAME,TYPE,FSTYPE,MOUNTPOINT ${device}`),
  );

interface Volume {
  readonly tags?: Readonly<Record<string, string>>;
}

export function planDevice({ device = '' }: OsdArgs, seen: Observed): OsdStep {
  const found = sections(seen.stdout);
  const text = (part: string): string => sectionOf(found, part).text.trim();
  if (text('tool') !== '') return notReady(text('tool'));
  if (text('disk') === '') return { is: 'impossible', why: `${device} is not a block device of this host`, hint: 'lsblk lists them.' };
  const volumes = (jsonOf(sectionOf(found, 'volumes')) ?? {}) as Record<string, readonly Volume[]>;
  const [id, parts] = Object.entries(volumes)[0] ?? [];
  const uuid = parts?.[0]?.tags?.['ceph.osd_fsid'] ?? '';
  const complete = text('done').split('\n').includes(uuid);
  if (id !== undefined && complete) return { is: 'right', result: { id: Number(id), uuid, data: `/var/lib/ceph/osd/ceph-${id}` } };
  if (id !== undefined && uuid !== text('record')) {
    return {
      is: 'impossible',
      why: `${device} holds OSD ${id} (${uuid}), which is not running and was not begun by qplay`,
      hint: `ceph-volume lvm activate --all starts it; ceph-volume lvm zap --destroy ${device} destroys it.`,
    };
  }
  if (text('bootstrap') !== 'yes') return NO_CLUSTER;
  if (id === undefined && !isEmpty(text('disk'))) {
    return {
      is: 'impossible',
      why: `${device} is not empty: ${text('disk').replaceAll('\n', '; ')}`,
      hint: `qplay never wipes a disk. If nothing on it is needed: ceph-volume lvm zap --destroy ${device}`,
    };
  }
  return { is: 'todo', halfMade: id !== undefined };
}

/** One line, a disk or loop device, without a file system or a mount point. */
const isEmpty = (disk: string): boolean => /^\S+ (disk|loop|lvm|mpath)\s*$/.test(disk);

/**
 * A volume that carries our UUID but never became a complete store is ours and empty: it is zapped, and `purge-new` (which
 * refuses an OSD that has ever run) frees the UUID for a second try.
 */
export const applyDevice = ({ device = '', encrypted }: OsdArgs, halfMade: boolean): Script =>
  lines(
    sh`${ceph}set -e
umask 077
qp_ceph_lock`,
    keepRecord(labelOf(device)),
    sh`old=$(qp_ceph osd dump | sed -n "s/^osd\\.\\([0-9]*\\) .* $uuid.*/\\1/p")
if [ -n "$old" ]; then qp_ceph osd purge-new "$old" --yes-i-really-mean-it; fi`,
    halfMade && sh`ceph-volume lvm zap --destroy --osd-fsid "$uuid"`,
    sh`ceph-volume lvm create --bluestore --data ${device} --osd-fsid "$uuid" ${encrypted ? ['--dmcrypt'] : []}`,
  );
