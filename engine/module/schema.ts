import type { OptionSpec, Options } from './options.ts';

/** The part of JSON Schema (draft 2020-12) that options need. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly anyOf?: readonly Schema[];
}

/** Text with a template in it is allowed wherever a value is wanted: editors cannot know what comes of it. */
const TEMPLATE: Schema = { type: 'string', pattern: '\\{[{%]' };

/**
 * JSON Schema of a module's or role's arguments as they are written in a playbook, for editors and `qplay doc`. It is as
 * lenient as `checkArguments`: numbers may be written as text, lists as text with commas.
 */
export function schemaOf(options: Options): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [name, spec] of Object.entries(options)) {
    const schema = schemaOfOption(spec);
    properties[name] = schema;
    for (const alias of spec.aliases ?? []) properties[alias] = { ...schema, description: `Alias of ${name}.` };
    if (spec.required && !spec.aliases?.length) required.push(name);
  }
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false };
}

function schemaOfOption(spec: OptionSpec): Schema {
  const words = { description: spec.description, ...(spec.default === undefined ? {} : { default: spec.default }) };
  const value = valueSchema(spec);
  return isFree(value) ? { ...words, ...value } : { ...words, anyOf: [value, TEMPLATE] };
}

/** Whether any text, and so a template, fits the schema already. */
function isFree(schema: Schema): boolean {
  if (schema.anyOf) return schema.anyOf.some(isFree);
  if (schema.enum || schema.pattern) return false;
  return schema.type === undefined || schema.type === 'string' || (Array.isArray(schema.type) && schema.type.includes('string'));
}

function valueSchema(spec: OptionSpec): Schema {
  if (spec.choices && spec.type !== 'list') return { enum: spec.choices };
  switch (spec.type) {
    case 'bool':
      return { type: 'boolean' };
    case 'int':
      return { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^\\s*[-+]?[0-9_]+\\s*$' }] };
    case 'float':
      return { anyOf: [{ type: 'number' }, { type: 'string', pattern: '^\\s*[-+]?[0-9_.eE+-]+\\s*$' }] };
    case 'list':
      return { anyOf: [{ type: 'array', ...itemsOf(spec) }, { type: ['string', 'number'] }] };
    case 'dict':
      return { anyOf: [spec.options ? schemaOf(spec.options) : { type: 'object' }, { type: 'string' }] };
    case 'json':
    case 'raw':
      return {};
    default:
      return { type: ['string', 'number', 'boolean'], ...(spec.pattern === undefined ? {} : { pattern: spec.pattern }) };
  }
}

function itemsOf(spec: OptionSpec): { items?: Schema } {
  if (spec.options) return { items: schemaOf(spec.options) };
  if (spec.choices) return { items: { anyOf: [{ enum: spec.choices }, TEMPLATE] } };
  return spec.elements === undefined || spec.elements === 'raw' ? {} : { items: schemaOfOption({ type: spec.elements, description: '' }) };
}
