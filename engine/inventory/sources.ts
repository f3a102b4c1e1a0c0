import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { type Diagnostic, diagnosticsOf, inputError, QplayError } from '../error.ts';
import { jinja } from '../jinja/index.ts';
import { type Decrypt, loadYamlFile } from '../load/yaml.ts';
import { type Dict, isDict } from '../value.ts';
import { Templar } from '../vars/templar.ts';
import { isVault, noSecret } from '../vault.ts';
import { parseAddress } from './address.ts';
import { Builder } from './builder.ts';
import { CONSTRUCTED, construct, type Evaluating } from './constructed.ts';
import { GENERATOR, generate } from './generator.ts';
import { IniReader } from './ini.ts';
import { Inventory } from './inventory.ts';
import { readScript } from './script.ts';
import { TomlReader } from './toml-source.ts';
import { noHosts, tellUnparsed, type Unparsed } from './unparsed.ts';
import { VarsFiles } from './vars-files.ts';
import { YamlReader } from './yaml-source.ts';

export interface InventoryOptions {
  readonly vault?: Decrypt | undefined;
  /** `--limit`. */
  readonly limit?: string | undefined;
  /** Whether a limit may leave no host at all. */
  readonly limitMayBeEmpty?: boolean;
  /** As Ansible's programs: a source that cannot be read is a warning. `emptyHosts`: so is an inventory without hosts. */
  readonly lenient?: { readonly emptyHosts: boolean } | undefined;
  /** Warnings, also later ones (patterns that match nothing, files of variables). */
  readonly report?: ((diagnostic: Diagnostic) => void) | undefined;
  /** Whether dicts of several levels are joined (`hash_behaviour = merge`). */
  readonly merging?: boolean;
  /** `-e`, which `constructed` may use. */
  readonly extraVars?: Dict | undefined;
  /** Folder that relative sources start from; the working directory when absent. */
  readonly cwd?: string | undefined;
}

/**
 * Reads an inventory: files (INI, YAML, JSON, TOML), folders of them, executables, and lists of hosts such as `web1,web2,`.
 * Later sources add to earlier ones. Without sources there is only the implicit localhost.
 * @throws QplayError with all mistakes in all sources: `inventory`, `inventory-script`, `yaml`, `limit`
 */
export function readInventory(sources: readonly string[], options: InventoryOptions = {}): Inventory {
  return readWithout(new Map(), sources, options);
}

/** @param broken sources that were tried before and left out: what they began must not stay */
function readWithout(broken: ReadonlyMap<string, Unparsed>, sources: readonly string[], options: InventoryOptions): Inventory {
  const report = options.report ?? (() => undefined);
  const places = sources.map((source) => (isHostList(source, options.cwd) ? source : resolve(options.cwd ?? '.', source)));
  const folders = foldersOf(places.filter((place) => !isHostList(place)));
  const inventory = new Inventory(places, new VarsFiles(folders, options.vault, report), report, options.merging);
  const reading = new Reading(inventory, options, broken);
  for (const place of places) reading.source(place);
  const fresh = reading.failed.filter((one) => one.reasons.length > 0 && !broken.has(one.source));
  if (options.lenient !== undefined && fresh.length > 0)
    return readWithout(new Map([...broken, ...fresh.map((one) => [one.source, one] as const)]), sources, options);
  const mistakes = reading.diagnostics.filter((one) => one.severity === 'error');
  for (const warning of reading.diagnostics) if (warning.severity === 'warning') report(warning);
  if (options.lenient !== undefined) tellUnparsed(reading.failed, reading.parsed, report);
  else if (mistakes.length > 0) throw new QplayError(mistakes);
  inventory.settle();
  const empty = options.lenient !== undefined && inventory.hosts.size === 0;
  if (empty && options.lenient?.emptyHosts === true) report(noHosts());
  for (const name of inventory.hosts.keys()) if (inventory.groups.has(name)) report(sameName(name));
  if (options.limit !== undefined) inventory.limitTo(options.limit, options.limitMayBeEmpty === true || empty);
  return inventory;
}

const isHostList = (source: string, cwd?: string): boolean => source.includes(',') && !existsSync(resolve(cwd ?? '.', source));

/** Folders whose group_vars and host_vars count, each once, where it counts most. */
function foldersOf(paths: readonly string[]): string[] {
  const folders = paths.map((path) => (existsSync(path) && statSync(path).isDirectory() ? path : dirname(path)));
  return folders.filter((folder, index) => folders.lastIndexOf(folder) === index);
}

const sameName = (name: string): Diagnostic => ({
  kind: 'input',
  severity: 'warning',
  code: 'inventory',
  message: `Found both group and host with same name: ${name}.`,
});

/** Entries of a folder that are no sources. */
const IGNORED = /^\.|^host_vars$|^group_vars$|^vars_plugins$|(?:\.pyc|\.pyo|\.swp|\.bak|~|\.rpm|\.md|\.txt|\.rst|\.orig|\.ini|\.cfg|\.retry)$/;
const YAML_EXTENSIONS = new Set(['.yaml', '.yml', '.json', '.config']);

class Reading {
  readonly diagnostics: Diagnostic[] = [];
  readonly failed: Unparsed[] = [];
  parsed = 0;
  readonly #inventory: Inventory;
  readonly #vault: Decrypt | undefined;
  readonly #options: InventoryOptions;
  readonly #broken: ReadonlyMap<string, Unparsed>;

  constructor(inventory: Inventory, options: InventoryOptions, broken: ReadonlyMap<string, Unparsed>) {
    this.#broken = broken;
    this.#inventory = inventory;
    this.#vault = options.vault;
    this.#options = options;
  }

