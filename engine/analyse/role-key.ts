import type { Layer } from '../load/model.ts';
import { type Data, type Dict, toPlain } from '../value.ts';

interface Use {
  /** Name and folder of the role. */
  readonly role: { readonly name: string; readonly path: string };
  /** A task includes or imports it. */
  readonly byTask: boolean;
  /** Its entry in `roles` or `dependencies`. */
  readonly source: Dict;
  readonly params: Layer | undefined;
  /** Variables that the entry, or the task, hands to it. */
  readonly vars: Data | ReadonlyMap<Data, Data> | undefined;
  /** `tasks_from` and its siblings. */
  readonly files: Readonly<Record<string, unknown>>;
}

/**
 * Text that is the same for uses of a role which Ansible holds for the same, so that what has run is not done again. Of an entry's
 * keywords only `when`, `tags` and `vars` make a difference, and an empty one is none.
 */
export function roleKey({ role, byTask, source, params, vars, files }: Use): string {
  const given = vars instanceof Map ? vars : new Map<Data, Data>();
  const parts = [
    byTask,
    role.name,
    role.path,
    toPlain(new Map(params?.vars)),
    listOf(source.get('when')),
    tagsOf(source.get('tags')),
    toPlain(new Map(given)),
    files,
  ];
  return JSON.stringify(parts, (_, value: unknown) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: Data | undefined): unknown[] => (value === undefined ? [] : [toPlain(value)].flat());

const tagsOf = (value: Data | undefined): unknown[] => (typeof value === 'string' ? value.split(',').map((one) => one.trim()) : listOf(value));
