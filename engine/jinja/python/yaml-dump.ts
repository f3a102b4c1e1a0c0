import { Float, VaultText } from '../../value.ts';
import { PyError, PyObject, typeName, type Value } from '../values.ts';
import { compare } from './compare.ts';
import { DateTime } from './datetime.ts';
import { floatText, toText } from './text.ts';
import { YamlWriter } from './yaml-writer.ts';

export interface YamlStyle {
  readonly indent: number;
  /** Columns after which lines are folded. */
  readonly width: number;
  readonly sortKeys: boolean;
  /** Flow (true), block (false), or flow for what holds only scalars (null). */
  readonly flow: boolean | null;
  /** Quotes that all text gets; empty for as few as can be. */
  readonly defaultStyle: string;
  /** Text of several lines is written as a block that people can read, at the price of blanks at the ends of lines; default false. */
  readonly readable?: boolean;
  readonly explicitStart: boolean;
  readonly explicitEnd: boolean;
  /** A list or mapping that is met again is written as an alias of the first; default false. */
  readonly aliases?: boolean;
}

/** A value as PyYAML writes it with Ansible's dumper. */
export function dumpYaml(value: Value, style: YamlStyle): string {
  return new Dumper(style).document(plainOf(value));
}

/** Scalars, arrays and maps only. */
function plainOf(value: Value): Value {
  if (!(value instanceof PyObject) || value instanceof DateTime) return value;
  if (value.type === 'AnsibleUndefined') value.truth();
  throw new PyError(`to_yaml - cannot represent an object of type ${typeName(value)}`);
}

interface Context {
  /** The value of a mapping, where a list need not be indented. */
  readonly mapping: boolean;
  readonly simpleKey: boolean;
}

class Dumper {
  readonly #style: YamlStyle;
  readonly #writer: YamlWriter;
  #depth = 0;
  /** Names of what is met more than once. */
  #anchors: ReadonlyMap<Value, string> = new Map();
  readonly #written = new Set<Value>();
  constructor(style: YamlStyle) {
    this.#style = style;
    this.#writer = new YamlWriter(style.indent, style.width);
  }

  document(value: Value): string {
    const writer = this.#writer;
    if (this.#style.aliases) this.#anchors = anchorsOf(value, this.#style.sortKeys);
    if (this.#style.explicitStart) writer.indicator('---', true);
    this.#node(value, { mapping: false, simpleKey: false });
    writer.lineUp();
    if (this.#style.explicitEnd) {
      writer.indicator('...', true);
      writer.lineUp();
    }
    return writer.text;
  }

  #node(given: Value, context: Context): void {
    const value = plainOf(given);
    if (++this.#depth > 400) throw new PyError('to_yaml - the data is nested too deeply, or holds itself');
    const writer = this.#writer;
    const anchor = this.#anchors.get(value);
    if (anchor !== undefined) {
      const again = this.#written.has(value);
      writer.indicator(`${again ? '*' : '&'}${anchor}`, true);
      this.#written.add(value);
      if (again) {
        this.#depth--;
        return;
      }
    }
    if (Array.isArray(value)) {
      if (writer.flowLevel > 0 || value.length === 0 || this.#isFlow(value)) this.#flowList(value);
      else this.#blockList(value, context);
    } else if (value instanceof Map) {
      if (writer.flowLevel > 0 || value.size === 0 || this.#isFlow([...value.keys(), ...value.values()])) this.#flowDict(this.#pairs(value));
      else this.#blockDict(this.#pairs(value));
    } else this.#scalar(value, context);
    this.#depth--;
  }

  #isFlow(members: readonly Value[]): boolean {
    if (this.#style.flow !== null) return this.#style.flow;
    return members.every((member) => !Array.isArray(member) && !(member instanceof Map) && !(member instanceof VaultText));
  }

  #pairs(dict: Map<Value, Value>): [Value, Value][] {
    return this.#style.sortKeys ? sortedPairs(dict) : [...dict];
  }

  #blockList(list: readonly Value[], context: Context): void {
    const writer = this.#writer;
    writer.deeper(false, context.mapping && !writer.indention);
    for (const member of list) {
      writer.lineUp();
      writer.indicator('-', true, false, true);
      this.#node(member, MEMBER);
    }
    writer.back();
  }

  #blockDict(pairs: readonly [Value, Value][]): void {
    const writer = this.#writer;
    writer.deeper(false);
    for (const [key, value] of pairs) {
      writer.lineUp();
      if (this.#isSimpleKey(key)) {
        this.#node(key, KEY);
        writer.indicator(':', false);
      } else {
        writer.indicator('?', true, false, true);
        this.#node(key, IN_MAPPING);
        writer.lineUp();
        writer.indicator(':', true, false, true);
      }
      this.#node(value, IN_MAPPING);
    }
    writer.back();
  }

  #flowList(list: readonly Value[]): void {
    const writer = this.#writer;
    writer.openFlow('[');
    for (const [index, member] of list.entries()) {
      if (index > 0) writer.indicator(',', false);
      writer.wrapFlow();
      this.#node(member, MEMBER);
    }
    writer.closeFlow(']');
  }

