import { type AliasEvent, EVENT_ID, type Event, getScalarValue, type MappingEvent, type ScalarEvent, type SequenceEvent } from 'js-yaml';
import { type Diagnostic, didYouMean, inputError, QplayError } from '../error.ts';
import { type Data, type Dict, Float, VaultText } from '../value.ts';
import { QUOTE_TEMPLATE } from './mistakes.ts';
import { STYLE } from './origin.ts';
import { jsonValue, plainValue } from './plain.ts';
import { atOf, type Container, type Place, Places, packFlags, placesOf, rememberPlaces } from './positions.ts';
import { settings } from './settings.ts';
import type { Source } from './source.ts';
import { tagged, tagOf } from './tags.ts';

/** A value that was just built, and where it stands. */
interface Built extends Place {
  readonly value: Data;
}

/** Pairs that merge keys may copy in one document: far above any real use, far below what exhausts the memory. */
const MOST_MERGED = 2_000_000;

const NOTHING_WRITTEN = packFlags(0, false, false, -1);
const UNSAFE_CONTAINER = packFlags(0, false, true, -1);

/** Turns the events of one document into values, remembering where each of them stands. */
export class Builder {
  readonly warnings: Diagnostic[] = [];
  readonly #source: Source;
  readonly #events: readonly Event[];
  readonly #json: boolean;
  readonly #anchors = new Map<string, Built>();
  readonly #open = new Set<string>();
  readonly #handles: ReadonlyMap<string, string>;
  #next: number;
  #last = 0;
  #merged = 0;

  /** @param next index of the document's first event */
  constructor(source: Source, events: readonly Event[], next: number, json: boolean, handles: ReadonlyMap<string, string>) {
    this.#source = source;
    this.#events = events;
    this.#next = next;
    this.#json = json;
    this.#handles = handles;
  }

  /** The next node. `unsafe`: something around it is marked `!unsafe`. */
  node(unsafe: boolean): Built {
    const event = this.#events[this.#next++];
    if (event?.type === EVENT_ID.SCALAR) return this.#anchored(event, this.#scalar(event, unsafe));
    if (event?.type === EVENT_ID.ALIAS) return this.#alias(event);
    if (event?.type === EVENT_ID.SEQUENCE || event?.type === EVENT_ID.MAPPING) return this.#collection(event, unsafe);
    throw new Error(`unexpected YAML event ${event?.type}`);
  }

