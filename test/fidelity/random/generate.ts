import { Random } from '../../support/random.ts';

/** YAML of a generated file. */
export type Yaml = null | boolean | number | string | Yaml[] | { [key: string]: Yaml };

/** A playbook that a seed decides, with all that belongs to it. */
export interface Generated {
  readonly argv: string[];
  readonly compare: 'order' | 'hosts';
  readonly files: { [path: string]: Yaml };
}

type Keys = { [key: string]: Yaml };

const HOSTS = ['a', 'b', 'c', 'd'];
const TAGS = ['t1', 't2', 't3'];
const HANDLERS = ['h1', 'h2', 'h3', 'h4', 'topic'];
const FILES = ['inc1.yml', 'inc2.yml', 'inc3.yml'];
const ROLES = ['r1', 'r2'];
const REGISTERS = ['reg1', 'reg2'];
const VARS = ['v1', 'v2', 'v3'];

const FOR_ALL: ReadonlySet<string> = new Set(['clear_facts', 'clear_host_errors', 'end_batch', 'end_play']);

/** Makes a playbook out of what the language has: nearly everything that decides which host does which task, and how often. */
export function generate(seed: number): Generated {
  return new Maker(new Random(seed)).playbook();
}

class Maker {
  readonly #random: Random;
  #count = 0;
  /** How deep blocks and files are nested here. */
  #depth = 0;
  #inRole = false;
  #inHandler = false;
  #free = false;
  /** Files of tasks must not include each other in a circle. */
  #files: readonly string[] = FILES;

  constructor(random: Random) {
    this.#random = random;
  }