  #flowDict(pairs: readonly [Value, Value][]): void {
    const writer = this.#writer;
    writer.openFlow('{');
    for (const [index, [key, value]] of pairs.entries()) {
      if (index > 0) writer.indicator(',', false);
      writer.wrapFlow();
      if (this.#isSimpleKey(key)) {
        this.#node(key, KEY);
        writer.indicator(':', false);
      } else {
        writer.indicator('?', true);
        this.#node(key, IN_MAPPING);
        writer.wrapFlow();
        writer.indicator(':', true);
      }
      this.#node(value, IN_MAPPING);
    }
    writer.closeFlow('}');
  }

  #isSimpleKey(key: Value): boolean {
    if (Array.isArray(key)) return key.length === 0;
    if (key instanceof Map) return key.size === 0;
    const text = scalarText(key);
    return Buffer.byteLength(text) <= 128 && !/[\n\x85\u2028\u2029]/.test(text);
  }

  #scalar(value: Value, context: Context): void {
    const writer = this.#writer;
    writer.deeper(true);
    if (value instanceof VaultText) writer.vault(value.envelope);
    else if (typeof value === 'string' && this.#style.readable && !context.simpleKey && value.includes('\n')) writer.literal(readable(value));
    else if (typeof value === 'string') writer.string(value, context.simpleKey, this.#style.defaultStyle);
    else writer.plain(scalarText(value), false);
    writer.back();
  }
}

/** Text that a literal block can hold: nothing but blanks may stand at the end of a line. */
const readable = (text: string): string => text.trimEnd().replaceAll('\t', '        ').replace(/ +\n/g, '\n');

/** Names for lists and mappings that are met again, counted in the order in which that is seen. */
function anchorsOf(root: Value, sortKeys: boolean): ReadonlyMap<Value, string> {
  const seen = new Set<Value>();
  const anchors = new Map<Value, string>();
  const visit = (value: Value): void => {
    if (!Array.isArray(value) && !(value instanceof Map)) return;
    if (seen.has(value)) {
      if (!anchors.has(value)) anchors.set(value, `id${String(anchors.size + 1).padStart(3, '0')}`);
      return;
    }
    seen.add(value);
    if (Array.isArray(value)) value.forEach(visit);
    else {
      for (const [key, member] of sortKeys ? sortedPairs(value) : value) {
        visit(key);
        visit(member);
      }
    }
  };
  visit(root);
  return anchors;
}

function sortedPairs(dict: Map<Value, Value>): [Value, Value][] {
  try {
    return [...dict].sort(([a], [b]) => compare(a, b));
  } catch (error) {
    if (error instanceof PyError) return [...dict];
    throw error;
  }
}

const MEMBER: Context = { mapping: false, simpleKey: false };
const IN_MAPPING: Context = { mapping: true, simpleKey: false };
const KEY: Context = { mapping: true, simpleKey: true };

function scalarText(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value instanceof Float || (typeof value === 'number' && !Number.isInteger(value))) return floatScalar(Number(value));
  return toText(value);
}

function floatScalar(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const text = floatText(value).toLowerCase();
  return text.includes('.') ? text : text.replace('e', '.0e');
}
