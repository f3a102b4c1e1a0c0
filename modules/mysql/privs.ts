/** Privileges by what they are on, such as `*.*` or `` `db`.`table` ``. */
export type Privs = ReadonlyMap<string, readonly string[]>;

/** Other names under which MariaDB takes a privilege that it shows by one name. */
const SYNONYMS: Readonly<Record<string, string>> = {
  'ALL PRIVILEGES': 'ALL',
  'REPLICATION REPLICA': 'REPLICATION SLAVE',
  'REPLICA MONITOR': 'SLAVE MONITOR',
  'REPLICATION REPLICA ADMIN': 'REPLICATION SLAVE ADMIN',
  'DELETE VERSIONING ROWS': 'DELETE HISTORY',
};

/** MariaDB from 10.5 on shows REPLICATION CLIENT by another name. */
const canonical = (priv: string): string => SYNONYMS[priv] ?? (priv === 'BINLOG MONITOR' ? 'REPLICATION CLIENT' : priv);

/** `SELECT (b, a)` with its columns in order, so that two such can be compared. */
function ordered(priv: string): string {
  const [, name, columns] = /^(.*?)\s*\((.*)\)\s*$/.exec(priv) ?? [];
  if (name === undefined || columns === undefined) return canonical(priv.trim());
  const sorted = columns
    .split(',')
    .map((one) => one.trim().replace(/^`|`$/g, ''))
    .sort();
  return `${name} (${sorted.join(', ')})`;
}

/** Divided by commas that are in no brackets. */
const members = (text: string): string[] => text.split(/,\s*(?=[^)]*(?:\(|$))/).filter((one) => one.trim() !== '');

/** `db.table:PRIV,PRIV/db2.*:ALL`, or a mapping, as the module takes it; text where it makes no sense. */
export function wantedPrivs(given: unknown, how: { readonly ansi: boolean; readonly caseSensitive: boolean; readonly ensureUsage: boolean }): Privs | string {
  const text =
    typeof given === 'object' && given !== null
      ? Object.entries(given)
          .map(([key, value]) => `${key}:${value}`)
          .join('/')
      : String(given);
  const mark = how.ansi ? '"' : '`';
  const found = new Map<string, string[]>();
  for (const item of text.trim().split('/')) {
    const colon = item.trim().lastIndexOf(':');
    if (colon < 1) return `unable to read the privileges "${item}": it should be db.table:PRIVILEGE,PRIVILEGE`;
    const privs = item.trim().slice(colon + 1);
    const cased = privs.includes('(') && how.caseSensitive ? privs : privs.toUpperCase();
    found.set(quoted(item.trim().slice(0, colon), mark), members(cased).map(ordered));
  }
  if (how.ensureUsage && !found.has('*.*')) found.set('*.*', ['USAGE']);
  return found;
}

/** `FUNCTION db.name` with its names quoted; a star is not. */
function quoted(object: string, mark: string): string {
  const [, type = '', name = object] = /^((?:FUNCTION|PROCEDURE) )?(.*)$/.exec(object) ?? [];
  const dot = name.lastIndexOf('.');
  const sides = dot < 0 ? [name] : [name.slice(0, dot), name.slice(dot + 1)];
  const bare = (side: string) => side.replace(/^`+|`+$/g, '');
  return type + sides.map((side) => (bare(side) === '*' ? side : `${mark}${bare(side)}${mark}`)).join('.');
}

