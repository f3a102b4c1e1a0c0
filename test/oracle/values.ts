import { DateTime, TimeDelta } from '../../engine/jinja/python/datetime.ts';
import { floatText } from '../../engine/jinja/python/text.ts';
import { Bytes, PyObject, Range, Undefined, type Value } from '../../engine/jinja/values.ts';
import { Float, float, Tuple } from '../../engine/value.ts';
import type { Json } from './templates.ts';

type Tagged = { readonly $: string; readonly v?: Json };

/** A value of qplay's as JSON that keeps its Python type: the twin of `encode` in template-server.py. */
export function encode(value: Value): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return tag('int', String(value));
  if (typeof value === 'number') return encodeNumber(value);
  if (value instanceof Float) return tag('float', floatText(value.value));
  if (Array.isArray(value)) return value instanceof Tuple ? tag('tuple', Array.from(value as Value[], encode)) : value.map(encode);
  if (value instanceof Map) return encodeDict(value);
  return value instanceof PyObject ? encodeObject(value) : tag('object', 'AnsibleVaultEncryptedUnicode');
}

const tag = (name: string, held: Json): Json => ({ $: name, v: held });

function encodeNumber(value: number): Json {
  if (!Number.isInteger(value)) return tag('float', floatText(value));
  return Number.isSafeInteger(value) ? value : tag('int', BigInt(value).toString());
}

function encodeDict(dict: Map<Value, Value>): Json {
  const plain = [...dict.keys()].every((key) => typeof key === 'string' && key !== '__proto__') && !dict.has('$');
  if (plain) return Object.fromEntries(Array.from(dict, ([key, member]) => [key, encode(member)]));
  return tag(
    'dict',
    Array.from(dict, ([key, member]) => [encode(key), encode(member)]),
  );
}

function encodeObject(value: PyObject): Json {
  if (value instanceof Undefined) return { $: 'undefined' };
  if (value instanceof Bytes) return tag('bytes', value.buffer.toString('hex'));
  if (value instanceof DateTime) return tag('datetime', String(value.attribute('__str__')).replace(' ', 'T'));
  if (value instanceof TimeDelta) return tag('timedelta', String(value.micros));
  if (value instanceof Range) return { $: 'object', v: value.type, text: value.repr() };
  return { $: 'object', v: value.type, text: '' };
}

const isTagged = (value: Json): value is Tagged => typeof value === 'object' && value !== null && !Array.isArray(value) && '$' in value;

const MADE: Readonly<Record<string, (held: Json) => Value>> = {
  int: (held) => BigInt(held as string),
  float: (held) => readFloat(held as string),
  tuple: (held) => Tuple.from((held as Json[]).map(decode) as never[]) as Value[],
  dict: (held) => new Map((held as [Json, Json][]).map(([key, member]) => [decode(key), decode(member)])),
  bytes: (held) => new Bytes(Buffer.from(held as string, 'hex')),
  unsafe: (held) => decode(held),
};

const SPECIAL: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY };
const readFloat = (text: string): Value => float(SPECIAL[text] ?? Number(text));

/** What `encode` or template-server.py made, as a value of qplay's. */
export function decode(json: Json): Value {
  if (Array.isArray(json)) return json.map(decode);
  if (json === null || typeof json !== 'object') return json as Value;
  if (!isTagged(json)) return new Map(Object.entries(json).map(([key, member]) => [key, decode(member as Json)]));
  const make = MADE[json.$];
  if (make === undefined) throw new Error(`no value of qplay's is a ${json.$}`);
  return make(json.v as Json);
}

/** Whether two encoded values are the same, types and the order of dicts' keys included. */
export const same = (a: Json, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);
