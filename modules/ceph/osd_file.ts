import { lines, type Observed, type Script, sh } from '../../engine/module/contract.ts';
import { section, sectionOf, sections } from '../sections.ts';
import type { OsdArgs } from './ceph_osd.ts';
import { ceph, missingTool } from './cluster.ts';
import { keepRecord, NO_CLUSTER, newOsd, notReady, type OsdStep, readRecord } from './osd.ts';

const ROOT = '/var/lib/ceph/osd';

/** Each OSD of the host: its number and UUID. A folder has its final name only when mkfs is complete. */
export const probeFile = ({ name }: OsdArgs): Script =>
  lines(
    section('tool', missingTool('ceph', 'ceph-osd', 'ceph-authtool')),
    section('bootstrap', sh`[ -s /var/lib/ceph/bootstrap-osd/ceph.keyring ] && echo yes`),
    section('record', readRecord(name)),
    section('osds', sh`for d in ${ROOT}/ceph-*; do if [ -s "$d/fsid" ]; then printf '%s %s\\n' "\${d##*-}" "$(cat "$d/fsid")"; fi; done`),
  );

export function planFile({ name }: OsdArgs, seen: Observed): OsdStep {
  const found = sections(seen.stdout);
  const text = (part: string): string => sectionOf(found, part).text.trim();
  if (text('tool') !== '') return notReady(text('tool'));
  const uuid = text('record');
  const osd = text('osds')
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, its]) => uuid !== '' && its === uuid);
  if (osd !== undefined) return { is: 'right', result: { id: Number(osd[0]), uuid, name, data: `${ROOT}/ceph-${osd[0]}` } };
  if (text('bootstrap') !== 'yes') return NO_CLUSTER;
  return { is: 'todo', halfMade: uuid !== '' };
}

/** bluestore on a plain file: mkfs into a folder beside, then the rename that makes it count. */
export const applyFile = ({ name, size }: OsdArgs): Script =>
  lines(
    sh`${ceph}set -e
umask 077
qp_ceph_lock`,
    keepRecord(name),
    newOsd,
    sh`data=${ROOT}/ceph-$id
if ! [ -s "$data/fsid" ]; then
  fresh=${ROOT}/.qplay-$uuid
  rm -rf "$fresh"
  install -d -o ceph -g ceph -m 0750 ${ROOT} "$fresh"
  printf '[osd.%s]\\n\\tkey = %s\\n' "$id" "$key" > "$fresh/keyring"
  chown ceph:ceph "$fresh/keyring"
  said=$(ceph-osd --id "$id" --mkfs --osd-uuid "$uuid" --osd-data "$fresh" --keyring "$fresh/keyring" --osd-objectstore bluestore --bluestore-block-size ${size} --setuser ceph --setgroup ceph 2>&1) || { code=$?; printf '%s\\n' "$said" | tail -n 20 >&2; exit "$code"; }
  chown -R ceph:ceph "$fresh"
  sync
  rmdir "$data" 2>/dev/null || true
  mv -T "$fresh" "$data"
fi`,
  );
