import type { Layer } from '../load/model.ts';

/** A group of hosts. `depth` is the longest way from `all`, which decides whose variables win. */
export class Group {
  readonly name: string;
  readonly children: Group[] = [];
  readonly parents: Group[] = [];
  /** Direct members, in the order they were named. */
  readonly hosts = new Set<Host>();
  /** Variables out of inventory sources, later ones winning. */
  readonly layers: Layer[] = [];
  depth = 0;
  /** `ansible_group_priority`: of groups at the same depth the highest wins. */
  priority = 1;

  constructor(name: string) {
    this.name = name;
  }

  /** All groups above, each once, nearest first. */
  ancestors(): Set<Group> {
    return reach(this, 'parents');
  }

  /** All groups below, level by level. */
  descendants(): Set<Group> {
    return reach(this, 'children');
  }
}

function reach(from: Group, direction: 'parents' | 'children'): Set<Group> {
  const found = new Set<Group>(from[direction]);
  // a Set is walked in the order of insertion, new members included
  for (const group of found) for (const next of group[direction]) found.add(next);
  return found;
}

/** A managed host. */
export class Host {
  readonly name: string;
  /** The groups that name it. */
  readonly groups = new Set<Group>();
  /** Variables out of inventory sources, later ones winning. */
  readonly layers: Layer[] = [];
  /** File that named it first; absent for hosts made by `add_host` and for the implicit localhost. */
  readonly file: string | undefined;
  /** Folder of that file. */
  readonly dir: string | undefined;
  /** Made because a play asked for localhost, which no source names. */
  readonly implicit: boolean;

  constructor(name: string, file?: string, dir?: string, implicit = false) {
    this.name = name;
    this.file = file;
    this.dir = dir;
    this.implicit = implicit;
  }
}

/** The order in which variables of groups apply: deeper later, then higher priority later, then by name. */
export function inOrder(groups: Iterable<Group>): Group[] {
  return [...groups].sort((a, b) => a.depth - b.depth || a.priority - b.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
