import type { Host } from '../../engine/module/contract.ts';
import { type Database, Session } from './postgres.ts';

/** What the database says about a registry. */
export interface Registry {
  /** Revision in alembic_version; `undefined` before the first migration. */
  readonly head: string | undefined;
  /** Users, robots and organisations left out. */
  readonly users: number;
  /** Whether pg_trgm is there. */
  readonly trigrams: boolean;
  /** PostgreSQL's version. */
  readonly server: string;
}

const ABOUT = `select current_setting('server_version') as server,
  (select count(*) from pg_extension where extname = 'pg_trgm') as trigrams,
  to_regclass('alembic_version') as versions, to_regclass('"user"') as users`;

/** Reads a registry's database in two or three statements. */
export async function readRegistry(host: Host, database: Database): Promise<Registry> {
  const session = await Session.open(host, database);
  try {
    const [about] = await session.query(ABOUT);
    const [version] = about?.versions == null ? [] : await session.query('select version_num from alembic_version');
    const [people] =
      about?.users == null
        ? []
        : await session.query(
            "select count(*) as n from \"user\" u where not coalesce((to_jsonb(u)->>'robot')::boolean, false) and not coalesce((to_jsonb(u)->>'organization')::boolean, false)",
          );
    return { head: version?.version_num ?? undefined, users: Number(people?.n ?? 0), trigrams: about?.trigrams === '1', server: about?.server ?? '' };
  } finally {
    session.close();
  }
}
