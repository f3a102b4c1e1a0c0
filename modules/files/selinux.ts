import { type Script, sh } from '../../engine/module/contract.ts';
import type { Records } from './records.ts';

/** Options for the SELinux label of a file. A host without SELinux ignores them, as in Ansible. */
export const LABELS = {
  seuser: { type: 'str', description: 'User part of the SELinux label. Ignored on a host without SELinux, like the three below.' },
  serole: { type: 'str', description: 'Role part of the SELinux label.' },
  setype: { type: 'str', description: 'Type part of the SELinux label, such as `container_file_t`.' },
  selevel: { type: 'str', description: 'Level part of the SELinux label, such as `s0`.' },
} as const;

export interface WantedLabel {
  readonly seuser?: string | undefined;
  readonly serole?: string | undefined;
  readonly setype?: string | undefined;
  readonly selevel?: string | undefined;
}

/** A label that must change: options for chcon, and what differs. */
export interface Relabel {
  readonly options: readonly string[];
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

const PARTS = [
  ['seuser', '-u'],
  ['serole', '-r'],
  ['setype', '-t'],
  ['selevel', '-l'],
] as const;

/** `_default` asks for what the policy says, which is what a new file has. */
const asked = (wanted: WantedLabel) => PARTS.filter(([name]) => wanted[name] !== undefined && wanted[name] !== '_default');

/** Script that prints the label of what `qp_look` looked at last, where there is SELinux and a label is asked. */
export const readLabel = (wanted: WantedLabel): Script | undefined =>
  asked(wanted).length === 0
    ? undefined
    : sh`if [ -e /sys/fs/selinux/enforce ]; then
  printf 'label=%s\\0' "$([ ! -e "$qp_l" ] || stat -c %C -- "$qp_l")"
fi`;

/** What must change of the label, or `undefined` when it is right or there is no SELinux. */
export function relabel(wanted: WantedLabel, seen: Records): Relabel | undefined {
  const label = seen.get('label');
  if (label === undefined) return undefined;
  const [seuser, serole, setype, ...level] = label.split(':');
  const now: Record<string, string> = { seuser: seuser ?? '', serole: serole ?? '', setype: setype ?? '', selevel: level.join(':') };
  const wrong = asked(wanted).filter(([name]) => now[name] !== wanted[name]);
  if (wrong.length === 0) return undefined;
  return {
    options: wrong.flatMap(([name, flag]) => [flag, wanted[name] as string]),
    before: Object.fromEntries(wrong.map(([name]) => [name, now[name] as string])),
    after: Object.fromEntries(wrong.map(([name]) => [name, wanted[name] as string])),
  };
}
