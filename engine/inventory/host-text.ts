import { placesOf } from '../load/positions.ts';
import type { Data, Dict } from '../value.ts';
import type { GroupLayers, Inventory } from './inventory.ts';
import type { Host } from './model.ts';
import type { ShowOptions } from './show.ts';
import { keyText, Late, type ShownDict, sortedKeys, written } from './show-text.ts';

/** The JSON of hosts that are in the same groups and have variables of the same names: only values differ. */
interface Shape {
  readonly keys: readonly Data[];
  /** What stands before, between and behind the host's own values. */
  readonly pieces: readonly string[];
  /** Which of the host's own variables each of those values is. */
  readonly slots: readonly number[];
}

/** Shapes looked through for hosts of the same groups; where there are more, hosts are written one by one. */
const MOST_SHAPES = 8;
const NO_GROUPS: GroupLayers = [];
const NO_VARS: Dict = new Map();

/** The variables of one host of a listing. */
export class HostVars extends Late {
  readonly #texts: HostTexts;
  readonly #host: Host;

  constructor(texts: HostTexts, host: Host) {
    super();
    this.#texts = texts;
    this.#host = host;
  }

  override make(): ShownDict {
    return this.#texts.make(this.#host);
  }

  override text(line: string): string | undefined {
    return this.#texts.text(this.#host, line);
  }
}

/** Writes the variables of many hosts. */
export class HostTexts {
  /** The variables of a host, put together. */
  readonly make: (host: Host) => ShownDict;
  readonly #inventory: Inventory;
  readonly #options: ShowOptions;
  /** Whether a host's own variables come last, and whole. */
  readonly #ownWin: boolean;
  readonly #shapes = new Map<GroupLayers, Shape[]>();
  #line: string | undefined;

  constructor(inventory: Inventory, options: ShowOptions, make: (host: Host) => ShownDict) {
    this.make = make;
    this.#inventory = inventory;
    this.#options = options;
    this.#ownWin = !inventory.merging && (options.export === true || (options.extraVars?.size ?? 0) === 0);
  }

  /** JSON; undefined where the host is not like others, and is written by way of `make`. */
  text(host: Host, line: string): string | undefined {
    this.#line ??= line;
    if (!this.#ownWin || this.#line !== line) return undefined;
    const { export: own, baseDir, playbookDir } = this.#options;
    const layers = this.#inventory.layersOfHost(host, own ? baseDir : playbookDir);
    const vars = layers.length === 0 ? NO_VARS : (layers[0]?.vars as Dict);
    if (layers.length > 1 || !isPlain(vars)) return undefined;
    const shape = this.#shape(own ? NO_GROUPS : this.#inventory.layersOfGroups(host, playbookDir), vars, host);
    return shape === undefined ? undefined : filled(shape, vars, line);
  }

  #shape(groups: GroupLayers, vars: Dict, host: Host): Shape | undefined {
    let shapes = this.#shapes.get(groups);
    if (!shapes) {
      shapes = [];
      this.#shapes.set(groups, shapes);
    }
    for (const shape of shapes) if (sameKeys(shape.keys, vars)) return shape;
    if (shapes.length === MOST_SHAPES) return undefined;
    const made = shapeOf(this.make(host), [...vars.keys()], this.#line as string);
    shapes.push(made);
    return made;
  }
}

function shapeOf(dict: ShownDict, own: readonly Data[], line: string): Shape {
  const [pieces, slots]: [string[], number[]] = [[], []];
  const inner = `${line}    `;
  let text = '{';
  let mark = inner;
  for (const key of sortedKeys(dict)) {
    text += `${mark}${JSON.stringify(keyText(key))}: `;
    mark = `,${inner}`;
    const slot = own.indexOf(key);
    if (slot < 0) text += written(dict.get(key) as Data, inner);
    else {
      pieces.push(text);
      slots.push(slot);
      text = '';
    }
  }
  return { keys: own, pieces: [...pieces, dict.size === 0 ? '{}' : `${text}${line}}`], slots };
}

function filled({ pieces, slots }: Shape, vars: Dict, line: string): string {
  const values = [...vars.values()];
  let text = '';
  for (let at = 0; at < slots.length; at++) text += (pieces[at] as string) + written(values[slots[at] as number] as Data, line);
  return text + pieces[slots.length];
}

function sameKeys(keys: readonly Data[], dict: Dict): boolean {
  if (keys.length !== dict.size) return false;
  let at = 0;
  for (const key of dict.keys()) if (keys[at++] !== key) return false;
  return true;
}

/** Text and numbers without a mark: the most there are. */
export function isPlain(dict: Dict): boolean {
  if (placesOf(dict)?.unsafe) return false;
  for (const value of dict.values()) if (typeof value === 'object' && value !== null) return false;
  return true;
}
