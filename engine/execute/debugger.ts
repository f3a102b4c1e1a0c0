import { QplayError } from '../error.ts';
import { prettyText } from '../jinja/python/pretty.ts';
import type { Task } from '../load/model.ts';
import { type Data, type Dict, fromPlain, isDict } from '../value.ts';
import { OwnVars } from '../vars/magic.ts';
import type { LayeredScope } from '../vars/scope.ts';
import { renderArguments } from './module-call.ts';
import type { Done } from './perform.ts';
import { nameOf, type TaskRun } from './task-run.ts';

const HELP = `p EXPRESSION   print: task, task.args, task_vars, host, result
task.args['key'] = VALUE, task_vars['key'] = VALUE, del task.args['key']
u, update_task   the task's arguments anew, with the changed variables
r, redo          run the task again
c, continue      go on with the play
q, quit          end the run
h, help          this`;

/** Talks with the person at the terminal about one task of one host. */
export class Debugger {
  readonly #run: TaskRun;
  readonly #result: Dict;
  readonly #vars: Dict = new Map();
  #args: Dict;
  /** What is to be shown before the next question. */
  #said = '';

  constructor({ run, finished }: Pick<Done, 'run' | 'finished'>) {
    this.#run = run;
    this.#result = finished.result;
    this.#args = new Map(run.task.args);
  }

  /** The task to run again, `go on`, or `quit` where the person, or the end of the input, says so. */
  async ask(): Promise<TaskRun | 'go on' | 'quit'> {
    const { host } = this.#run;
    for (;;) {
      const line = await this.#line(`[${host.name}] TASK: ${this.#title()} (debug)> `);
      const [, command = '', rest = ''] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(line ?? 'EOF') ?? [];
      switch (command) {
        case '':
          break;
        case 'q':
        case 'quit':
        case 'EOF':
          return 'quit';
        case 'c':
        case 'continue':
          return 'go on';
        case 'r':
        case 'redo':
          return this.#again();
        case 'u':
        case 'update_task':
          this.#attempt(() => this.#update());
          break;
        case 'p':
        case 'pprint':
          this.#attempt(() => this.#say(this.#shown(rest)));
          break;
        case 'h':
        case 'help':
        case '?':
          this.#say(HELP);
          break;
        default:
          this.#attempt(() => this.#change(line as string));
      }
    }
  }

  async #line(prompt: string): Promise<string | undefined> {
    try {
      const text = this.#said + prompt;
      this.#said = '';
      return await this.#run.run.options.ask(text, false);
    } catch (error) {
      // the end of the input, or nobody there
      if (error instanceof QplayError && error.diagnostics[0]?.code !== 'no-terminal') throw error;
      return undefined;
    }
  }

  #title(): string {
    const role = this.#run.task.context.role?.role.name;
    return `${role === undefined ? '' : `${role} : `}${nameOf(this.#run)}`;
  }

  #say(text: string): void {
    this.#said += `${text}\n`;
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#say(`***${(error as Error).message}`);
    }
  }

  #again(): TaskRun {
    const run = this.#run;
    const task: Task = { ...run.task, args: this.#args };
    return { ...run, task, scope: this.#vars.size > 0 ? run.scope.with(this.#vars, 'debugger') : run.scope };
  }

  /** The arguments as the file has them, rendered with the variables as they are now. */
  #update(): void {
    const run = this.#again();
    this.#args = renderArguments({ ...run, task: this.#run.task }, run.scope);
  }

  /** A value as Python's `pprint` shows it; task and host go by their names. */
  #shown(text: string): string {
    if (text === 'task') return `TASK: ${this.#title()}`;
    return text === 'host' ? this.#run.host.name : prettyText(this.#evaluate(text));
  }

  #evaluate(text: string): Data {
    const { run, lookups, host, task } = this.#run;
    const { scope } = this.#again();
    const shown: Dict = new Map<Data, Data>([
      ['args', this.#args],
      ['name', task.name === undefined ? '' : nameOf(this.#run)],
      ['action', task.action],
      ['register', task.register ?? null],
    ]);
    const names = new Map<Data, Data>([
      ['task', shown],
      ['task_vars', new OwnVars(scope) as unknown as Data],
      ['host', host.name],
      ['result', new Map<Data, Data>([...this.#result, ['_result', this.#result]])],
    ]);
    if (text === 'task_vars') return whole(scope);
    return run.jinja.compileExpression(text).evaluate(scope.with(names), lookups);
  }

  /** `task.args[...] = value`, `task_vars[...] = value`, `del ...`. */
  #change(line: string): void {
    const found = /^\s*(del\s+)?(task\.args|task_vars)((?:\[(?:'[^']*'|"[^"]*"|\w+)\])*)\s*(?:=(?!=)\s*(.+))?$/s.exec(line);
    const [, remove, root, keys = '', text] = found ?? [];
    const path = [...keys.matchAll(/\[(.*?)\]/g)].map(([, key]) => this.#evaluate(key as string));
    if (remove === undefined && text === undefined) {
      this.#say(this.#shown(line.trim()));
      return;
    }
    const value = text === undefined ? undefined : this.#evaluate(text);
    if (path.length === 0) {
      if (root !== 'task.args' || !isDict(value)) throw new Error(`TypeError: only the members of ${root} can be set`);
      this.#args = value;
      return;
    }
    const [first, ...rest] = path as [Data, ...Data[]];
    const holder = root === 'task.args' ? this.#args : this.#vars;
    if (rest.length === 0) set(holder, first, value);
    else holder.set(first, within(this.#evaluate(`${root}[${JSON.stringify(first)}]`), rest, value));
  }
}

/** All variables that can be rendered. */
function whole(scope: LayeredScope): Dict {
  const found: Dict = new Map();
  for (const name of scope.names()) {
    if (name === 'hostvars' || name === 'vars') continue;
    try {
      const value = scope.get(name);
      if (value !== undefined) found.set(name, value);
    } catch {
      // a variable that cannot be rendered has no value to show
    }
  }
  return found;
}

function set(holder: Dict, key: Data, value: Data | undefined): void {
  if (value === undefined) holder.delete(key);
  else holder.set(key, value);
}

/** A copy of a value with one of its inner members changed. */
function within(value: Data, [key, ...rest]: readonly Data[], changed: Data | undefined): Data {
  if (key === undefined) return changed ?? null;
  if (Array.isArray(value)) {
    const index = Number(key);
    if (changed === undefined && rest.length === 0) return value.toSpliced(index, 1);
    return value.with(index, within(value[index] as Data, rest, changed));
  }
  const dict: Dict = new Map(isDict(value) ? value : (fromPlain({}) as Dict));
  if (rest.length === 0) set(dict, key, changed);
  else dict.set(key, within(dict.get(key) as Data, rest, changed));
  return dict;
}