  source(source: string): void {
    const known = this.#broken.get(source);
    if (known !== undefined) {
      this.failed.push(known);
      return;
    }
    const before = this.diagnostics.length;
    const isFolder = this.#read(source);
    const reasons = this.diagnostics.slice(before).filter((one) => one.severity === 'error');
    if (isFolder) return;
    if (reasons.length === 0) this.parsed++;
    else this.failed.push({ source, reasons: existsSync(source) ? reasons : [] });
  }

  /** Whether it is a folder, whose sources count each for itself. */
  #read(source: string): boolean {
    try {
      if (isHostList(source)) this.#hostList(source);
      else if (!existsSync(source)) throw inputError('inventory', `There is no inventory ${source}.`, { hint: 'A list of hosts needs a comma: "host1,".' });
      else if (statSync(source).isDirectory()) {
        this.#folder(source);
        return true;
      } else this.#file(source);
    } catch (error) {
      this.diagnostics.push(...diagnosticsOf(error));
    }
    return false;
  }

  #builder(source: string): Builder {
    return new Builder(this.#inventory, source, (diagnostic) => void this.diagnostics.push(diagnostic));
  }

  #hostList(list: string): void {
    const builder = this.#builder(list);
    const ungrouped = this.#inventory.addGroup('ungrouped');
    for (const part of list.split(',')) {
      const text = part.trim();
      if (text === '') continue;
      const address = text.includes('[') && !text.startsWith('[') ? undefined : parseAddress(text);
      const name = address?.host ?? text;
      if (!this.#inventory.hosts.has(name)) builder.host(name, ungrouped, address?.port);
    }
  }

  #folder(folder: string): void {
    for (const name of readdirSync(folder).sort()) if (!IGNORED.test(name)) this.source(join(folder, name));
  }

  #file(path: string): void {
    if (isProgram(path)) {
      readScript(path, this.#builder(path));
      return;
    }
    const extension = extname(path);
    if (extension === '.toml') this.#toml(path);
    else if (YAML_EXTENSIONS.has(extension) || (extension === '' && this.#looksLikeYaml(path))) this.#yaml(path);
    else this.#ini(path);
  }

  #ini(path: string): void {
    const reader = new IniReader(this.#text(path), path, this.#builder(path));
    reader.read();
    this.diagnostics.push(...reader.diagnostics);
  }

  #toml(path: string): void {
    const reader = new TomlReader(path, this.#builder(path));
    reader.read(this.#text(path));
    this.diagnostics.push(...reader.diagnostics);
  }

  #yaml(path: string): void {
    const document = loadYamlFile(path, { vault: this.#vault });
    this.diagnostics.push(...document.warnings);
    const { value } = document;
    if (value === null) throw inputError('inventory', 'The inventory is empty.', { at: document.at });
    if (!isDict(value))
      throw inputError('inventory', `A YAML inventory must be a mapping of groups, found ${Array.isArray(value) ? 'a list' : 'a single value'}.`, {
        at: document.at,
      });
    if (CONSTRUCTED.has(value.get('plugin') ?? null)) {
      construct(value, this.#builder(path), this.#evaluating());
      return;
    }
    if (GENERATOR.has(value.get('plugin') ?? null)) {
      generate(value, this.#builder(path), this.#evaluating());
      return;
    }
    if (value.has('plugin'))
      throw inputError('inventory', `This is the configuration of Ansible's inventory plugin "${String(value.get('plugin'))}", and plugins cannot run here.`, {
        at: document.at,
        hint: 'qplay has "constructed" and "generator"; an executable that prints JSON for --list does the same as most others.',
      });
    const reader = new YamlReader(this.#builder(path));
    reader.read(value);
    this.diagnostics.push(...reader.diagnostics);
  }

  #evaluating(): Evaluating {
    const { vault, extraVars, cwd } = this.#options;
    const decrypt = (envelope: string, what: string): Buffer => {
      if (!vault) throw noSecret({ what });
      return vault(envelope, what);
    };
    return {
      jinja,
      templar: new Templar(jinja, (text) => decrypt(text.envelope, 'a vault value').toString('utf8')),
      extraVars: extraVars ?? new Map(),
      lookups: {
        find: () => undefined,
        read: (file) => readFileSync(file),
        playbookDir: resolve(cwd ?? '.'),
        hosts: (pattern) => this.#inventory.select(pattern),
        warn: (message) => void this.diagnostics.push({ kind: 'input', severity: 'warning', code: 'lookup', message }),
        secret: () => undefined,
      },
    };
  }

  /** A file without an extension is YAML when it reads as a mapping, or when its first line can be nothing else. */
  #looksLikeYaml(path: string): boolean {
    const text = this.#text(path);
    const first = text.split(/\r?\n/).find((line) => line.trim() !== '' && !/^\s*[#;]/.test(line)) ?? '';
    if (first.trim() === '---') return true;
    return /^["']?[^\s[\]:="']+["']?:\s*(?:[{#].*)?$/.test(first) || first.startsWith('{');
  }

  #text(path: string): string {
    const text = readFileSync(path, 'utf8');
    if (!isVault(text)) return text;
    if (!this.#vault) throw noSecret({ what: path, at: { file: path, line: 1, column: 1 } });
    return this.#vault(text, path).toString('utf8');
  }
}

/** Whether a file is to be run: executable, and a script or a binary. */
function isProgram(path: string): boolean {
  if ((statSync(path).mode & 0o111) === 0) return false;
  const start = Buffer.alloc(4);
  const file = openSync(path, 'r');
  try {
    readSync(file, start, 0, 4, 0);
  } finally {
    closeSync(file);
  }
  return start.subarray(0, 2).toString('latin1') === '#!' || start.toString('latin1') === '\x7fELF';
}
