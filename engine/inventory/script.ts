import { spawnSync } from 'node:child_process';
import { inputError } from '../error.ts';
import { parseYaml } from '../load/yaml.ts';
import { type Data, type Dict, isDict } from '../value.ts';
import type { Builder } from './builder.ts';

/** Largest output of an inventory script that is read, in bytes. */
const MOST_OUTPUT = 512 * 1024 * 1024;

/**
 * Runs an executable inventory with `--list`, and with `--host` for each host when its answer has no `_meta`.
 * @throws QplayError `inventory-script`
 */
export function readScript(path: string, builder: Builder): void {
  const answer = ask(path, ['--list']);
  const hosts = new Set<string>();
  for (const [name, data] of answer) if (name !== '_meta') readGroup(path, String(name), data, builder, hosts);
  const meta = answer.get('_meta');
  const known = isDict(meta ?? null) ? (meta as Dict).get('hostvars') : undefined;
  for (const host of hosts) {
    const vars = known === undefined ? ask(path, ['--host', host]) : isDict(known) ? (known.get(host) ?? null) : null;
    if (isDict(vars)) builder.host(host, undefined, undefined, vars);
    else if (vars !== null) throw bad(path, `the variables of the host "${host}" must be an object`);
  }
}

function ask(path: string, args: readonly string[]): Dict {
  const { status, stdout, stderr, error } = spawnSync(path, args, { encoding: 'utf8', maxBuffer: MOST_OUTPUT, stdio: ['ignore', 'pipe', 'pipe'] });
  const command = [path, ...args].join(' ');
  if (error) throw inputError('inventory-script', `The inventory script cannot be run: ${command}`, { cause: error.message });
  const cause = stderr.trim();
  if (status !== 0) throw inputError('inventory-script', `The inventory script failed with exit status ${status}: ${command}`, cause ? { cause } : {});
  if (stdout.trim() === '' && args[0] === '--host') return new Map();
  try {
    JSON.parse(stdout);
  } catch (problem) {
    throw inputError('inventory-script', `The inventory script did not print JSON: ${command}`, {
      cause: [(problem as Error).message, cause].filter(Boolean).join('\n'),
    });
  }
  const { value } = parseYaml(stdout, command);
  if (!isDict(value)) throw bad(path, 'it must print a JSON object');
  return value;
}

const bad = (path: string, what: string) => inputError('inventory-script', `The answer of the inventory script ${path} is wrong: ${what}.`);

function readGroup(path: string, name: string, given: Data, builder: Builder, hosts: Set<string>): void {
  const group = builder.group(name);
  const data = groupData(name, given);
  const members = data.get('hosts') ?? [];
  const vars = data.get('vars') ?? null;
  const children = data.get('children') ?? [];
  if (!Array.isArray(members)) throw bad(path, `"hosts" of the group "${name}" must be a list`);
  for (const host of members) {
    hosts.add(String(host));
    builder.host(String(host), group);
  }
  if (vars !== null && !isDict(vars)) throw bad(path, `"vars" of the group "${name}" must be an object`);
  if (vars && vars.size > 0) builder.groupVars(group, vars);
  if (!Array.isArray(children)) throw bad(path, `"children" of the group "${name}" must be a list`);
  for (const child of children) builder.inventory.addChild(group, builder.group(String(child)));
}

/** A list is hosts; an object without hosts, vars and children is a host of the group's name with its variables. */
function groupData(name: string, given: Data): Dict {
  if (!isDict(given)) return new Map<Data, Data>([['hosts', given]]);
  if (given.has('hosts') || given.has('vars') || given.has('children')) return given;
  return new Map<Data, Data>([
    ['hosts', [name]],
    ['vars', given],
  ]);
}
