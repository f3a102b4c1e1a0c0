/** A place in a file that the user wrote. Lines and columns count from 1. */
export interface At {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters the caret underlines; 1 when absent. */
  readonly length?: number;
}

/**
 * What kind of trouble it is. The kind decides the exit code and the tone:
 * `input` the user's files or command line are wrong, `task` a task failed on a host,
 * `unreachable` a host cannot be talked to, `internal` our own bug, `interrupted` Ctrl-C.
 */
export type Kind = 'input' | 'task' | 'unreachable' | 'internal' | 'interrupted';

/** The one type in which every mistake and failure is told. */
export interface Diagnostic {
  readonly kind: Kind;
  readonly severity: 'error' | 'warning';
  /** Short and stable, for machines and for `qplay explain`: `undefined`, `unknown-option`, `yaml`, `host-key`. */
  readonly code: string;
  /** One sentence: what was expected, what was found. No period after something to copy. */
  readonly message: string;
  /** Ansible's own sentence for it, which scripts may look for where qplay is called as one of Ansible's programs. */
  readonly says?: string;
  readonly at?: At;
  /** Text of the line at `at` when the file is not readable any more or never was one (vault, `-e`). */
  readonly source?: string;
  /** Further places that belong to it, each with a word on what is there. */
  readonly also?: readonly { readonly at: At; readonly message: string }[];
  readonly host?: string;
  readonly task?: string;
  /** What lies beneath: stderr of a command, the system's own words. */
  readonly cause?: string;
  /** What to do next. */
  readonly hint?: string;
}

/** Exit codes of every command (docs/reference/exit-codes.md). */
export const EXIT = { done: 0, failed: 1, changesWait: 2, input: 3, unreachable: 4, internal: 70, interrupted: 130 } as const;

const EXIT_OF_KIND: Record<Kind, number> = {
  input: EXIT.input,
  task: EXIT.failed,
  unreachable: EXIT.unreachable,
  internal: EXIT.internal,
  interrupted: EXIT.interrupted,
};

/** An error that carries diagnostics. Everything the engine throws on purpose is one of these. */
export class QplayError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: Diagnostic | readonly Diagnostic[]) {
    const list = Array.isArray(diagnostics) ? (diagnostics as readonly Diagnostic[]) : [diagnostics as Diagnostic];
    super(list.map((one) => one.message).join('\n'));
    this.name = 'QplayError';
    this.diagnostics = list;
  }
  get exitCode(): number {
    return Math.max(...this.diagnostics.map((one) => EXIT_OF_KIND[one.kind]));
  }
}

/** A `QplayError` for a mistake in the user's files or command line. */
export function inputError(code: string, message: string, more: Partial<Diagnostic> = {}): QplayError {
  return new QplayError({ kind: 'input', severity: 'error', code, message, ...more });
}

/** Whatever was thrown, as diagnostics; something unforeseen becomes an `internal` one with its stack as cause. */
export function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (error instanceof QplayError) return error.diagnostics;
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = error instanceof Error ? error.message : String(error);
  return [{ kind: 'internal', severity: 'error', code: 'internal', message, cause, hint: 'This is a bug in qplay. Please report it with the text above.' }];
}

/** The known name nearest to a misspelt one, or `undefined` when none is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name, candidate, least);
    const closer = distance === least && best !== undefined && shared(name, candidate) > shared(name, best);
    // names of a letter or two are all near each other
    const alike = name.length > 2 || shared(name, candidate) > 0;
    if (alike && (distance < least || closer)) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Characters two names share at their beginning and end: of two equally far names the one that shares more is meant. */
function shared(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return head + tail;
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const found = nearest(name, known);
  return found === undefined ? '' : ` Did you mean "${found}"?`;
}

/** Damerau-Levenshtein distance (adjacent swaps count as one), not looked for beyond `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let older: number[] = [];
  let old = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((old[j] as number) + 1, (row[j - 1] as number) + 1, (old[j - 1] as number) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (older[j - 2] as number) + 1);
      row.push(cost);
    }
    older = old;
    old = row;
  }
  return old[b.length] as number;
}
