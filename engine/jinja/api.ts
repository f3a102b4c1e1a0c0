import type { At } from '../error.ts';
import type { Data } from '../value.ts';

/** Where a template's text stands, so that an error can point inside it. */
export interface Origin {
  /** Place of the character at `offset` of the template's text. */
  at(offset: number): At;
}

/**
 * Names that a template can see. `get` gives a value that is ready to use (a variable whose value is itself a template has
 * been rendered by the scope, lazily); `undefined` means there is no such name. `names` serves did-you-mean and `vars`.
 */
export interface Scope {
  get(name: string): Data | undefined;
  names(): Iterable<string>;
  /** What the name was defined as, its templates unrendered; `undefined` when there is no such name. `get` serves where this is absent. */
  raw?(name: string): Data | undefined;
}

/** What lookups and a few filters may ask of the control node. Paths given back are absolute. */
export interface LookupContext {
  /** Finds a file as the task would: role's `files/`, `templates/`, `vars/`, the task file's folder, the playbook's; undefined when absent. */
  find(kind: 'files' | 'templates' | 'vars', name: string): string | undefined;
  /** Content, decrypted when the file is a vault file. */
  read(path: string): Buffer;
  /** Folder of the playbook. */
  readonly playbookDir: string;
  /** Hosts that a pattern names (`inventory_hostnames`). */
  hosts(pattern: string): readonly string[];
  warn(message: string): void;
  /** A value that must be masked from now on (`password`, `unvault`). */
  secret(value: string): void;
  /** How much of a text is masked: what filters make of it is masked, too. Nothing is where this is absent. */
  secrecy?(text: string): 'none' | 'part' | 'whole';
}

export interface CompileOptions {
  readonly trimBlocks?: boolean;
  readonly lstripBlocks?: boolean;
  readonly keepTrailingNewline?: boolean;
  readonly newline?: string;
  readonly variableStart?: string;
  readonly variableEnd?: string;
  readonly blockStart?: string;
  readonly blockEnd?: string;
  readonly commentStart?: string;
  readonly commentEnd?: string;
}

/** A compiled template. Compiling is cached by text; a syntax error throws a `QplayError` with its place. */
export interface Template {
  /** Text, as the template module writes it. */
  render(scope: Scope, context: LookupContext): string;
  /** Value, as Ansible 2.18 gives a templated variable or argument: lists, dicts and booleans survive, other values become text. */
  evaluate(scope: Scope, context: LookupContext): Data;
}

/** A compiled bare expression (`when`, `until`, `failed_when`, `that`). */
export interface Expression {
  evaluate(scope: Scope, context: LookupContext): Data;
  /** Python's truth of the value. */
  test(scope: Scope, context: LookupContext): boolean;
}

/** What `engine/jinja/index.ts` exports. */
export interface Jinja {
  /** Whether the text holds a template at all (`{{`, `{%`, `{#`); cheap. */
  isTemplate(text: string): boolean;
  compile(text: string, origin?: Origin, options?: CompileOptions): Template;
  compileExpression(text: string, origin?: Origin): Expression;
  /** Names of free variables an expression or template reads, for the check before the run; best effort. */
  freeNames(text: string, kind: 'template' | 'expression'): ReadonlySet<string>;
}

/** Thrown (as a `QplayError` with code `undefined`) when an undefined name is used; `names` in `detail` are what was missing. */
export const UNDEFINED = 'undefined';
