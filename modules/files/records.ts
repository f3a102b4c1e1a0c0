import type { Observed } from '../../engine/module/contract.ts';

/** One `key=value` that a probe printed. */
export interface Field {
  readonly key: string;
  readonly value: string;
}

/**
 * Output of a probe: `key=value` records, each ended by a NUL since names and link targets may hold newlines, then, after an
 * empty record, bytes as they are. Values keep every byte: they are latin1 until `utf8` is asked for.
 */
export interface Records {
  /** Last value of a key as UTF-8 text. */
  get(key: string): string | undefined;
  /** All records in order. */
  readonly fields: readonly Field[];
  /** What follows the empty record. */
  readonly rest: Buffer;
}

export function recordsOf({ bytes }: Observed): Records {
  const fields: Field[] = [];
  let from = 0;
  for (;;) {
    const end = bytes.indexOf(0, from);
    if (end < 0 || end === from) {
      from = end < 0 ? bytes.length : end + 1;
      break;
    }
    const text = bytes.toString('utf8', from, end);
    const at = text.indexOf('=');
    fields.push({ key: text.slice(0, at), value: text.slice(at + 1) });
    from = end + 1;
  }
  const last = new Map(fields.map((field) => [field.key, field.value]));
  return { get: (key) => last.get(key), fields, rest: bytes.subarray(from) };
}

/** Records in groups: a new one at each `key`, closed by a record of the name `end`. */
export function groupsBy(records: Records, key: string, end?: string): Map<string, string>[] {
  const groups: Map<string, string>[] = [];
  let open: Map<string, string> | undefined;
  for (const field of records.fields) {
    if (field.key === end) open = undefined;
    if (field.key === key) {
      open = new Map();
      groups.push(open);
    }
    open?.set(field.key, field.value);
  }
  return groups;
}