  #anchored(event: ScalarEvent | SequenceEvent | MappingEvent, built: Built): Built {
    if (event.anchorStart >= 0) this.#anchors.set(this.#source.text.slice(event.anchorStart, event.anchorEnd), built);
    return built;
  }

  #scalar(event: ScalarEvent, around: boolean): Built {
    const tag = event.tagStart < 0 ? undefined : tagOf(this.#source, event.tagStart, event.tagEnd, this.#handles);
    const unsafe = around || tag === '!unsafe';
    const written = event.valueStart >= 0;
    const text = written ? getScalarValue(this.#source.text, event) : '';
    const start = written ? event.valueStart : event.tagStart >= 0 ? event.tagStart : this.#last;
    const end = written ? event.valueEnd : start;
    this.#last = end;
    const value = tag !== undefined ? tagged(tag, text, () => this.#source.at(event.tagStart, event.tagEnd - event.tagStart)) : this.#untagged(event, text);
    return { value, start, end, flags: packFlags(event.style, event.fast, unsafe, event.indent) };
  }

  #untagged(event: ScalarEvent, text: string): Data {
    if (event.style !== STYLE.plain) return text;
    return this.#json ? jsonValue(text) : plainValue(text);
  }

  #alias(event: AliasEvent): Built {
    const name = this.#source.text.slice(event.anchorStart, event.anchorEnd);
    this.#last = event.anchorEnd;
    const built = this.#anchors.get(name);
    if (built) return built;
    const at = this.#source.at(event.anchorStart - 1, name.length + 1);
    if (this.#open.has(name)) throw inputError('yaml', `*${name} stands inside the very value that &${name} names.`, { at });
    throw inputError('yaml', `There is no anchor "&${name}" before this alias.${didYouMean(name, this.#anchors.keys())}`, { at, hint: asteriskHint(name) });
  }

  #collection(event: SequenceEvent | MappingEvent, around: boolean): Built {
    const tag = event.tagStart < 0 ? undefined : tagOf(this.#source, event.tagStart, event.tagEnd, this.#handles);
    const isMapping = event.type === EVENT_ID.MAPPING;
    if (tag !== undefined) this.#checkCollectionTag(tag, event, isMapping);
    const unsafe = around || tag === '!unsafe';
    const anchor = event.anchorStart < 0 ? undefined : this.#source.text.slice(event.anchorStart, event.anchorEnd);
    if (anchor !== undefined) this.#open.add(anchor);
    this.#last = event.start;
    const value = isMapping ? this.#mapping(event.start, unsafe) : this.#sequence(event.start, unsafe);
    if (anchor !== undefined) this.#open.delete(anchor);
    return this.#anchored(event, { value, start: event.start, end: -1, flags: unsafe ? UNSAFE_CONTAINER : NOTHING_WRITTEN });
  }

  #checkCollectionTag(tag: string, event: SequenceEvent | MappingEvent, isMapping: boolean): void {
    const fits = tag === '!unsafe' || tag === '!' || tag === (isMapping ? 'tag:yaml.org,2002:map' : 'tag:yaml.org,2002:seq');
    if (fits) return;
    const shown = this.#source.text.slice(event.tagStart, event.tagEnd);
    throw inputError('yaml', `The tag ${shown} means nothing for a ${isMapping ? 'mapping' : 'list'} here.`, {
      at: this.#source.at(event.tagStart, shown.length),
      hint:
        tag === '!vault'
          ? '!vault stands before one encrypted text (`key: !vault |`).'
          : 'Tags that are understood: !vault, !unsafe and those of YAML itself (!!str, !!int, ...).',
    });
  }

  #sequence(start: number, unsafe: boolean): Data[] {
    const list: Data[] = [];
    const places = new Places(this.#source, start, false);
    while (!this.#pop()) {
      const built = this.node(unsafe);
      list.push(built.value);
      places.add(undefined, built.start, built.start, built);
    }
    rememberPlaces(list, places);
    return list;
  }

  #mapping(start: number, unsafe: boolean): Dict {
    const dict: Dict = new Map();
    const places = new Places(this.#source, start, true);
    const merges: Container[] = [];
    while (!this.#pop()) {
      if (this.#isMergeKey()) {
        merges.push(this.#mergeValue(unsafe));
        continue;
      }
      const key = this.node(false);
      const name = this.#keyOf(key);
      if (dict.has(name)) this.#warnDuplicate(name, key, places);
      const value = this.node(unsafe);
      dict.set(name, value.value);
      places.add(name, key.start, Math.max(key.end, key.start), value);
    }
    if (merges.length > 0) return this.#merge(dict, places, merges, start);
    rememberPlaces(dict, places);
    return dict;
  }

  #pop(): boolean {
    if (this.#events[this.#next]?.type !== EVENT_ID.POP) return false;
    this.#next++;
    return true;
  }

  #keyOf(key: Built): Data {
    const { value } = key;
    // Python's 1.0 and 1 are the same key
    if (value instanceof Float) return value.value;
    if (typeof value !== 'object' || value === null) return value;
    const source = this.#source.text;
    if (source.startsWith('{{', key.start - 1))
      throw inputError('yaml', 'A template stands here without quotes.', { at: this.#source.at(key.start - 1), hint: QUOTE_TEMPLATE });
    const what = value instanceof VaultText ? 'An encrypted text' : Array.isArray(value) ? 'A list' : 'A mapping';
    throw inputError('yaml', `${what} cannot be the key of a mapping.`, { at: atOf(this.#source, key) });
  }

  #warnDuplicate(name: Data, key: Built, places: Places): void {
    const manner = settings().text('DUPLICATE_YAML_DICT_KEY') ?? 'warn';
    if (manner === 'ignore') return;
    const [start, end] = places.key(places.find(name));
    const mistake: Diagnostic = {
      kind: 'input',
      severity: 'warning',
      code: 'duplicate-key',
      message: `The key "${String(name)}" is given twice in one mapping; the last one counts.`,
      at: atOf(this.#source, key),
      also: [{ at: this.#source.at(start, end - start), message: 'first given here' }],
    };
    if (manner === 'error') throw new QplayError({ ...mistake, severity: 'error' });
    this.warnings.push(mistake);
  }

  #isMergeKey(): boolean {
    const event = this.#events[this.#next];
    if (event?.type !== EVENT_ID.SCALAR) return false;
    if (event.tagStart >= 0) return this.#source.text.slice(event.tagStart, event.tagEnd) === '!!merge';
    return event.style === STYLE.plain && event.valueEnd - event.valueStart === 2 && this.#source.text.startsWith('<<', event.valueStart);
  }

  /** What stands behind `<<`: a dict, or a list of dicts of which the first wins. */
  #mergeValue(unsafe: boolean): Container {
    const event = this.#events[this.#next++] as ScalarEvent;
    const { value } = this.node(unsafe);
    if (value instanceof Map || (Array.isArray(value) && value.every((one) => one instanceof Map))) return value;
    throw inputError('yaml', 'A merge key (<<) needs a mapping or a list of mappings, usually an alias such as *defaults.', {
      at: this.#source.at(event.valueStart, 2),
    });
  }

  /** Merged entries come first, own ones win; as PyYAML orders them. */
  #merge(own: Dict, ownPlaces: Places, merges: readonly Container[], start: number): Dict {
    const dict: Dict = new Map();
    const from = new Map<Data, Places>();
    const sources = merges.flatMap((one) => (one instanceof Map ? [one] : [...(one as Dict[])].reverse()));
    for (const [source, places] of [...sources.map((one) => [one, placesOf(one)] as const), [own, ownPlaces] as const]) {
      this.#merged += source === own ? 0 : source.size;
      if (this.#merged > MOST_MERGED) throw inputError('yaml', `Merge keys (<<) copy more than ${MOST_MERGED} entries.`, { at: this.#source.at(start) });
      for (const [key, value] of source) {
        dict.set(key, value);
        if (places) from.set(key, places);
      }
    }
    const places = new Places(this.#source, start, true);
    for (const key of dict.keys()) {
      const origin = from.get(key);
      if (origin) places.copy(key, origin);
    }
    rememberPlaces(dict, places);
    return dict;
  }
}

const asteriskHint = (name: string): string => `Text that begins with an asterisk needs quotes: "*${name}".`;
