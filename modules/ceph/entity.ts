import { lines, type Observed, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { section, sectionOf, sections } from '../sections.ts';
import { ceph, missingTool, notAsked } from './cluster.ts';

/** A cephx identity and the keyring file it is kept in on this host. */
export interface Entity {
  /** Such as `mgr.ceph01` or `client.rgw.ceph01`. */
  readonly name: string;
  /** Capabilities by daemon kind: `{ mon: 'allow profile mgr' }`. */
  readonly caps: Readonly<Record<string, string>>;
  /** No file is kept when absent. */
  readonly keyring?: string | undefined;
  readonly owner: string;
  readonly group: string;
  /** Octal, four digits. */
  readonly mode: string;
}

/** Prints the identity's capabilities, never its key, and whether the file holds that key. */
export function probeEntity(entity: Entity): Script {
  const file = sh`
    f=${entity.keyring ?? ''}; [ -n "$f" ] || exit 0
    if ! [ -e "$f" ]; then echo absent; exit 0; fi
    stat -c '%U %G %04a' "$f"
    key=$(printf '%s\\n' "$all" | sed -n 's/^[[:space:]]*key = //p')
    case "$(cat "$f")" in *"$key"*) echo same ;; *) echo other ;; esac`;
  return lines(
    section('tool', missingTool('ceph')),
    sh`${ceph}all=$(qp_ceph auth get ${entity.name}); code=$?`,
    section('auth', sh`printf '%s\\n' "$all" | sed -n 's/^[[:space:]]*caps //p'; exit "$code"`),
    section('file', file),
  );
}

/** Brings identity and file there. `auth get-or-create` is one step inside the monitors, so a cut leaves the key or none. */
export function planEntity(entity: Entity, seen: Observed): Plan {
  const found = sections(seen.stdout);
  const auth = sectionOf(found, 'auth');
  const trouble = notAsked(sectionOf(found, 'tool'), auth, seen.stderr);
  if (trouble !== undefined) return trouble;
  const exists = auth.code === 0;
  const caps = capsOf(auth.text);
  const sameCaps = exists && same(caps, entity.caps);
  const file = sectionOf(found, 'file').text.trim();
  const wantedFile = entity.keyring === undefined ? '' : `${entity.owner} ${entity.group} ${entity.mode}\nsame`;
  const result = { name: entity.name, caps: entity.caps, ...(entity.keyring !== undefined && { keyring: entity.keyring }) };
  if (sameCaps && file === wantedFile) return { is: 'right', result };
  const before = { exists, caps: exists ? caps : {}, ...(entity.keyring !== undefined && { [entity.keyring]: file.replaceAll('\n', ' ') }) };
  const after = { exists: true, caps: entity.caps, ...(entity.keyring !== undefined && { [entity.keyring]: wantedFile.replaceAll('\n', ' ') }) };
  return { is: 'wrong', diff: [{ label: `cephx ${entity.name}`, before, after }], apply: applyEntity(entity, exists, sameCaps), result };
}

/** Whether the identity is gone, and how to take it away. */
export function planNoEntity(entity: Entity, seen: Observed): Plan {
  const found = sections(seen.stdout);
  const auth = sectionOf(found, 'auth');
  const trouble = notAsked(sectionOf(found, 'tool'), auth, seen.stderr);
  if (trouble !== undefined) return trouble;
  const file = sectionOf(found, 'file').text.trim();
  if (auth.code !== 0 && (file === '' || file === 'absent')) return { is: 'right', result: { name: entity.name } };
  return {
    is: 'wrong',
    diff: [{ label: `cephx ${entity.name}`, before: { exists: auth.code === 0 }, after: { exists: false } }],
    apply: lines(sh`${ceph}set -e`, auth.code === 0 && sh`qp_ceph auth del ${entity.name}`, entity.keyring !== undefined && sh`rm -f -- ${entity.keyring}`),
    result: { name: entity.name },
  };
}

function applyEntity(entity: Entity, exists: boolean, sameCaps: boolean): Script {
  const caps = Object.keys(entity.caps)
    .sort()
    .flatMap((kind) => [kind, entity.caps[kind] as string]);
  return lines(
    sh`${ceph}set -e
umask 077`,
    exists && !sameCaps && sh`qp_ceph auth caps ${entity.name} ${caps}`,
    !exists && sh`qp_ceph auth get-or-create ${entity.name} ${caps} >/dev/null`,
    entity.keyring !== undefined &&
      sh`f=${entity.keyring}; d=$(dirname "$f")
[ -d "$d" ] || install -d -o ${entity.owner} -g ${entity.group} -m 0750 "$d"
qp_ceph auth get ${entity.name} -o "$f.qplay"
chown ${entity.owner}:${entity.group} "$f.qplay"; chmod ${entity.mode} "$f.qplay"; mv -f "$f.qplay" "$f"`,
  );
}

function capsOf(text: string): Record<string, string> {
  const caps: Record<string, string> = {};
  for (const [, kind, value] of text.matchAll(/^(\w+) = "(.*)"$/gm)) caps[kind as string] = value as string;
  return caps;
}

const same = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((kind) => a[kind] === b[kind]);
