import { inputError, type QplayError } from '../error.ts';
import type { Jinja, LookupContext, Origin, Scope } from '../jinja/api.ts';
import type { Slot } from '../load/model.ts';
import { isUnsafe, originOf } from '../load/yaml.ts';
import { type Data, type Dict, isDict, VaultText } from '../value.ts';

/** Turns values as they were written into values as they are meant, for one scope at a time. */
export class Templar {
  readonly jinja: Jinja;
  /** Whether dicts of several levels are joined (`hash_behaviour = merge`). */
  readonly merging: boolean;
  readonly #decrypt: (text: VaultText) => string;
  /** Containers in which no template and no vault text stands: given back as they are. */
  readonly #plain = new WeakSet<object>();

  constructor(jinja: Jinja, decrypt: (text: VaultText) => string, merging = false) {
    this.jinja = jinja;
    this.merging = merging;
    this.#decrypt = decrypt;
  }

  /** The value of a slot with every template in it rendered. */
  slot(slot: Slot, scope: Scope, context: LookupContext): Data {
    return this.value(slot.value, slot.holder, slot.key, scope, context);
  }

  /** A value that stands in `holder` at `key`, rendered however deep it is. */
  value(value: Data, holder: Dict | Data[], key: Data, scope: Scope, context: LookupContext): Data {
    if (typeof value === 'string') {
      if (!this.jinja.isTemplate(value) || isUnsafe(holder, key as string)) return value;
      return this.jinja.compile(value, originOf(holder, key as string)).evaluate(scope, context);
    }
    if (value === null || typeof value !== 'object') return value;
    if (value instanceof VaultText) return this.#vault(value, scope, context);
    if (this.#isPlain(value)) return value;
    if (Array.isArray(value)) return value.map((member, index) => this.value(member, value, index, scope, context));
    if (isDict(value)) {
      const rendered: Dict = new Map();
      for (const [name, member] of value) rendered.set(name, this.value(member, value, name, scope, context));
      return rendered;
    }
    return value;
  }

  /** Whether a value is other than it was written: a template or a vault text is in it. */
  holdsTemplate(value: Data): boolean {
    if (typeof value === 'string') return this.jinja.isTemplate(value);
    return value !== null && typeof value === 'object' && !this.#isPlain(value);
  }

  /** Text from elsewhere than a YAML file. */
  text(text: string, origin: Origin | undefined, scope: Scope, context: LookupContext): Data {
    return this.jinja.isTemplate(text) ? this.jinja.compile(text, origin).evaluate(scope, context) : text;
  }

  /** A condition: a bare expression, a boolean, or text that became one. */
  test(slot: Slot, scope: Scope, context: LookupContext): boolean {
    return this.condition(slot.value, slot.holder, slot.key, scope, context);
  }

  condition(value: Data, holder: Dict | Data[], key: Data, scope: Scope, context: LookupContext): boolean {
    if (typeof value === 'boolean') return value;
    if (value === null || value === '') return true;
    if (typeof value !== 'string') return this.jinja.compileExpression(String(value)).test(scope, context);
    return this.jinja.compileExpression(value, originOf(holder, key as string)).test(scope, context);
  }

  #vault(text: VaultText, scope: Scope, context: LookupContext): Data {
    const clear = this.#decrypt(text);
    context.secret(clear);
    return this.text(clear, undefined, scope, context);
  }

  /** Whether nothing below needs rendering; remembered for good, since what was loaded never changes. */
  #isPlain(container: object): boolean {
    if (this.#plain.has(container)) return true;
    const members: Iterable<[Data, Data]> = Array.isArray(container) ? container.entries() : isDict(container) ? container.entries() : [];
    for (const [, member] of members) {
      if (typeof member === 'string') {
        if (this.jinja.isTemplate(member)) return false;
      } else if (member !== null && typeof member === 'object') {
        if (member instanceof VaultText || !this.#isPlain(member)) return false;
      }
    }
    this.#plain.add(container);
    return true;
  }
}

export const recursion = (name: string, path: readonly string[]): QplayError =>
  inputError('recursion', `"${name}" is defined by itself: ${[...path, name].join(' -> ')}`);