  playbook(): Generated {
    const r = this.#random;
    this.#free = r.chance(0.12);
    const files: { [path: string]: Yaml } = {};
    files['play.yml'] = Array.from({ length: 1 + r.below(3) }, () => this.#play());
    for (const [index, name] of FILES.entries()) {
      this.#files = FILES.slice(index + 1);
      files[name] = this.#within(() => this.#nodes(1 + r.below(3)));
    }
    this.#files = FILES;
    this.#inRole = true;
    for (const role of ROLES) {
      files[`roles/${role}/tasks/main.yml`] = this.#within(() => this.#nodes(1 + r.below(3)));
      files[`roles/${role}/tasks/other.yml`] = [this.#task()];
      files[`roles/${role}/handlers/main.yml`] = [this.#handler('h1'), this.#handler(`${role} own`)];
      files[`roles/${role}/defaults/main.yml`] = { v1: `${role} default`, only: role };
    }
    return { argv: this.#argv(), compare: this.#free ? 'hosts' : 'order', files };
  }

  #argv(): string[] {
    const r = this.#random;
    const found: string[] = [];
    if (r.chance(0.12)) found.push('--tags', r.some(TAGS, 2).concat('t1').join(','));
    if (r.chance(0.1)) found.push('--skip-tags', r.pick(TAGS));
    if (r.chance(0.08)) found.push('--force-handlers');
    if (r.chance(0.08)) found.push('--limit', r.pick(['a,b', 'all:!c', 'b']));
    if (r.chance(0.1)) found.push('-e', 'v3=extra');
    // with one fork host_pinned forgets hosts in Ansible
    if (this.#free) found.push('-f', '5');
    return found;
  }

  #within<T>(work: () => T): T {
    this.#depth++;
    const made = work();
    this.#depth--;
    return made;
  }

  #play(): Keys {
    const r = this.#random;
    const play: Keys = {
      name: this.#name('play'),
      hosts: r.pick(['all', 'all', 'all', 'a:b', 'all:!b', 'c,a']),
      gather_facts: false,
      vars: { v1: 1, v2: ['x', 'y'], v3: 'three' },
      handlers: [
        ...['h1', 'h2', 'h3'].map((name) => this.#handler(name)),
        ...(r.chance(0.3) ? [this.#handler('h2')] : []),
        { ...this.#handler('h4'), listen: 'topic' },
        { ...this.#handler('h5'), listen: ['topic', 'h1'] },
      ],
      tasks: this.#nodes(1 + r.below(5)),
    };
    if (this.#free) play.strategy = r.pick(['free', 'host_pinned']);
    else this.#together(play);
    if (r.chance(0.1)) play.force_handlers = true;
    if (r.chance(0.08)) play.ignore_errors = r.chance(0.5);
    if (r.chance(0.1)) play.tags = this.#tags();
    if (r.chance(0.2)) play.pre_tasks = this.#nodes(1 + r.below(2));
    if (r.chance(0.2)) play.post_tasks = this.#nodes(1 + r.below(2));
    if (r.chance(0.2)) play.roles = Array.from({ length: 1 + r.below(2) }, () => this.#role());
    return play;
  }

  #together(play: Keys): void {
    const r = this.#random;
    if (r.chance(0.2)) play.serial = r.pick([1, 2, '50%', [1, 2]]);
    if (r.chance(0.12)) play.max_fail_percentage = r.pick([0, 25, 49, 60]);
    if (r.chance(0.12)) play.any_errors_fatal = r.chance(0.8);
    if (r.chance(0.1)) play.order = r.pick(['sorted', 'reverse_sorted', 'reverse_inventory']);
  }

  #role(): Yaml {
    const r = this.#random;
    const role: Keys = { role: r.pick(ROLES) };
    if (r.chance(0.3)) role.when = this.#condition();
    if (r.chance(0.3)) role.vars = { v2: [this.#name('role')] };
    if (r.chance(0.2)) role.tags = this.#tags();
    return role;
  }

  #handler(name: string): Keys {
    this.#inHandler = true;
    const r = this.#random;
    const task = { ...this.#plain(), name };
    if (r.chance(0.15)) Object.assign(task, { notify: r.pick(['h2', 'h3', 'topic']), changed_when: true });
    if (r.chance(0.1)) Object.assign(task, { when: this.#condition() });
    if (r.chance(0.08) && !this.#free) Object.assign(task, { run_once: true });
    this.#inHandler = false;
    return task;
  }

  #nodes(count: number): Yaml[] {
    return Array.from({ length: count }, () => this.#node());
  }

  #node(): Yaml {
    const r = this.#random;
    const kind = r.below(100);
    if (kind < 22 && this.#depth < 3) return this.#within(() => this.#block());
    if (kind < 32 && this.#depth < 3) return this.#include();
    if (kind < 38) return this.#meta();
    return this.#task();
  }

  #block(): Keys {
    const r = this.#random;
    const block: Keys = { name: this.#name('block'), block: this.#nodes(1 + r.below(3)) };
    if (r.chance(0.6)) block.rescue = this.#nodes(1 + r.below(2));
    if (r.chance(0.4)) block.always = this.#nodes(1 + r.below(2));
    if (r.chance(0.15)) block.when = this.#condition();
    if (r.chance(0.1)) block.vars = this.#vars();
    if (r.chance(0.1)) block.tags = this.#tags();
    if (r.chance(0.07)) block.ignore_errors = true;
    if (!this.#free && r.chance(0.07)) block.any_errors_fatal = true;
    if (!this.#free && r.chance(0.05)) block.run_once = true;
    if (r.chance(0.05)) block.delegate_to = r.pick(HOSTS.slice(0, 3));
    return block;
  }

  #include(): Keys {
    const r = this.#random;
    const file = this.#files.length > 0 && !this.#inRole ? r.pick(this.#files) : 'other.yml';
    const inRole = this.#inRole || this.#files.length === 0;
    if (inRole && !this.#inRole) return this.#task();
    if (this.#inRole) return this.#depth > 1 ? this.#task() : this.#common({ name: this.#name('include'), include_tasks: file });
    const task: Keys = { name: this.#name('include') };
    switch (r.below(6)) {
      case 0:
        task.import_tasks = file;
        if (r.chance(0.3)) task.when = this.#condition();
        if (r.chance(0.3)) task.vars = this.#vars();
        return task;
      case 1:
        task.include_role = { name: r.pick(ROLES), ...(r.chance(0.3) && { tasks_from: 'other' }), ...(r.chance(0.2) && { public: true }) };
        break;
      case 2:
        task.import_role = { name: r.pick(ROLES) };
        if (r.chance(0.3)) task.when = this.#condition();
        return task;
      case 3:
        task.include_tasks = { file, ...(r.chance(0.5) && { apply: { [r.pick(['ignore_errors', 'any_errors_fatal'])]: true, tags: this.#tags() } }) };
        break;
      default:
        task.include_tasks = file;
    }
    if (r.chance(0.3)) task.vars = this.#vars();
    if (r.chance(0.25)) this.#loop(task);
    return this.#common(task);
  }

  #meta(): Keys {
    const r = this.#random;
    const picked = r.pick([
      ...['flush_handlers', 'flush_handlers', 'flush_handlers', 'noop', 'end_host', 'clear_host_errors', 'end_play', 'end_batch', 'clear_facts'],
      ...(this.#inRole ? ['end_role', 'end_role'] : []),
    ]);
    // where hosts do not wait for each other, what one does to all is a matter of luck
    const action = this.#free && FOR_ALL.has(picked) ? 'noop' : picked;
    const task: Keys = { name: this.#name('meta'), meta: action };
    if (action.startsWith('end_') || action.startsWith('clear_') || r.chance(0.3)) if (action !== 'noop') task.when = this.#condition();
    return task;
  }

  #task(): Keys {
    const r = this.#random;
    const task = this.#common(this.#plain());
    if (r.chance(0.25)) this.#loop(task);
    if (r.chance(0.2)) task.register = r.pick(REGISTERS);
    if (r.chance(0.08)) this.#until(task);
    if (r.chance(0.1)) task.ignore_errors = r.pick([true, true, false, this.#condition(true)]);
    // what a host sees of the play while another one fails the same task is a matter of luck
    if (r.chance(0.06) && !String((task.debug as Keys | undefined)?.var).startsWith('ansible_')) task.failed_when = this.#condition();
    return task;
  }

  /** Keywords that every task and include may have. */
  #common(task: Keys): Keys {
    const r = this.#random;
    if (r.chance(0.25)) task.when = r.chance(0.8) ? this.#condition() : [this.#condition(), this.#condition()];
    if (r.chance(0.12)) task.tags = this.#tags();
    if (r.chance(0.1) && !('include_tasks' in task)) task.vars = this.#vars();
    if (!this.#free && r.chance(0.07)) task.run_once = r.chance(0.8);
    if (!this.#free && !this.#brings(task) && r.chance(0.05)) task.any_errors_fatal = true;
    if (!this.#brings(task) && r.chance(0.1)) task.delegate_to = r.pick(['a', 'c', 'localhost', '{{ groups.all[1] }}']);
    if (!this.#brings(task) && !this.#inHandler && r.chance(0.2)) this.#notify(task);
    return task;
  }

  #brings = (task: Keys): boolean => Object.keys(task).some((key) => key.startsWith('include_'));

  #notify(task: Keys): void {
    const r = this.#random;
    task.notify = r.chance(0.7) ? r.pick(HANDLERS) : [r.pick(HANDLERS), r.pick(HANDLERS)];
    if (r.chance(0.8)) task.changed_when = r.chance(0.8) ? true : this.#condition();
  }

  #until(task: Keys): void {
    const r = this.#random;
    task.retries = r.below(3);
    task.delay = 0;
    task.register = 'reg3';
    task.until = r.pick(['reg3 is succeeded', 'reg3.attempts | default(1) > 1', 'false', 'true']);
  }

  #plain(): Keys {
    const r = this.#random;
    const name = this.#name('task');
    const kind = r.below(100);
    if (kind < 45) return { name, debug: { msg: this.#text() } };
    if (kind < 63) return { name, set_fact: { [r.pick(VARS)]: this.#text() } };
    if (kind < 80) return { name, fail: { msg: this.#text() }, when: this.#condition() };
    if (kind < 87) return { name, assert: { that: this.#condition(), fail_msg: 'not so' } };
    if (kind < 93) return { name, raw: `echo ${r.below(9)}` };
    return { name, debug: { var: r.pick([...VARS, 'reg1.changed', ...(this.#free ? [] : ['ansible_play_hosts', 'ansible_play_batch'])]) } };
  }

  #loop(task: Keys): void {
    const r = this.#random;
    const key = r.pick(['loop', 'loop', 'loop', 'with_items', 'with_dict', 'with_sequence', 'with_nested', 'with_indexed_items', 'with_together']);
    const lists: Record<string, Yaml> = {
      with_items: [1, [2, 3], '{{ v2 }}'],
      with_dict: { k1: 1, k2: { n: 2 } },
      with_sequence: 'start=1 end=3',
      with_nested: [
        ['p', 'q'],
        [1, 2],
      ],
      with_indexed_items: ['i', 'j'],
      with_together: [
        ['m', 'n'],
        [1, 2, 3],
      ],
    };
    task[key] =
      lists[key] ??
      r.pick<Yaml>([[1, 2], ['x', { y: 1 }], [], '{{ v2 if v2 is not string else [v2] }}', '{{ ansible_play_hosts_all }}', [1, '{{ inventory_hostname }}']]);
    if (!r.chance(0.3)) return;
    const control: Keys = {};
    if (r.chance(0.4)) control.loop_var = 'turn';
    if (r.chance(0.4)) control.index_var = 'at';
    if (r.chance(0.3)) control.label = 'label {{ inventory_hostname }}';
    if (r.chance(0.3)) control.extended = true;
    if (r.chance(0.25) && !this.#brings(task)) control.break_when = `${control.loop_var ?? 'item'} | string == '1'`;
    if (Object.keys(control).length > 0) task.loop_control = control;
  }

  #text(): string {
    const r = this.#random;
    return r.pick([
      'plain',
      '{{ inventory_hostname }} {{ v1 }}',
      "{{ v2 }} {{ item | default('no item') }} {{ turn | default('no turn') }}",
      '{{ v3 }} {{ ansible_play_hosts_all }}',
      "{{ reg1.changed | default('none') }} {{ reg1.failed | default('none') }} {{ reg1.results | default([]) | length }}",
      "{{ ansible_failed_task.name | default('no failure') }} {{ ansible_failed_result.msg | default('') }}",
      "{{ hostvars[inventory_hostname].v1 | default('none') }} {{ at | default(7) }} {{ only | default('no role') }}",
      "{{ ansible_loop.index | default(0) }} {{ role_name | default('') }}",
    ]);
  }

  /** A condition that differs between hosts; `braces` as a template. */
  #condition(braces = false): string {
    const r = this.#random;
    const text = r.pick([
      `inventory_hostname == '${r.pick(HOSTS)}'`,
      `inventory_hostname != '${r.pick(HOSTS)}'`,
      `inventory_hostname in ['${r.pick(HOSTS)}', '${r.pick(HOSTS)}']`,
      `inventory_hostname in ['${r.pick(HOSTS)}', '${r.pick(HOSTS)}']`,
      'reg1 is defined and reg1 is failed',
      'reg2 is defined and reg2 is changed',
      'reg1 is not defined or reg1 is not skipped',
      "item is not defined or item | string != '2'",
      'true',
      'false',
      'v1 | string == inventory_hostname',
    ]);
    return braces ? `{{ ${text} }}` : text;
  }

  #vars(): Keys {
    const r = this.#random;
    return { [r.pick(VARS)]: r.pick<Yaml>([this.#name('var'), '{{ inventory_hostname }} here', ['l1', 'l2']]) };
  }

  #tags(): Yaml {
    const r = this.#random;
    return r.pick<Yaml>(['t1', 't2', 't3', ['t1', 't2'], 'always', 'never', ['never', 't3']]);
  }

  #name(what: string): string {
    this.#count++;
    return `${what} ${this.#count}`;
  }
}
