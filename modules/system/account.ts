import type { Observed } from '../../engine/module/contract.ts';
import { fields, sections, textLines } from './lib.ts';

/** An account as the host has it. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
  /** Name of the primary group. */
  readonly group: string;
  /** Names of the other groups. */
  readonly groups: readonly string[];
  /** Days since 1970 after which it is closed; `undefined` for never. */
  readonly expires: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly warn: number | undefined;
  readonly inactive: number | undefined;
}

/** What the probe of `user` printed. */
export interface Seen {
  readonly account: Account | undefined;
  /** Whether its password is the wanted one: `same`, `differs`; absent when nobody asked or shadow is closed. */
  readonly password: string | undefined;
  readonly locked: boolean;
  readonly homeExists: boolean;
  /** Groups that exist, of those named: by name and by number. */
  readonly known: ReadonlyMap<string, string>;
  readonly key: { readonly file: string; readonly public: string; readonly fingerprint: string } | undefined;
  readonly keyFile: string;
  readonly tools: boolean;
  readonly closed: boolean;
}

export function readSeen(observed: Observed): Seen {
  const parts = sections(observed.stdout);
  const said = fields(parts.get('said') ?? '');
  const known = new Map<string, string>();
  for (const line of textLines(parts.get('groups') ?? '')) {
    const [name = '', , gid = ''] = line.split(':');
    known.set(name, name);
    if (!known.has(gid)) known.set(gid, name);
  }
  const pub = parts.get('key')?.trim();
  return {
    account: account(parts, said),
    password: said.get('password'),
    locked: said.get('locked') === 'yes',
    homeExists: said.get('home') === 'yes',
    known,
    key: pub === undefined ? undefined : { file: said.get('keyfile') ?? '', public: pub, fingerprint: said.get('fingerprint') ?? '' },
    keyFile: said.get('keyfile') ?? '',
    tools: said.get('tools') === 'yes',
    closed: said.get('shadow') === 'closed',
  };
}

function account(parts: ReadonlyMap<string, string>, said: ReadonlyMap<string, string>): Account | undefined {
  const line = textLines(parts.get('passwd') ?? '')[0];
  if (line === undefined || line === '') return undefined;
  const [, , uid, gid, comment = '', home = '', shell = ''] = line.split(':');
  const group = said.get('group') ?? gid ?? '';
  const days = (said.get('aging') ?? '').split(':').map((field) => (field === '' ? undefined : Number(field)));
  return {
    uid: Number(uid),
    gid: Number(gid),
    comment,
    home,
    shell,
    group,
    groups: (said.get('groups') ?? '').split(' ').filter((name) => name !== '' && name !== group),
    min: days[0],
    max: days[1],
    warn: days[2],
    inactive: days[3],
    expires: days[4],
  };
}
