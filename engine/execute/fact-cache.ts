import { accessSync, chmodSync, constants, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inputError } from '../error.ts';
import { dumpJson } from '../jinja/python/json.ts';
import { parseJson } from '../jinja/python/json-read.ts';
import type { Value } from '../jinja/values.ts';
import { settings } from '../load/settings.ts';
import { type Data, type Dict, isDict } from '../value.ts';

/** Facts of hosts that are kept from one run to the next. */
export interface FactCache {
  /** What is kept of a host, names as modules return them; `undefined` when there is nothing, or it is too old. */
  load(host: string): Dict | undefined;
  save(host: string, facts: Dict): void;
  forget(host: string): void;
}

/** Seconds that facts are believed, where no setting says otherwise. */
const DAY = 86_400;

/**
 * The cache that `fact_caching` names; `undefined` when facts last for the run only. As with Ansible, one that cannot be had is
 * a warning.
 */
export function factCache(warn: (message: string) => void): FactCache | undefined {
  const name = (settings().text('CACHE_PLUGIN') ?? 'memory').replace(/^ansible\.(builtin|legacy)\./, '');
  if (name === 'memory') return undefined;
  if (name !== 'jsonfile') {
    warn(`Unable to load the facts cache plugin (${name}): qplay has memory and jsonfile.`);
    return undefined;
  }
  const folder = settings().path('CACHE_PLUGIN_CONNECTION');
  if (folder === undefined) {
    warn('The facts cache jsonfile is not used: fact_caching_connection must name a folder.');
    return undefined;
  }
  open(folder);
  return new JsonFiles(folder, settings().text('CACHE_PLUGIN_PREFIX') ?? '', settings().integer('CACHE_PLUGIN_TIMEOUT') ?? DAY, warn);
}

function open(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw inputError('fact-cache', `the folder of the facts cache cannot be used: ${folder}`, {
      cause: (error as Error).message,
      hint: 'fact_caching_connection, or ANSIBLE_CACHE_PLUGIN_CONNECTION, names it',
    });
  }
}

/** One file a host, as Ansible's `jsonfile` writes it. */
class JsonFiles implements FactCache {
  readonly #folder: string;
  readonly #prefix: string;
  readonly #seconds: number;
  readonly #warn: (message: string) => void;

  constructor(folder: string, prefix: string, seconds: number, warn: (message: string) => void) {
    this.#folder = folder;
    this.#prefix = prefix;
    this.#seconds = seconds;
    this.#warn = warn;
  }

  load(host: string): Dict | undefined {
    const path = this.#path(host);
    const text = this.#read(path);
    if (text === undefined) return undefined;
    const value = parsed(text);
    if (isDict(value)) return plain(value) as Dict;
    rmSync(path, { force: true });
    throw inputError('fact-cache', `the cache file ${path} was corrupt, or did not otherwise contain valid data`, {
      hint: 'It has been removed, so you can run the command again now',
    });
  }

  #read(path: string): string | undefined {
    try {
      if (this.#seconds > 0 && Date.now() - statSync(path).mtimeMs > this.#seconds * 1000) return undefined;
      return readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#warn(`error in 'jsonfile' cache plugin while trying to read ${path} : ${error}`);
      return undefined;
    }
  }

  save(host: string, facts: Dict): void {
    const path = this.#path(host);
    const fresh = `${path}.${process.pid}.tmp`;
    try {
      writeFileSync(fresh, dumpJson(facts as Value, { indent: '    ', sortKeys: true }), { mode: 0o600 });
      chmodSync(fresh, 0o600);
      renameSync(fresh, path);
    } catch (error) {
      rmSync(fresh, { force: true });
      this.#warn(`error in 'jsonfile' cache plugin while trying to write to '${path}' : ${(error as Error).message}`);
    }
  }

  forget(host: string): void {
    rmSync(this.#path(host), { force: true });
  }

  /** A name that leads out of the folder stays in it. */
  #path(host: string): string {
    return join(this.#folder, `${this.#prefix}${host.replaceAll('/', '_')}`);
  }
}

function parsed(text: string): Data | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** Ansible's mark for text that is no template: facts never are. */
function plain(value: Data): Data {
  if (Array.isArray(value)) return value.map(plain);
  if (!isDict(value)) return value;
  const unsafe = value.size === 1 ? value.get('__ansible_unsafe') : undefined;
  return unsafe ?? new Map([...value].map(([key, one]) => [key, plain(one)]));
}