const GRANT = /^GRANT (.+) ON (.+) TO (['`"]).*\3@(['`"]).*\4( IDENTIFIED BY PASSWORD (['`"]).+\6)? ?(.*)$/;

/** What SHOW GRANTS tells, line by line. Lines about roles are passed over. */
export function grantedPrivs(grants: readonly string[]): Privs {
  const found = new Map<string, string[]>();
  for (const line of grants) {
    const [, privs, object, , , , , rest] = GRANT.exec(line) ?? [];
    if (privs === undefined || object === undefined) continue;
    const list = found.get(object) ?? [];
    list.push(...members(privs).map(ordered));
    if (rest?.includes('WITH GRANT OPTION')) list.push('GRANT');
    found.set(object, list);
  }
  return found;
}

/** Which of MySQL 8's privileges are static; it shows these in place of ALL. */
const STATIC =
  'SELECT,INSERT,UPDATE,DELETE,CREATE,DROP,RELOAD,SHUTDOWN,PROCESS,FILE,REFERENCES,INDEX,ALTER,SHOW DATABASES,SUPER,CREATE TEMPORARY TABLES,LOCK TABLES,' +
  'EXECUTE,REPLICATION SLAVE,REPLICATION CLIENT,CREATE VIEW,SHOW VIEW,CREATE ROUTINE,ALTER ROUTINE,CREATE USER,EVENT,TRIGGER,CREATE TABLESPACE,CREATE ROLE,DROP ROLE';
const holdsAll = (privs: readonly string[]): boolean => STATIC.split(',').every((one) => privs.includes(one));

/** One statement to be made about privileges. */
export interface PrivStep {
  readonly sql: string;
  readonly msg: string;
}

export interface Change {
  /** `'name'@'host'`. */
  readonly account: string;
  readonly user: string;
  readonly append: boolean;
  readonly subtract: boolean;
}

/** What must be granted and revoked, and what Ansible's message says of the last of it. */
export function privSteps(now: Privs, wanted: Privs, { account, user, append, subtract }: Change): PrivStep[] {
  const steps: PrivStep[] = [];
  const asAll = (object: string, privs: readonly string[]) =>
    object === '*.*' && wanted.get(object)?.includes('ALL') && holdsAll(privs) ? ['ALL', ...privs.filter((one) => one === 'GRANT')] : privs;
  const current = new Map([...now].map(([object, privs]) => [object, asAll(object, privs)]));
  if (!append && !subtract) {
    for (const [object, privs] of current) {
      if (wanted.has(object) || user === 'root' || privs.includes('PROXY')) continue;
      steps.push(...revocation(account, object, privs, 'Privileges updated'));
    }
  }
  if (!subtract)
    for (const [object, privs] of wanted) if (!current.has(object)) steps.push({ sql: grant(account, object, privs), msg: 'New privileges granted' });
  for (const [object, asked] of wanted) {
    const own = current.get(object);
    if (own !== undefined) steps.push(...adjustment(account, object, differing(own, asked, { append, subtract })));
  }
  return steps;
}

interface Difference {
  readonly granted: readonly string[];
  readonly revoked: readonly string[];
}

function differing(own: readonly string[], asked: readonly string[], { append, subtract }: Pick<Change, 'append' | 'subtract'>): Difference {
  if (subtract) return { granted: [], revoked: asked.filter((one) => own.includes(one)) };
  const granted = asked.filter((one) => !own.includes(one));
  // whoever has any privilege has this one, which is none
  if (append) return { granted: granted.filter((one) => one !== 'USAGE'), revoked: [] };
  const revoked = own.filter((one) => !asked.includes(one));
  return { granted, revoked: granted.includes('ALL') ? revoked.filter((one) => one === 'GRANT' || one === 'PROXY') : revoked };
}

function adjustment(account: string, object: string, { granted, revoked }: Difference): PrivStep[] {
  const added = granted.length === 1 && granted[0] === 'GRANT' ? ['GRANT', 'USAGE'] : granted;
  if (added.length + revoked.length === 0) return [];
  const msg = `Privileges updated: granted ${pyList(added)}, revoked ${pyList(revoked)}`;
  return [...revocation(account, object, revoked, msg), ...(added.length > 0 ? [{ sql: grant(account, object, added), msg }] : [])];
}

const pyList = (all: readonly string[]): string => `[${all.map((one) => `'${one}'`).join(', ')}]`;

function grant(account: string, object: string, privs: readonly string[]): string {
  const list = privs.filter((one) => one !== 'GRANT').join(',');
  return `GRANT ${list === '' ? 'USAGE' : list} ON ${object} TO ${account}${privs.includes('GRANT') ? ' WITH GRANT OPTION' : ''}`;
}

function revocation(account: string, object: string, privs: readonly string[], msg: string): PrivStep[] {
  const list = privs.filter((one) => one !== 'GRANT').join(',');
  const steps: PrivStep[] = privs.includes('GRANT') ? [{ sql: `REVOKE GRANT OPTION ON ${object} FROM ${account}`, msg }] : [];
  if (list !== '' && list !== 'USAGE') steps.push({ sql: `REVOKE ${list} ON ${object} FROM ${account}`, msg });
  return steps;
}
