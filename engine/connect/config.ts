import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { inputError } from '../error.ts';
import type { ConnectOptions } from './connection.ts';

/** Everything needed to reach one ssh server, after ssh_config. */
export interface Target {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly passphrase?: string;
  /** Keys asked for by name, tried first. */
  readonly keyFiles: readonly string[];
  /** Keys that are tried when they exist. */
  readonly defaultKeyFiles: readonly string[];
  /** Socket of the agent. */
  readonly agent?: string;
  readonly hostKeyChecking: ConnectOptions['hostKeyChecking'];
  /** Where unknown keys are added is the first. */
  readonly knownHostsFiles: readonly string[];
  readonly hashKnownHosts: boolean;
  /** Name that stands for this server in known_hosts. */
  readonly hostKeyAlias?: string;
  readonly proxyJump?: string;
  readonly proxyCommand?: string;
  /** Seconds. */
  readonly timeout: number;
  readonly keepaliveSeconds: number;
  readonly keepaliveCount: number;
}

type Settings = Readonly<Record<string, string | readonly string[]>>;

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** What ssh_config, the inventory and `-o` say together; the inventory wins over the file, `-o` over both. */
export async function resolveTarget(options: ConnectOptions): Promise<Target> {
  const settings = await readSettings(options);
  const home = homedir();
  const one = (key: string): string | undefined => {
    const value = options.sshOptions?.[key] ?? settings[key];
    return typeof value === 'string' ? value : value?.[0];
  };
  const many = (key: string): readonly string[] | undefined => {
    const value = options.sshOptions?.[key] ?? settings[key];
    return value === undefined ? undefined : typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : value;
  };
  const user = options.user ?? one('user') ?? userInfo().username;
  const host = expand(one('hostname') ?? options.host, { h: options.host });
  const port = options.port ?? Number(one('port') ?? 22);
  const path = (text: string) =>
    untilde(expand(text, { h: host, p: String(port), r: user, n: options.host, u: userInfo().username, d: home, l: hostname() }), home);
  const identities = (many('identityfile') ?? []).map(path);
  const agent = agentOf(one('identityagent'), path);
  const alias = one('hostkeyalias');
  const jump = none(one('proxyjump'));
  const command = none(one('proxycommand'));
  return {
    name: options.name,
    host,
    port,
    user,
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.passphrase === undefined ? {} : { passphrase: options.passphrase }),
    keyFiles: [...(options.privateKeyFile === undefined ? [] : [untilde(options.privateKeyFile, home)]), ...identities],
    defaultKeyFiles: /^yes$/i.test(one('identitiesonly') ?? '') || identities.length > 0 ? [] : DEFAULT_KEYS.map((key) => join(home, '.ssh', key)),
    ...(agent === undefined || /^yes$/i.test(one('identitiesonly') ?? '') ? {} : { agent }),
    hostKeyChecking: checkingOf(options, settings),
    knownHostsFiles: (
      options.knownHostsFiles ?? [
        ...(many('userknownhostsfile') ?? ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']),
        ...(many('globalknownhostsfile') ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
      ]
    ).map(path),
    hashKnownHosts: /^yes$/i.test(one('hashknownhosts') ?? ''),
    ...(alias === undefined ? {} : { hostKeyAlias: alias }),
    ...(jump === undefined ? {} : { proxyJump: jump }),
    ...(command === undefined || jump !== undefined
      ? {}
      : { proxyCommand: expand(command, { h: host, p: String(port), r: user, n: options.host, u: userInfo().username, d: home }) }),
    timeout: Number(one('connecttimeout') ?? options.timeout),
    keepaliveSeconds: Number(one('serveraliveinterval') ?? 10),
    keepaliveCount: Number(one('serveralivecountmax') ?? 3),
  };
}

const none = (text: string | undefined): string | undefined => (text === undefined || /^none$/i.test(text) || text === '' ? undefined : text);

/** `-o` first, then what the inventory loosens, then ssh_config. */
function checkingOf(options: ConnectOptions, settings: Settings): ConnectOptions['hostKeyChecking'] {
  const asked = checking(options.sshOptions?.stricthostkeychecking);
  if (asked !== undefined) return asked;
  const setting = settings.stricthostkeychecking;
  return options.hostKeyChecking === 'strict' ? (checking(typeof setting === 'string' ? setting : setting?.[0]) ?? 'strict') : options.hostKeyChecking;
}

function checking(text: string | undefined): ConnectOptions['hostKeyChecking'] | undefined {
  switch (text?.toLowerCase()) {
    case 'yes':
    case 'ask': // nobody can be asked in the midst of a run
      return 'strict';
    case 'accept-new':
      return 'accept-new';
    case 'no':
    case 'off':
      return 'off';
    default:
      return undefined;
  }
}

function agentOf(setting: string | undefined, path: (text: string) => string): string | undefined {
  if (setting === undefined || setting === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK || undefined;
  if (/^none$/i.test(setting)) return undefined;
  return setting.startsWith('$') ? process.env[setting.slice(1)] : path(setting);
}

const expand = (text: string, tokens: Readonly<Record<string, string>>): string =>
  text.replace(/%(.)/g, (all, key: string) => (key === '%' ? '%' : (tokens[key] ?? all)));

const untilde = (path: string, home: string): string => path.replace(/^~(?=\/|$)/, home);

async function readSettings(options: ConnectOptions): Promise<Settings> {
  // `-F` among the ssh arguments
  const given = options.configFile ?? options.sshOptions?.configfile;
  if (given === 'none' || given === '/dev/null') return {};
  if (given !== undefined && !existsSync(given)) {
    throw inputError('ssh-config', `the ssh configuration file ${given} does not exist`, { host: options.name });
  }
  const files = given === undefined ? [join(homedir(), '.ssh/config'), '/etc/ssh/ssh_config'] : [given];
  const merged: Record<string, string | readonly string[]> = {};
  for (const file of files) {
    if (!existsSync(file)) continue;
    for (const [key, value] of Object.entries(await compute(file, options))) {
      if (key === 'identityfile' && merged[key] !== undefined) merged[key] = [...(merged[key] as string[]), ...([] as string[]).concat(value)];
      else merged[key] ??= value;
    }
  }
  return merged;
}

async function compute(file: string, options: ConnectOptions): Promise<Record<string, string | string[]>> {
  const { default: SSHConfig } = await import('ssh-config');
  try {
    const query = { Host: options.host, ...(options.user === undefined ? {} : { User: options.user }) };
    const { host: _, ...settings } = SSHConfig.parse(included(file)).compute(query, { ignoreCase: true });
    return settings;
  } catch (error) {
    throw inputError('ssh-config', `the ssh configuration file ${file} cannot be understood`, { host: options.name, cause: (error as Error).message });
  }
}

/** Text of a configuration file with its `Include`s put in. */
function included(file: string, depth = 0): string {
  const base = file.startsWith('/etc/') ? '/etc/ssh' : join(homedir(), '.ssh');
  return readFileSync(file, 'utf8').replace(/^[ \t]*include[ \t=]+(.+)$/gim, (_, patterns: string) => {
    if (depth >= 16) return '';
    const names = patterns.match(/"[^"]+"|\S+/g) ?? [];
    return names
      .flatMap((name) => globbed(untilde(name.replaceAll('"', ''), homedir()), base))
      .map((found) => included(found, depth + 1))
      .join('\n');
  });
}

function globbed(pattern: string, base: string): string[] {
  const path = isAbsolute(pattern) ? pattern : join(base, pattern);
  if (!/[*?[]/.test(path)) return existsSync(path) ? [path] : [];
  const folder = dirname(path);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => matches(name, basename(path)))
    .sort()
    .map((name) => join(folder, name));
}

const matches = (name: string, pattern: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(name);
