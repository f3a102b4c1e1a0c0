import { Random } from '../../support/random.ts';
import type { Generated, Yaml } from './generate.ts';

type Keys = { [key: string]: Yaml };

/** A kind of node by how often it comes. */
type Choice = readonly [weight: number, make: () => Yaml];

const HOSTS = ['a', 'b', 'c', 'd'];
/** Names that every level may define. */
const NAMES = ['p1', 'p2', 'p3'];
const ROLES = ['r1', 'r2', 'r3'];
const TAGS = ['t1', 't2'];

/**
 * The second grammar: levels of variables, roles with dependencies and parameters, what includes hand on, loops within loops, what
 * rescue sections read, delegated facts, keywords made by templates, and names that are not defined.
 */
export function generateWide(seed: number): Generated {
  return new Maker(new Random(seed)).playbook();
}

class Maker {
  readonly #random: Random;
  #count = 0;
  #depth = 0;
  /** Roles that may be used here: none includes itself, nor one that includes it. */
  #roles: readonly string[] = ROLES;
  /** Whether `inc1.yml` and `inc2.yml` may be included here. */
  #files: readonly string[] = ['inc1.yml', 'inc2.yml'];
  #inHandler = false;
  readonly #written: { [path: string]: Yaml } = {};

  constructor(random: Random) {
    this.#random = random;
  }

