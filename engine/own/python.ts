import type { UserModule } from '../load/model.ts';
import { type ActionOutcome, type Controller, raw, type Script, sh } from '../module/contract.ts';
import { jsonOf } from './arguments.ts';
import { closureOf } from './closure.ts';
import { internals } from './internals.ts';
import type { Given } from './module.ts';
import { FIND_PYTHON, file, folder, NONE } from './payload.ts';

/** A program that the shell variable `qp_p` names, or the words the user gave. */
export function interpreter(python: string | undefined): { readonly find: Script; readonly words: Script } {
  if (python === undefined || /^auto(_legacy)?(_silent)?$/.test(python))
    return { find: sh`[ -n "$qp_p" ] || { printf '%s\\n' ${NONE} >&2; exit 127; }${FIND_PYTHON}`, words: raw('"$qp_p"') };
  return { find: sh``, words: sh`${python.trim().split(/\s+/)}` };
}

/** What to send a host to run a module in Python: the files it lacks, then the arguments by standard input. */
export function pythonScript(module: UserModule, content: Buffer): (given: Given, controller: Controller) => Script | ActionOutcome {
  const { files, run, missing, core } = closureOf(module, content);
  const parts = [...files].map(([path, one]) => ({ path, ...file(one) }));
  const head = JSON.stringify({ run, files: Object.fromEntries(parts.map(({ path, name }) => [path, name])) });
  const libs = parts.map(({ lib }) => sh`${lib}`);
  return (given, controller) => {
    if (missing.length > 0) return lacking(module, missing, core.ours);
    const { find, words } = interpreter(controller.python);
    const input = `${head}\n${jsonOf(new Map([...given, ...internals(module, controller, core.version)]))}`;
    return sh`${find}${folder()}${libs}
printf %s ${input} | ${words} "$qp_own_d/run.py"`;
  };
}

const lacking = ({ name, file }: UserModule, missing: readonly string[], ours: boolean): ActionOutcome => ({
  status: 'failed',
  why: `${name} (${file}) imports ${missing.join(', ')}, and there is no such file`,
  hint: ours
    ? 'qplay brings the parts of ansible.module_utils that are used most; the others come from an ansible-core that is installed on the control node'
    : 'It is looked for in `module_utils/` of roles, beside the playbook, in collections and in ansible-core',
});
