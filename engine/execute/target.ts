import type { Become, ConnectOptions } from '../connect/connection.ts';
import { inputError } from '../error.ts';
import type { LookupContext } from '../jinja/api.ts';
import type { Context } from '../load/model.ts';
import { settings } from '../load/settings.ts';
import type { Data } from '../value.ts';
import type { LayeredScope } from '../vars/scope.ts';
import type { Templar } from '../vars/templar.ts';
import { CONNECTION_LEVEL } from './connection-vars.ts';
import type { RunOptions } from './options.ts';

/** Where a task runs and as whom. */
export interface Target {
  readonly connect: ConnectOptions;
  readonly become: Become | undefined;
}

const LOCAL: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

interface Asked {
  /** A variable of the target host by its first name that is set. */
  text(...names: string[]): string | undefined;
  /** A keyword of the task, block or play. */
  keyword(name: string): Data | undefined;
}

/**
 * Connection and become of a task, as Ansible resolves them: variable, then keyword, then command line.
 * @param scope variables of the task (become, keywords)
 * @param targetScope variables of the host it runs on, which is another one when delegated
 */
export function targetOf(
  name: string,
  context: Context,
  scope: LayeredScope,
  targetScope: LayeredScope,
  options: RunOptions,
  templar: Templar,
  lookups: LookupContext,
): Target {
  const asked: Asked = {
    text: (...names) => {
      for (const one of names) {
        // what stems from keywords and the command line comes after the variables
        if (targetScope.layerOf(one)?.level === CONNECTION_LEVEL) continue;
        const value = targetScope.get(one);
        if (value !== undefined && value !== null && value !== '') return String(value);
      }
      return undefined;
    },
    keyword: (one) => {
      const slot = context.set[one];
      return slot && templar.slot(slot, scope, lookups);
    },
  };
  return { connect: connectOptions(name, asked, options), become: becomeOf(asked, options, scope, lookups) };
}

function connectOptions(name: string, asked: Asked, options: RunOptions): ConnectOptions {
  const kind =
    asked.text('ansible_connection') ??
    word(asked.keyword('connection')) ??
    options.connection ??
    (LOCAL.has(name) && !asked.text('ansible_host') ? 'local' : 'ssh');
  const port = asked.text('ansible_port', 'ansible_ssh_port') ?? word(asked.keyword('port')) ?? settings().text('DEFAULT_REMOTE_PORT');
  const user = asked.text('ansible_user', 'ansible_ssh_user') ?? word(asked.keyword('remote_user')) ?? options.user;
  const key = asked.text('ansible_private_key_file', 'ansible_ssh_private_key_file') ?? options.privateKey;
  const password = asked.text('ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password') ?? options.connectionPassword;
  const args = sshOptions([options.sshCommonArgs, asked.text('ansible_ssh_common_args'), asked.text('ansible_ssh_extra_args'), asked.text('ansible_ssh_args')]);
  const passphrase = asked.text('ansible_private_key_passphrase', 'ansible_ssh_private_key_passphrase');
  const shell = asked.text('ansible_shell_executable');
  return {
    kind: connectionKind(kind),
    name,
    host: asked.text('ansible_host', 'ansible_ssh_host') ?? name,
    ...(port !== undefined && { port: numeric('the port', port, name) }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(key !== undefined && { privateKeyFile: expandHome(key) }),
    ...(passphrase !== undefined && { passphrase }),
    hostKeyChecking: hostKeys(args, asked.text('ansible_host_key_checking', 'ansible_ssh_host_key_checking')),
    ...(args.userknownhostsfile !== undefined && { knownHostsFiles: args.userknownhostsfile.split(/\s+/).map(expandHome) }),
    sshOptions: args,
    timeout: numeric('the timeout', asked.text('ansible_timeout', 'ansible_ssh_timeout') ?? String(options.timeout ?? 10), name),
    ...(shell !== undefined && { shell }),
  };
}

function numeric(what: string, text: string, host: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value > 0) return value;
  throw inputError('connection-value', `${what} of ${host} must be a whole number above 0, and it is "${text}"`);
}

