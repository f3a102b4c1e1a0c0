import { spawn } from 'node:child_process';
import { type Commands, inFolder } from './case.ts';
import { type Ended, runHere, simple } from './here.ts';
import { settled } from './settled.ts';

/** Variables of the one who runs the tests must not speak. */
const kept = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ANSIBLE_|NO_COLOR|FORCE_COLOR|CI$|QPLAY|VITEST|EDITOR|VISUAL)/.test(name)));

/** What the programs of the folder `bin` answer to the command lines of a case: stdout, stderr and exit code of each. */
export function answerOf(one: Commands, bin: string, told?: (answer: string) => void, here = false): Promise<string> {
  return inFolder(one, async (folder) => {
    const said: string[] = [];
    for (const line of one.lines) {
      said.push(await answer(line, folder, bin, here));
      told?.(said.at(-1) as string);
    }
    return said.join('\n');
  });
}

async function answer(line: string, folder: string, bin: string, here: boolean): Promise<string> {
  const plain = here ? simple(line) : undefined;
  // hosts one after the other, so that the order of lines does not depend on luck
  const env = { ...environment(folder, bin), ...(/ansible-config/.test(line) ? {} : { ANSIBLE_FORKS: '1' }) };
  const { out, err, exit } = plain === undefined ? await shell(line, folder, env) : await runHere(plain, folder, { ...env, ...plain.env });
  return `$ ${line}\n${settled(out, 'out', folder)}--- stderr\n${settled(err, 'err', folder)}--- exit ${exit}\n`;
}

const environment = (folder: string, bin: string): NodeJS.ProcessEnv => ({
  ...kept(),
  HOME: folder,
  PATH: `${bin}:${process.env.PATH}`,
  LC_ALL: 'C.UTF-8',
  PYTHONIOENCODING: 'utf8',
});

function shell(line: string, folder: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn('sh', ['-c', line], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((done, failed) => {
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', failed);
    child.on('close', (exit) => done({ out, err, exit }));
  });
}
