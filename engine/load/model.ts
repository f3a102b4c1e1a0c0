import type { At } from '../error.ts';
import type { Data, Dict } from '../value.ts';

/** A value as it was written, with the place it was written at: `holder.get(key)` or `holder[key]`. */
export interface Slot {
  readonly value: Data;
  readonly holder: Dict | Data[];
  readonly key: string | number;
}

/** Variables of one level, and whether their text is final (facts, registered results) or may hold templates. */
export interface Layer {
  /** Name of the precedence level, such as `role defaults`. */
  readonly level: string;
  /** Who defines it: a file, a role, a task. */
  readonly from: string;
  readonly vars: ReadonlyMap<Data, Data>;
  readonly final?: true;
}

/** A role as found on disk. Loaded once; `instances` of it differ by parameters. */
export interface Role {
  /** As tasks of the role are titled; for a role of a collection `NAMESPACE.COLLECTION.ROLE`. */
  readonly name: string;
  /** `role_name`. */
  readonly shortName: string;
  /** `NAMESPACE.COLLECTION` that the role belongs to. */
  readonly collection: string | undefined;
  readonly path: string;
  readonly defaults: Layer;
  readonly vars: Layer;
  /** `vars` of the entry of `roles` or `dependencies` that uses it here: below those of blocks and tasks. */
  readonly entryVars?: Layer;
  readonly meta: Dict | undefined;
  /** `tasks/main.yml`, absent in a role that only brings variables or handlers. */
  readonly tasksFile: string | undefined;
  readonly handlersFile: string | undefined;
  /** `meta/argument_specs.yml`'s entry points. */
  readonly specs: ReadonlyMap<string, Dict>;
}

/** One use of a role: the role, its parameters, and the roles above it. */
export interface RoleUse {
  readonly role: Role;
  /** Level `role params`. */
  readonly params: Layer | undefined;
  /** Roles whose tasks include or import this one, nearest first (`ansible_parent_role_names`). */
  readonly parents: readonly Role[];
  /** The same for uses of one role in the same way: what has run is not done again. */
  readonly key: string;
  /** `allow_duplicates`. */
  readonly repeats: boolean;
  /** It was brought by another role's `dependencies`. */
  readonly isDependency: boolean;
  /** Roles whose defaults and vars its tasks see: itself and its dependencies, lowest precedence first. */
  readonly chain: readonly Role[];
  /** Paths of the roles it stands in, as a dependency or by a task, outermost first, and its own. */
  readonly inside: readonly string[];
}

/**
 * Keywords that pass from play to block to task, resolved once when the tree is built.
 * A `Slot` is templated for each host when it is needed.
 */
export interface Context {
  readonly when: readonly Slot[];
  /** Tags with the place they are written at; a tag may be a template. */
  readonly tags: readonly Slot[];
  /** Block and task variables, outermost first. */
  readonly vars: readonly Layer[];
  readonly environment: readonly Slot[];
  readonly moduleDefaults: readonly Slot[];
  /** Everything that is simply overridden from below: become, delegate_to, no_log, ... */
  readonly set: Readonly<Record<string, Slot>>;
  readonly role: RoleUse | undefined;
  /** Folder of the task file, first place to look for its files. */
  readonly dir: string;
}

interface Placed {
  readonly id: number;
  readonly at: At;
  readonly context: Context;
}

/** A module that the user brings: a file of a `library/`, of a configured folder or of a collection on disk. */
export interface UserModule {
  /** As the task calls it. */
  readonly name: string;
  readonly file: string;
  /** `NAMESPACE.COLLECTION`, of one in a collection. */
  readonly collection: string | undefined;
  /** Folders `ansible_collections`, best first. */
  readonly collectionRoots: readonly string[];
  /** Folders `module_utils` of the user, best first. */
  readonly utils: readonly string[];
  /** An action plugin in Python that Ansible would run first. There is nothing here that could. */
  readonly plugin?: string;
}

export interface Task extends Placed {
  readonly kind: 'task';
  /** What surrounds the task; an include's tasks inherit from here, not from the include. */
  readonly outer: Context;
  /** As written, perhaps a template; empty when absent. */
  readonly name: Slot | undefined;
  readonly source: Dict;
  /** Module name as written. */
  readonly action: string;
  /** What that name means when it is no module of ours. */
  readonly userModule?: UserModule;
  /** Arguments as written, free-form text under `_raw_params`. `undefined` keys never occur. */
  readonly args: Dict;
  /** `args` written as one template (`action: "{{ dict }}"`, `args: "{{ dict }}"`). */
  readonly argsTemplate: Slot | undefined;
  readonly loop: Loop | undefined;
  readonly notify: readonly Slot[];
  readonly listen: readonly Slot[];
  readonly register: string | undefined;
  /** Task-only keywords: changed_when, failed_when, until, retries, delay, loop_control, timeout. */
  readonly own: Readonly<Record<string, Slot>>;
  readonly handler: boolean;
  /** A meta task that no file writes: the end of a section or of a role. */
  readonly implicit?: 'flush_handlers' | 'role_complete';
}

/** `loop`, or a lookup named after `with_`. */
export interface Loop {
  readonly items: Slot;
  readonly lookup: string | undefined;
  readonly control: Dict | undefined;
}

export interface Block extends Placed {
  readonly kind: 'block';
  readonly name: string;
  readonly block: readonly Node[];
  readonly rescue: readonly Node[];
  readonly always: readonly Node[];
  /** Set on the block that holds one use of a role. */
  readonly roleUse: RoleUse | undefined;
  /** Nobody wrote this block: it holds what an import or a role brings in its place. */
  readonly group?: true;
  /** Variables that a dynamic include hands to what it brings. */
  readonly brought?: readonly Layer[];
}

export type Node = Task | Block;

/** A play with its tree, ready to run. */
export interface Play {
  readonly at: At;
  readonly source: Dict;
  readonly name: Slot | undefined;
  readonly hosts: Slot;
  readonly file: string;
  readonly dir: string;
  /** Folder of the playbook given on the command line's play file: where group_vars beside the playbook are. */
  readonly context: Context;
  readonly preTasks: readonly Node[];
  readonly roles: readonly Block[];
  readonly tasks: readonly Node[];
  readonly postTasks: readonly Node[];
  readonly handlers: readonly Task[];
  readonly keywords: Readonly<Record<string, Slot>>;
  readonly roleUses: readonly RoleUse[];
}