function hostKeys(args: Readonly<Record<string, string>>, variable: string | undefined): ConnectOptions['hostKeyChecking'] {
  const setting = (variable ?? args.stricthostkeychecking ?? settings().text('HOST_KEY_CHECKING') ?? 'yes').toLowerCase();
  if (setting === 'accept-new') return 'accept-new';
  return ['no', 'off', 'false', '0'].includes(setting) ? 'off' : 'strict';
}

function becomeOf(asked: Asked, options: RunOptions, scope: LayeredScope, lookups: LookupContext): Become | undefined {
  const variable = scope.get('ansible_become') ?? undefined;
  const wanted = variable ?? asked.keyword('become') ?? options.become ?? false;
  if (!isTrue(wanted)) return undefined;
  const text = (name: string): string | undefined => {
    const value = scope.get(name);
    return value === undefined || value === null ? undefined : String(value);
  };
  const method = text('ansible_become_method') ?? word(asked.keyword('become_method')) ?? options.becomeMethod ?? 'sudo';
  const password = text('ansible_become_password') ?? text('ansible_become_pass') ?? text(`ansible_${method}_pass`) ?? options.becomePassword;
  if (password !== undefined) lookups.secret(password);
  const exe = text('ansible_become_exe') ?? word(asked.keyword('become_exe')) ?? settings().text('DEFAULT_BECOME_EXE');
  const flags = text('ansible_become_flags') ?? word(asked.keyword('become_flags')) ?? settings().text('DEFAULT_BECOME_FLAGS');
  return {
    method: becomeMethod(method),
    user: text('ansible_become_user') ?? word(asked.keyword('become_user')) ?? options.becomeUser ?? 'root',
    ...(password !== undefined && { password }),
    ...(exe !== undefined && { exe }),
    ...(flags !== undefined && { flags }),
  };
}

/** Ansible's names of connections that mean one of ours. */
function connectionKind(name: string): ConnectOptions['kind'] {
  const short = name.replace(/^ansible\.(builtin|netcommon)\./, '');
  if (short === 'local') return 'local';
  if (['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'libssh'].includes(short)) return 'ssh';
  throw inputError('unsupported', `there is no connection "${name}"`, {
    says: `the connection plugin '${name}' was not found`,
    hint: 'qplay has ssh and local',
  });
}

function becomeMethod(name: string): Become['method'] {
  const short = name.replace(/^ansible\.builtin\./, '').replace(/^community\.general\./, '');
  if (short === 'sudo' || short === 'su' || short === 'doas') return short;
  throw inputError('unsupported', `there is no become method "${name}"`, {
    says: `Invalid become method specified, could not find matching plugin: '${name}'. Use \`ansible-doc -t become -l\` to list available plugins.`,
    hint: 'qplay has sudo, su and doas',
  });
}

/** `-o Key=Value` and `-p`, `-i`, `-J` of an ssh argument line; keys in lower case. */
export function sshOptions(lines: readonly (string | undefined)[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of lines) {
    const words = (line ?? '').match(/"[^"]*"|'[^']*'|\S+/g)?.map((one) => one.replace(/^(["'])(.*)\1$/, '$2')) ?? [];
    for (let i = 0; i < words.length; i++) {
      const one = words[i] as string;
      const pair = one === '-o' ? words[++i] : one.startsWith('-o') ? one.slice(2) : undefined;
      if (pair !== undefined) {
        const at = pair.search(/[=\s]/);
        found[pair.slice(0, at).toLowerCase()] = unquote(pair.slice(at + 1).trim());
      } else if (one === '-J') found.proxyjump = words[++i] ?? '';
      else if (one === '-i') found.identityfile = words[++i] ?? '';
      else if (one === '-F') found.configfile = words[++i] ?? '';
    }
  }
  return found;
}

const unquote = (text: string): string => text.replace(/^(["'])(.*)\1$/, '$2');
const word = (value: Data | undefined): string | undefined => (value === undefined || value === null || value === '' ? undefined : String(value));
const expandHome = (path: string): string => (path === '~' || path.startsWith('~/') ? `${process.env.HOME ?? ''}${path.slice(1)}` : path);

/** Python's and YAML's words for true, as keywords take them. */
export const isTrue = (value: unknown): boolean => value === true || value === 1 || (typeof value === 'string' && /^(true|yes|on|1|y|t)$/i.test(value));
