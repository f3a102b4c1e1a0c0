import { Lib, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import type { Section } from '../sections.ts';

/** Folder of what qplay writes down before a step that must happen once. */
export const RECORDS = '/var/lib/ceph/qplay';

/**
 * `qp_ceph`: the ceph command with an end: without a quorum it would wait for ever. `qp_ceph_lock`: one change at a time on a
 * host, since a script whose connection was cut may still be running when the next run begins.
 */
export const ceph = new Lib(
  'ceph',
  `
qp_ceph() { timeout 40 ceph --connect-timeout 15 "$@"; }
qp_ceph_lock() { exec 9>/run/qplay-ceph.lock && { flock -w 300 9 || { echo "another qplay has been changing Ceph on this host for five minutes" >&2; return 1; }; }; }
`,
);

/** Whether programs are there: prints the first that is missing. */
export const missingTool = (...names: readonly string[]): Script => sh`for t in ${names}; do command -v "$t" >/dev/null 2>&1 || { echo "$t"; break; }; done`;

/** What stands in the way of asking the cluster anything, or `undefined`. */
export function notAsked(tool: Section, answer: Section, stderr: string): Plan | undefined {
  const missing = tool.text.trim();
  if (missing !== '') return { is: 'premature', why: `${missing} is not installed`, hint: 'Install the Ceph packages first (role ceph).' };
  // 2 is ENOENT: the cluster answered that there is no such thing
  if (answer.code === 0 || answer.code === 2) return undefined;
  const words = stderr.trim().split('\n').at(-1) ?? '';
  if (/permission|EACCES|EPERM|denied/i.test(words)) {
    return { is: 'impossible', why: `Ceph refuses the admin key: ${words}`, hint: 'Does /etc/ceph/ceph.client.admin.keyring belong to this cluster?' };
  }
  const why =
    answer.code === 124 ? 'The Ceph cluster does not answer within 40 seconds' : `The Ceph cluster does not answer: ${words || `exit ${answer.code}`}`;
  return { is: 'premature', why, hint: 'Most monitors must be running: systemctl status "ceph-mon@*" on the Ceph hosts.' };
}
