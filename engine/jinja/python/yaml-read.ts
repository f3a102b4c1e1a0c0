import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE_PLAIN, YAMLException } from 'js-yaml';
import { type Data, type Dict, isDict, VaultText } from '../../value.ts';
import { PyError, type Value } from '../values.ts';
import { dictHas, dictSet } from './compare.ts';
import { floatOf, intOf, plainScalar } from './yaml-scalar.ts';

/** The one document of a YAML 1.1 text, as Ansible's `from_yaml` reads it; None when there is none. */
export function parseYaml(text: string): Data {
  const documents = parseYamlAll(text);
  if (documents.length > 1)
    throw new PyError('from_yaml: expected a single document in the stream but found another', 'yaml', 'Use from_yaml_all for several documents');
  return documents[0] ?? null;
}

/** All documents of a YAML text. */
export function parseYamlAll(text: string): Data[] {
  try {
    return new Constructor(text).documents();
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const [first] = error.message.split('\n');
    throw new PyError(`this text is not YAML: ${first}`, 'yaml');
  }
}

type Tagged = { readonly tagStart: number; readonly tagEnd: number };

class Constructor {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, Data>();
  #index = 0;
  constructor(text: string) {
    this.#text = text;
    this.#events = parseEvents(text, {});
  }

  documents(): Data[] {
    const documents: Data[] = [];
    while (this.#index < this.#events.length) {
      const event = this.#events[this.#index++] as Event;
      if (event.type !== EVENT_ID.DOCUMENT) continue;
      const next = this.#events[this.#index];
      documents.push(next === undefined || next.type === EVENT_ID.POP ? null : this.#value());
    }
    return documents;
  }

  #value(): Data {
    const event = this.#events[this.#index++] as Event;
    switch (event.type) {
      case EVENT_ID.SCALAR: {
        const value = this.#scalar(getScalarValue(this.#text, event), this.#tag(event), event.style === SCALAR_STYLE_PLAIN);
        return this.#remember(event, value);
      }
      case EVENT_ID.SEQUENCE: {
        const list: Data[] = [];
        this.#remember(event, list);
        while (!this.#ends()) list.push(this.#value());
        return list;
      }
      case EVENT_ID.MAPPING:
        return this.#mapping(event);
      case EVENT_ID.ALIAS:
        return this.#alias(this.#text.slice(event.anchorStart, event.anchorEnd).replace(/^\*/, ''));
      default:
        throw new PyError('this text is not YAML: a value is missing', 'yaml');
    }
  }

  #tag({ tagStart, tagEnd }: Tagged): string {
    return tagStart < 0 ? '' : this.#text.slice(tagStart, tagEnd);
  }

  #remember(event: { readonly anchorStart: number; readonly anchorEnd: number }, value: Data): Data {
    if (event.anchorStart >= 0 && event.anchorEnd > event.anchorStart)
      this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd).replace(/^&/, ''), value);
    return value;
  }

  #alias(name: string): Data {
    const value = this.#anchors.get(name);
    if (value === undefined) throw new PyError(`this text is not YAML: found undefined alias '${name}'`, 'yaml');
    return value;
  }

  #ends(): boolean {
    if (this.#events[this.#index]?.type !== EVENT_ID.POP) return false;
    this.#index++;
    return true;
  }

  #mapping(event: Extract<Event, { type: typeof EVENT_ID.MAPPING }>): Data {
    const dict: Dict = new Map();
    this.#remember(event, dict);
    const own: [Data, Data][] = [];
    const merged: Data[] = [];
    while (!this.#ends()) {
      const isMerge = this.#isMergeKey();
      const key = this.#value();
      const value = this.#value();
      if (isMerge) merged.push(...(Array.isArray(value) ? value : [value]));
      else own.push([key, value]);
    }
    for (const one of merged) {
      if (!isDict(one)) throw new PyError('this text is not YAML: expected a mapping for merging', 'yaml');
      for (const [key, value] of one) if (!dictHas(dict as Map<Value, Value>, key as Value)) dict.set(key, value);
    }
    // what is merged comes first, as PyYAML orders it, and gives way to the dict's own
    for (const [key, value] of own) dictSet(dict as Map<Value, Value>, key as Value, value as Value);
    return dict;
  }

  #isMergeKey(): boolean {
    const event = this.#events[this.#index];
    return event?.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE_PLAIN && getScalarValue(this.#text, event) === '<<';
  }

  #scalar(text: string, tag: string, plain: boolean): Data {
    switch (tag) {
      case '':
        return plain ? plainScalar(text) : text;
      case '!vault':
      case '!vault-encrypted':
        return new VaultText(text);
      case '!!int':
        return intOf(text);
      case '!!float':
        return floatOf(/[.:]/.test(text) ? text : `${text}.0`);
      case '!!bool':
      case '!!null':
        return plainScalar(text);
      case '!':
      case '!!str':
      case '!unsafe':
      case '!!timestamp':
        return text;
      default:
        throw new PyError(`from_yaml: could not determine a constructor for the tag '${tag}'`, 'yaml');
    }
  }
}
