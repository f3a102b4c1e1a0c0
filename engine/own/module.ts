import { readFile } from 'node:fs/promises';
import type { UserModule } from '../load/model.ts';
import { type ActionModule, type ActionOutcome, type Controller, defineAction, type Host, type Observed, type Script } from '../module/contract.ts';
import type { Data } from '../value.ts';
import { answerOf } from './answer.ts';
import { kindOf, type ModuleKind } from './kind.ts';
import { programScript } from './program.ts';
import { pythonScript } from './python.ts';

/** Arguments as the task has them, and Ansible's own (`_ansible_...`). */
export type Given = ReadonlyMap<string, Data>;

const known = new WeakMap<UserModule, Promise<ActionModule>>();

/** A module that the user brings, to be run as those of ours are. */
export function loadUserModule(module: UserModule): Promise<ActionModule> {
  const found = known.get(module) ?? load(module);
  known.set(module, found);
  return found;
}

async function load(module: UserModule): Promise<ActionModule> {
  if (module.plugin !== undefined) return refused(module, `it is an action plugin in Python (${module.plugin}), which would run on the control node`);
  const content = await readFile(module.file);
  const kind = kindOf(module.file, content);
  if (kind === 'powershell') return refused(module, `${module.file} is PowerShell, for hosts with Windows`);
  const make = kind === 'python' ? pythonScript(module, content) : programScript(module, content, kind);
  return define(module, kind, (args, host, controller) => run(make, args, host, controller));
}

type Make = (given: Given, controller: Controller) => Script | ActionOutcome;

async function run(make: Make, args: Readonly<Record<string, unknown>>, host: Host, controller: Controller): Promise<ActionOutcome> {
  const script = make(new Map(Object.entries(args as Record<string, Data>)), controller);
  if ('status' in script) return script;
  const seen: Observed = host.detach === undefined ? await host.run(script) : await host.detach(script, {});
  return answerOf(seen, controller);
}

/** Only what takes Ansible's arguments of itself can be asked what it would do. */
const LOOKS: ReadonlySet<ModuleKind> = new Set(['python']);

function define(module: UserModule, kind: ModuleKind, work: ActionModule['run']): ActionModule {
  return defineAction({
    name: module.name,
    fqcn: [],
    summary: 'A module that the user brings.',
    inCheck: LOOKS.has(kind) ? 'run' : 'unknown',
    anyOptions: 'handed over',
    detaches: true,
    silent: true,
    options: {},
    returns: {},
    examples: [],
    run: work,
  });
}

const refused = (module: UserModule, why: string): ActionModule =>
  define(module, 'python', async () => ({
    status: 'failed',
    why: `qplay does not run ${module.name}: ${why}`,
    hint: 'A `when` that is false on this host lets the task pass',
  }));
