import { existsSync, readFileSync } from 'node:fs';
import type { AnyAuthMethod, AuthHandlerMiddleware, utils } from 'ssh2';
import { inputError, type QplayError } from '../error.ts';
import type { Target } from './config.ts';
import { unreachable } from './trouble.ts';

interface Attempt {
  /** Name of the method as the server lists it. */
  readonly method: 'publickey' | 'password' | 'keyboard-interactive';
  readonly label: string;
  readonly auth: AnyAuthMethod;
}

/** The ways to log in, tried in the order of ssh: keys by name, agent, default keys, password. */
export interface Login {
  readonly handler: AuthHandlerMiddleware;
  /** Says what was tried, once all has failed. */
  readonly refusal: () => QplayError;
}

/** Plans the attempts for a target. A named key that is missing or cannot be read is an input error. */
export function login(target: Target, parseKey: typeof utils.parseKey): Login {
  const skipped: string[] = [];
  const attempts = [...keyAttempts(target, parseKey, skipped), ...passwordAttempts(target)];
  const tried: string[] = [];
  let offered: readonly string[] | null = null;
  let at = 0;
  return {
    handler: (methods, _partial, next) => {
      offered = (methods as readonly string[] | null) ?? offered;
      while (at < attempts.length) {
        const attempt = attempts[at++] as Attempt;
        if (offered !== null && !offered.includes(attempt.method)) continue;
        tried.push(attempt.label);
        next(attempt.auth);
        return;
      }
      next(false as unknown as AnyAuthMethod);
    },
    refusal: () => authTrouble(target, tried, skipped, offered ?? []),
  };
}

function keyAttempts(target: Target, parseKey: typeof utils.parseKey, skipped: string[]): Attempt[] {
  const username = target.user;
  const attempt = (file: string, named: boolean): Attempt[] => {
    if (!existsSync(file)) {
      if (named) skipped.push(`${file} (does not exist)`);
      return [];
    }
    const key = readKey(file, target);
    const parsed = parseKey(key, target.passphrase);
    if (parsed instanceof Error) {
      skipped.push(`${file} (${/encrypted|passphrase/i.test(parsed.message) ? passphraseTrouble(target) : parsed.message})`);
      return [];
    }
    const auth: AnyAuthMethod = { type: 'publickey', username, key, ...(target.passphrase === undefined ? {} : { passphrase: target.passphrase }) };
    return [{ method: 'publickey', label: `key ${file}`, auth }];
  };
  const agent: Attempt[] =
    target.agent === undefined || !existsSync(target.agent)
      ? []
      : [{ method: 'publickey', label: 'agent', auth: { type: 'agent', username, agent: target.agent } }];
  return [...target.keyFiles.flatMap((file) => attempt(file, true)), ...agent, ...target.defaultKeyFiles.flatMap((file) => attempt(file, false))];
}

const passphraseTrouble = (target: Target): string =>
  target.passphrase === undefined ? 'encrypted, and no passphrase is given' : 'the passphrase does not open it';

function readKey(file: string, target: Target): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw inputError('key-file', `the private key ${file} cannot be read`, { host: target.name, cause: (error as Error).message });
  }
}

function passwordAttempts(target: Target): Attempt[] {
  const { password, user: username } = target;
  if (password === undefined) return [];
  const interactive: AnyAuthMethod = {
    type: 'keyboard-interactive',
    username,
    prompt: (_name, _instructions, _lang, prompts, finish) => finish(prompts.map(() => password)),
  };
  return [
    { method: 'password', label: 'password', auth: { type: 'password', username, password } },
    { method: 'keyboard-interactive', label: 'keyboard-interactive', auth: interactive },
  ];
}

function authTrouble(target: Target, tried: readonly string[], skipped: readonly string[], offered: readonly string[]): QplayError {
  const cause = [
    `tried: ${tried.join(', ') || 'nothing'}`,
    ...(skipped.length > 0 ? [`not usable: ${skipped.join(', ')}`] : []),
    ...(offered.length > 0 ? [`the server takes: ${offered.join(', ')}`] : []),
  ].join('\n');
  return unreachable(target.name, 'auth', `${target.host} refused the login of ${target.user}`, { cause, hint: authHint(target, skipped, offered) });
}

function authHint(target: Target, skipped: readonly string[], offered: readonly string[]): string {
  if (skipped.some((one) => one.includes('no passphrase'))) return 'Add the key to an agent (`ssh-add`), or give the passphrase';
  if (offered.includes('password') && target.password === undefined)
    return 'Give a key (`--private-key`, `ansible_ssh_private_key_file`), or ask for the password with `-k`';
  if (target.password !== undefined && offered.includes('password')) {
    return 'Check `ansible_password` (or type it with `-k`) and `ansible_user`; the server may also forbid this user to log in by password';
  }
  return `Is the public key in ~${target.user}/.ssh/authorized_keys there, and is the user right (\`ansible_user\`)?`;
}
