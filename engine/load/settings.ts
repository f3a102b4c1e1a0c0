import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Diagnostic, inputError } from '../error.ts';
import { readIni } from './ini-config.ts';
import { SETTINGS, type Setting, type SettingName } from './settings-table.ts';

/** Variables of the process's environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

interface Found {
  readonly text: string;
  /** Folder that relative paths start from. */
  readonly dir: string;
  /** Where it was set, for messages. */
  readonly from: string;
}

const TRUE = /^(?:yes|on|1|true|t|1\.0|y)$/i;
const FALSE = /^(?:no|off|0|false|f|0\.0|n)$/i;

/**
 * ansible.cfg and the `ANSIBLE_*` variables that change what a run does. A variable of the environment wins over the file;
 * the command line, which wins over both, is the caller's. Every reading gives `undefined` for what is not set.
 */
export class Settings {
  /** The ansible.cfg that holds, if there is one. */
  readonly file: string | undefined;
  readonly warnings: readonly Diagnostic[];
  readonly #env: Environment;
  readonly #cwd: string;
  readonly #sections: ReadonlyMap<string, ReadonlyMap<string, string>>;

  constructor(env: Environment, cwd: string) {
    this.#env = env;
    this.#cwd = cwd;
    const { file, warnings } = findFile(env, cwd);
    this.file = file;
    this.warnings = warnings;
    this.#sections = file === undefined ? new Map() : readIni(readFileSync(file, 'utf8'), file);
  }

  text(name: SettingName): string | undefined {
    const found = this.#find(name);
    const { choices } = SETTINGS[name] as Setting;
    if (found === undefined || choices === undefined || choices.includes(found.text)) return found?.text;
    throw wrong(name, found, `one of ${choices.join(', ')}`);
  }

  boolean(name: SettingName): boolean | undefined {
    const found = this.#find(name);
    if (found === undefined) return undefined;
    if (TRUE.test(found.text)) return true;
    if (FALSE.test(found.text)) return false;
    throw wrong(name, found, 'yes or no');
  }

  integer(name: SettingName): number | undefined {
    const found = this.#find(name);
    if (found === undefined || found.text === '') return undefined;
    const value = Number(found.text);
    if (Number.isInteger(value)) return value;
    throw wrong(name, found, 'a whole number');
  }

  list(name: SettingName): readonly string[] | undefined {
    return this.#find(name)
      ?.text.split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  }

  path(name: SettingName): string | undefined {
    const found = this.#find(name);
    return found === undefined || found.text === '' ? undefined : this.#resolved(found.text, found.dir);
  }

  /** A list of paths: parted by commas (`pathlist`) or colons (`pathspec`), as the table says. */
  paths(name: SettingName): readonly string[] | undefined {
    const found = this.#find(name);
    if (found === undefined) return undefined;
    const parts = found.text.split(SETTINGS[name].type === 'pathlist' ? ',' : ':').map((one) => one.trim());
    return parts.filter((one) => one !== '').map((one) => this.#resolved(one, found.dir));
  }

  /** Where it is set, if it is: `env: NAME`, or the file. */
  found(name: SettingName): { readonly from: string } | undefined {
    const found = this.#find(name);
    return found === undefined ? undefined : { from: /^[A-Z_0-9]+$/.test(found.from) ? `env: ${found.from}` : (this.file ?? found.from) };
  }

  /** As it was written, wherever it was set. */
  raw(name: SettingName): string | undefined {
    return this.#find(name)?.text;
  }

  #find(name: SettingName): Found | undefined {
    const { env, ini } = SETTINGS[name] as Setting;
    for (const one of env) {
      const text = this.#env[one];
      if (text !== undefined) return { text, dir: this.#cwd, from: one };
    }
    for (const one of ini) {
      const [section = '', key = ''] = one.split('.');
      const text = this.#sections.get(section)?.get(key);
      if (text !== undefined) return { text, dir: dirname(this.file ?? this.#cwd), from: `[${section}] ${key} of ${this.file}` };
    }
    return undefined;
  }

  #resolved(text: string, dir: string): string {
    const home = this.#env.HOME ?? homedir();
    const named = text
      .replaceAll('{{CWD}}', this.#cwd)
      .replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => this.#env[braced ?? bare ?? ''] ?? whole)
      .replace(/^~(?=\/|$)/, home);
    return resolve(dir, named);
  }
}

const wrong = (name: string, { text, from }: Found, wanted: string) =>
  inputError('setting', `The setting ${name} must be ${wanted}, and this is "${text}".`, { hint: `It is set by ${from}.` });

/** ANSIBLE_CONFIG (a file or its folder), ./ansible.cfg, ~/.ansible.cfg, /etc/ansible/ansible.cfg: the first that is there. */
function findFile(env: Environment, cwd: string): { file?: string; warnings: Diagnostic[] } {
  const warnings: Diagnostic[] = [];
  const candidates: string[] = [];
  const named = env.ANSIBLE_CONFIG;
  if (named !== undefined && named !== '') {
    const path = resolve(cwd, named.replace(/^~(?=\/|$)/, env.HOME ?? homedir()));
    candidates.push(isFolder(path) ? join(path, 'ansible.cfg') : path);
  }
  const here = join(cwd, 'ansible.cfg');
  if (isWorldWritable(cwd)) {
    if (existsSync(here) && !candidates.includes(here)) warnings.push(ignored(here, cwd));
  } else candidates.push(here);
  candidates.push(join(env.HOME ?? homedir(), '.ansible.cfg'), '/etc/ansible/ansible.cfg');
  const file = candidates.find(isReadable);
  return file === undefined ? { warnings } : { file, warnings };
}

const ignored = (file: string, folder: string): Diagnostic => ({
  kind: 'input',
  severity: 'warning',
  code: 'world-writable',
  message: `${file} is not read: anyone may write into ${folder}.`,
  hint: `Take the right away (chmod o-w ${folder}), or name the file with ANSIBLE_CONFIG.`,
});

const isWorldWritable = (folder: string): boolean => existsSync(folder) && (statSync(folder).mode & 0o002) !== 0;
const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

let last: { key: string; env: Environment; settings: Settings } | undefined;

/**
 * The settings of this process. The file is read once for a working directory; variables of the environment are looked at with
 * every reading.
 */
export function settings(env: Environment = process.env, cwd: string = process.cwd()): Settings {
  const key = [cwd, env.ANSIBLE_CONFIG, env.HOME].join('\n');
  if (last?.key !== key || last.env !== env) {
    const made = new Settings(env, cwd);
    last = { key, env, settings: made };
  }
  return last.settings;
}