  playbook(): Generated {
    const r = this.#random;
    const files = this.#written;
    files['play.yml'] = Array.from({ length: r.chance(0.3) ? 2 : 1 }, () => this.#play());
    if (r.chance(0.15)) (files['play.yml'] as Yaml[]).push(this.#imported());
    this.#files = ['inc2.yml'];
    files['inc1.yml'] = this.#nodes(1 + r.below(2));
    this.#files = [];
    files['inc2.yml'] = this.#nodes(1 + r.below(2));
    for (const [index, role] of ROLES.entries()) this.#role(role, ROLES.slice(index + 1));
    files['group_vars/all.yml'] = { p1: 'all p1', keyed: { x: 1, y: [1, 2] }, listed: ['l1', 'l2'], ...this.#some('group') };
    // who reads it on another host fails
    files['host_vars/d.yml'] = { nobody: 'somebody' };
    files['host_vars/a.yml'] = { own: 'of a', ...this.#some('host') };
    for (const name of ['one', 'two']) files[`vals/${name}.yml`] = { from: name, ...this.#some(`vals ${name}`) };
    return { argv: this.#argv(), compare: 'order', files };
  }

  #argv(): string[] {
    const r = this.#random;
    const found: string[] = [];
    if (r.chance(0.12)) found.push('--tags', r.pick(TAGS));
    if (r.chance(0.1)) found.push('--skip-tags', r.pick(TAGS));
    if (r.chance(0.15)) found.push('-e', `${r.pick(NAMES)}=extra`);
    if (r.chance(0.06)) found.push('--force-handlers');
    if (r.chance(0.06)) found.push('--start-at-task', `task ${1 + r.below(12)}`);
    return found;
  }

  /** Definitions of some of the names at a level. */
  #some(level: string): Keys {
    const r = this.#random;
    return Object.fromEntries(r.some(NAMES, 2).map((name): [string, Yaml] => [name, this.#value(`${level} ${name}`, name)]));
  }

  #value(plain: string, name: string): Yaml {
    const r = this.#random;
    const lower = NAMES.slice(0, NAMES.indexOf(name));
    if (lower.length > 0 && r.chance(0.3)) return `${plain}({{ ${r.pick(lower)} | default('none') }})`;
    return r.chance(0.1) ? `${plain} {{ inventory_hostname }}` : plain;
  }

  #play(): Keys {
    const r = this.#random;
    const play: Keys = {
      name: this.#name('play'),
      hosts: r.pick(['all', 'a:b', 'a:b', 'a,c', 'a:d']),
      gather_facts: false,
      vars: { only: 'play', ...this.#some('play') },
      handlers: this.#handlers(),
      tasks: this.#nodes(2 + r.below(3)),
    };
    if (r.chance(0.4)) play.roles = Array.from({ length: 1 + r.below(2) }, () => this.#use());
    if (r.chance(0.15)) play.vars_files = ['vals/one.yml', ['vals/none.yml', 'vals/two.yml']].slice(0, 1 + r.below(2));
    if (r.chance(0.15)) play.serial = r.pick<Yaml>(['30%', [1, '50%'], [1, 2], '3']);
    if (r.chance(0.1)) play.order = r.pick(['reverse_sorted', 'sorted']);
    if (r.chance(0.08)) play.any_errors_fatal = true;
    if (r.chance(0.1)) play.module_defaults = this.#defaults();
    if (r.chance(0.1)) play.throttle = 1;
    if (r.chance(0.1)) play.pre_tasks = this.#nodes(1);
    if (r.chance(0.1)) play.post_tasks = this.#nodes(1);
    return play;
  }

  #imported(): Keys {
    const r = this.#random;
    this.#written['other.yml'] = [this.#play()];
    const entry: Keys = { import_playbook: 'other.yml' };
    if (r.chance(0.5)) entry.vars = this.#some('playbook');
    if (r.chance(0.3)) entry.when = this.#condition();
    if (r.chance(0.3)) entry.tags = r.pick(TAGS);
    return entry;
  }

  /** A role as the list of a play has it. */
  #use(): Keys {
    const r = this.#random;
    const use: Keys = { role: r.pick(ROLES) };
    if (r.chance(0.4)) use.vars = this.#some('role entry');
    if (r.chance(0.3)) use[r.pick(NAMES)] = this.#name('param');
    if (r.chance(0.2)) use.when = this.#condition();
    if (r.chance(0.2)) use.tags = r.pick(TAGS);
    return use;
  }

  #role(role: string, others: readonly string[]): void {
    const r = this.#random;
    const files = this.#written;
    const at = (path: string): string => `roles/${role}/${path}`;
    this.#roles = r.chance(0.3) ? others : [];
    files[at('tasks/main.yml')] = this.#nodes(1 + r.below(2));
    files[at('tasks/other.yml')] = [this.#show(), this.#task()];
    this.#inHandler = true;
    files[at('handlers/main.yml')] = [
      this.#handler(`${role} own`),
      this.#handler('own'),
      { ...this.#handler('plain'), ...(r.chance(0.5) && { listen: 'topic' }) },
    ];
    this.#inHandler = false;
    files[at('defaults/main.yml')] = { only: role, ...this.#some(`${role} default`) };
    files[at('defaults/more.yml')] = { more: role, ...this.#some(`${role} more`) };
    if (r.chance(0.5)) files[at('vars/main.yml')] = { [`of_${role}`]: true, ...this.#some(`${role} vars`) };
    if (r.chance(0.5)) files[at('meta/main.yml')] = this.#meta(others);
    this.#roles = ROLES;
  }

  #meta(others: readonly string[]): Keys {
    const r = this.#random;
    const meta: Keys = {};
    if (r.chance(0.4)) meta.allow_duplicates = r.chance(0.7);
    const role = others[0] === undefined ? undefined : r.pick(others);
    if (role === undefined) return { dependencies: [], ...meta };
    const dependency: Keys = { role };
    if (r.chance(0.4)) dependency.vars = this.#some('dependency');
    if (r.chance(0.3)) dependency[r.pick(NAMES)] = this.#name('param');
    if (r.chance(0.2)) dependency.when = this.#condition();
    if (r.chance(0.2)) dependency.tags = r.pick(TAGS);
    return { dependencies: [dependency], ...meta };
  }

  #handlers(): Yaml[] {
    const r = this.#random;
    this.#inHandler = true;
    const made: Yaml[] = [
      this.#handler('plain'),
      this.#handler("named {{ 'one' if only is defined else 'two' }}"),
      { ...this.#handler('listens'), listen: r.pick<Yaml>(['topic', ['topic', 'plain']]) },
    ];
    if (r.chance(0.2)) made.push({ name: this.#name('handler include'), include_tasks: 'flat.yml', listen: 'topic' });
    this.#written['flat.yml'] = [this.#show()];
    this.#inHandler = false;
    return made;
  }

  #handler(name: string): Keys {
    const r = this.#random;
    const task: Keys = { ...(r.chance(0.85) ? this.#show() : this.#fails()), name };
    if (r.chance(0.15)) Object.assign(task, { notify: 'topic', changed_when: true });
    if (r.chance(0.15)) task.when = this.#condition();
    if (r.chance(0.1)) task.loop = '{{ listed }}';
    return task;
  }

  #nodes(count: number): Yaml[] {
    return Array.from({ length: count }, () => this.#node());
  }

  #node(): Yaml {
    const deep = this.#depth >= 2;
    return this.#choose([
      [deep ? 0 : 14, () => this.#within(() => this.#block())],
      [deep || this.#roles.length === 0 ? 0 : 12, () => this.#includeRole()],
      [deep || this.#files.length === 0 ? 0 : 12, () => this.#includeTasks()],
      [5, () => this.#metaTask()],
      [30, () => this.#show()],
      [26, () => this.#task()],
      [4, () => this.#grouping()],
    ]);
  }

  #choose(choices: readonly Choice[]): Yaml {
    let left = this.#random.below(choices.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, make] of choices) {
      if (left < weight) return make();
      left -= weight;
    }
    throw new Error('nothing to choose from');
  }

  #within<T>(work: () => T): T {
    this.#depth++;
    const made = work();
    this.#depth--;
    return made;
  }

  #block(): Keys {
    const r = this.#random;
    const block: Keys = { name: this.#name('block'), block: this.#nodes(1 + r.below(2)) };
    if (r.chance(0.6)) block.rescue = [this.#failure(), ...this.#nodes(r.below(2))];
    if (r.chance(0.3)) block.always = [r.chance(0.5) ? this.#failure() : this.#show()];
    if (r.chance(0.3)) block.vars = this.#some('block');
    if (r.chance(0.15)) block.when = this.#condition();
    if (r.chance(0.1)) block.module_defaults = this.#defaults();
    if (r.chance(0.1)) block.ignore_errors = r.pick<Yaml>([true, "{{ inventory_hostname == 'b' }}"]);
    if (r.chance(0.1)) block.tags = r.pick(TAGS);
    if (r.chance(0.08)) block.run_once = true;
    return block;
  }

  /** What a rescue section reads. */
  #failure(): Keys {
    return {
      name: this.#name('failure'),
      debug: {
        msg: "{{ ansible_failed_task.name | default('none') }} {{ ansible_failed_task.action | default('') }} {{ ansible_failed_result.msg | default('') is search('undefined') }} {{ ansible_failed_result.results | default([]) | map(attribute='failed', default='-') | list }}",
      },
    };
  }

  #includeRole(): Keys {
    const r = this.#random;
    const role = r.pick(this.#roles);
    const task: Keys = { name: this.#name('role') };
    const args: Keys = { name: role };
    if (r.chance(0.25)) args.tasks_from = 'other';
    if (r.chance(0.2)) args.defaults_from = 'more.yml';
    if (r.chance(0.15)) args.allow_duplicates = r.chance(0.5);
    if (r.chance(0.4)) task.vars = this.#some('include role');
    if (r.chance(0.2)) task.when = this.#condition();
    if (r.chance(0.15)) task.tags = r.pick<Yaml>([...TAGS, 'always']);
    if (r.chance(0.45)) {
      task.import_role = args;
      return task;
    }
    task.include_role = args;
    if (r.chance(0.3)) args.public = r.chance(0.8);
    if (r.chance(0.3)) args.apply = this.#applied();
    if (r.chance(0.1)) args.name = `{{ '${role}' }}`;
    if (r.chance(0.25)) this.#outerLoop(task);
    return task;
  }

  #applied(): Keys {
    const r = this.#random;
    const apply: Keys = {};
    if (r.chance(0.5)) apply.tags = r.pick(TAGS);
    if (r.chance(0.4)) apply.vars = this.#some('apply');
    if (r.chance(0.3)) apply.when = this.#condition();
    if (r.chance(0.3)) apply.ignore_errors = true;
    return apply;
  }

  #includeTasks(): Keys {
    const r = this.#random;
    const file = r.pick(this.#files);
    const task: Keys = { name: this.#name('include') };
    if (r.chance(0.4)) task.vars = this.#some('include');
    if (r.chance(0.2)) task.when = this.#condition();
    if (r.chance(0.15)) task.tags = r.pick<Yaml>([...TAGS, 'always']);
    if (r.chance(0.3)) {
      task.import_tasks = file;
      return task;
    }
    task.include_tasks = r.chance(0.3) ? { file, apply: this.#applied() } : file;
    if (r.chance(0.4)) this.#outerLoop(task);
    return task;
  }

  /** The loop of an include, whose tasks have loops of their own. */
  #outerLoop(task: Keys): void {
    const r = this.#random;
    task.loop = r.pick<Yaml>([[1, 2], '{{ listed }}', ['{{ inventory_hostname }}', 'z'], '{{ keyed | dict2items }}']);
    const control: Keys = {};
    if (r.chance(0.7)) control.loop_var = 'outer';
    if (r.chance(0.3)) control.index_var = 'outer_at';
    if (r.chance(0.2)) control.extended = true;
    if (r.chance(0.2)) control.label = "of {{ only | default('nobody') }}";
    if (Object.keys(control).length > 0) task.loop_control = control;
  }

  #metaTask(): Keys {
    const r = this.#random;
    const action = r.pick(['flush_handlers', 'flush_handlers', 'end_host', 'end_play', 'end_batch', ...(this.#roles.length === 0 ? ['end_role'] : [])]);
    const picked = action === 'end_role' && this.#roles === ROLES ? 'noop' : action;
    return { name: this.#name('meta'), meta: picked, ...(picked.startsWith('end_') && { when: this.#condition() }) };
  }

  #grouping(): Keys {
    const r = this.#random;
    if (r.chance(0.5)) return { name: this.#name('grouped'), group_by: { key: `made_{{ inventory_hostname in ['a', 'c'] }}` } };
    return { name: this.#name('groups'), debug: { msg: '{{ group_names }} {{ groups.made_True | default([]) }}' } };
  }

  /** Says what is seen here of names and of what is around. */
  #show(): Keys {
    const r = this.#random;
    const texts = [
      "{{ p1 | default('-') }} | {{ p2 | default('-') }} | {{ p3 | default('-') }}",
      "{{ p1 | default('-') }} | {{ p2 | default('-') }} | {{ p3 | default('-') }}",
      "{{ outer | default('-') }} {{ outer_at | default('-') }} {{ item | default('-') }} {{ ansible_loop.index | default('-') }}",
      "{{ role_name | default('-') }} {{ ansible_parent_role_names | default('-') }} {{ only }} {{ more | default('-') }} {{ of_r1 | default('-') }} {{ of_r2 | default('-') }}",
      "{{ ansible_play_role_names }} {{ ansible_role_names | sort }} {{ from | default('-') }} {{ name.inner | default('-') }}",
      "{{ hostvars.b.p1 | default('-') }} {{ hostvars[inventory_hostname].p2 | default('-') }} {{ hostvars.a.given | default('-') }}",
      "{{ reg.msg | default('-') }} {{ reg.results | default([]) | map(attribute='msg', default='-') | list }} {{ reg is defined and reg is skipped }}",
    ];
    const task: Keys = { name: this.#name('show'), debug: { msg: r.pick(texts) } };
    if (r.chance(0.2)) task.vars = this.#some('task');
    if (r.chance(0.1)) task.tags = r.pick(TAGS);
    if (r.chance(0.12) && !this.#inHandler) this.#notify(task);
    return task;
  }

  #fails(): Keys {
    const r = this.#random;
    return r.pick<Keys>([
      { name: this.#name('task'), fail: { msg: 'on purpose {{ p1 }}' }, when: this.#condition() },
      { name: this.#name('task'), debug: { msg: '{{ nobody }}' }, when: this.#condition() },
      { name: this.#name('task'), assert: { that: ["inventory_hostname != 'c'", 'p1 is defined'], fail_msg: 'not so {{ p2 | default(1) }}' } },
      { name: this.#name('task'), debug: { msg: '{{ item }}' }, loop: [1, 2], failed_when: "item == 2 and inventory_hostname == 'a'" },
    ]);
  }

  #task(): Keys {
    const r = this.#random;
    const name = this.#name('task');
    const task = this.#choose([
      [20, () => ({ name, set_fact: { [r.pick(NAMES)]: this.#value(`fact ${this.#count}`, 'p3'), ...(r.chance(0.2) && { cacheable: true }) } })],
      [12, () => this.#fails()],
      [10, () => this.#given(name)],
      [8, () => ({ name, include_vars: r.pick<Yaml>(['vals/one.yml', { file: 'vals/two.yml', name: 'name' }, 'vals/two.yml']) })],
      [8, () => ({ name, debug: { var: r.pick(['p1', 'keyed.x', 'listed[0] ~ p1', "hostvars['a'].own"]) } })],
      [8, () => ({ name, debug: r.chance(0.5) ? {} : { verbosity: 0 } })],
      [8, () => ({ name, 'ansible.builtin.debug': { msg: 'delegated {{ inventory_hostname }}' }, delegate_to: '{{ item }}', loop: ['a', 'b'] })],
      [8, () => ({ name, debug: { msg: 'again' }, register: 'reg', until: 'reg.attempts | default(0) >= 2', retries: 3, delay: 0, loop: [1, 2] })],
      [6, () => ({ name, assert: { that: 'p1 is defined', success_msg: 'so {{ p1 }}', quiet: r.chance(0.5) } })],
    ]) as Keys;
    this.#common(task);
    return task;
  }

  /** A fact for another host, given by one only. */
  #given(name: string): Keys {
    const giver = this.#random.pick(HOSTS);
    return {
      name,
      set_fact: { given: `by {{ inventory_hostname }} ${this.#count}` },
      delegate_to: this.#random.pick(['a', 'b']),
      delegate_facts: this.#random.chance(0.7),
      when: `inventory_hostname == '${giver}'`,
    };
  }

  #common(task: Keys): void {
    const r = this.#random;
    if (r.chance(0.2) && task.when === undefined) task.when = this.#condition();
    if (r.chance(0.2)) task.vars = this.#some('task');
    if (r.chance(0.2) && task.register === undefined) task.register = 'reg';
    if (r.chance(0.15)) this.#notify(task);
    if (r.chance(0.1)) task.tags = r.pick<Yaml>([...TAGS, ['never', 't2'], 'always']);
    if (r.chance(0.1)) task.ignore_errors = r.pick<Yaml>([true, "{{ inventory_hostname != 'a' }}"]);
    if (r.chance(0.08)) task.run_once = r.pick<Yaml>([true, "{{ 'yes' }}"]);
    if (r.chance(0.08)) task.throttle = 1;
    if (r.chance(0.06)) task.no_log = true;
    if (r.chance(0.15) && task.loop === undefined) this.#innerLoop(task);
  }

  #innerLoop(task: Keys): void {
    const r = this.#random;
    task.loop = r.pick<Yaml>(['{{ listed }}', [1, 2], '{{ keyed | dict2items }}', '{{ reg.results | default([7]) }}', [], '{{ nobody }}']);
    const control: Keys = {};
    if (r.chance(0.3)) control.index_var = 'at';
    if (r.chance(0.5)) control.label = "{{ at | default('no') }} {{ inventory_hostname }}";
    if (r.chance(0.2)) control.loop_var = 'mine';
    if (Object.keys(control).length > 0) task.loop_control = control;
  }

  #notify(task: Keys): void {
    const r = this.#random;
    task.notify = r.pick<Yaml>(['plain', 'topic', ['topic', 'plain'], 'named one', "{{ 'plain' if inventory_hostname == 'a' else 'topic' }}"]);
    task.changed_when = r.chance(0.8) ? true : [this.#condition(), 'true'];
  }

  #defaults(): Keys {
    return this.#random.pick<Keys>([
      { debug: { msg: 'defaulted {{ p1 | default(0) }}' } },
      { 'ansible.builtin.debug': { msg: 'defaulted whole' } },
      { fail: { msg: 'defaulted fail' }, assert: { fail_msg: 'defaulted assert' } },
    ]);
  }

  #condition(): string {
    const r = this.#random;
    return r.pick([
      `inventory_hostname == '${r.pick(HOSTS)}'`,
      `inventory_hostname != '${r.pick(HOSTS)}'`,
      `inventory_hostname in ['${r.pick(HOSTS)}', '${r.pick(HOSTS)}']`,
      'reg is not defined or reg is not failed',
      "p1 | default('x') is search('p1')",
      'item | default(1) != 2',
      "only != 'r1'",
      'true',
    ]);
  }

  #name(what: string): string {
    this.#count++;
    return `${what} ${this.#count}`;
  }
}
