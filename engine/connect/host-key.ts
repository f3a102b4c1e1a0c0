import type { QplayError } from '../error.ts';
import type { Target } from './config.ts';
import { fingerprint, hostName, judge, type KnownKey, knownKeys, remember, typeOf } from './known-hosts.ts';
import { unreachable } from './trouble.ts';

/** Checks the key of one server, and remembers why it was refused. */
export interface HostKeyCheck {
  /** Algorithms in the order to offer; the types that are known come first, as a key can only be checked against its own type. */
  readonly algorithms: readonly string[];
  readonly accept: (key: Buffer) => boolean;
  readonly refusal: () => QplayError | undefined;
}

const ALGORITHMS = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'];

/** The check for a target, by its known_hosts files. */
export function hostKeyCheck(target: Target): HostKeyCheck {
  if (target.hostKeyChecking === 'off') return { algorithms: ALGORITHMS, accept: () => true, refusal: () => undefined };
  const name = target.hostKeyAlias ?? hostName(target.host, target.port);
  const known = knownKeys(target.knownHostsFiles, [name]);
  // a server on another port than 22 may be known by its bare name; that can only speak for it
  const bare = known.length === 0 && target.port !== 22 ? knownKeys(target.knownHostsFiles, [target.host]) : [];
  let refusal: QplayError | undefined;
  return {
    algorithms: preferring(new Set([...known, ...bare].filter((one) => !one.revoked).map((one) => one.type))),
    refusal: () => refusal,
    accept: (key) => {
      const type = typeOf(key);
      let verdict = judge(known, type, key);
      if (verdict.is === 'unknown' && bare.length > 0) {
        const by = judge(bare, type, key);
        if (by.is !== 'changed') verdict = by;
      }
      if (verdict.is === 'known') return true;
      if (verdict.is === 'unknown' && target.hostKeyChecking === 'accept-new') {
        remember(target.knownHostsFiles[0] as string, name, type, key, target.hashKnownHosts);
        return true;
      }
      refusal =
        verdict.is === 'unknown' ? unknownKey(target, name, type, key) : badKey(target, name, type, key, verdict.is === 'revoked' ? verdict.by : verdict.known);
      return false;
    },
  };
}

const preferring = (types: ReadonlySet<string>): string[] => {
  const first = ALGORITHMS.filter((one) => types.has(one) || (one.startsWith('rsa-sha2') && types.has('ssh-rsa')));
  return [...first, ...ALGORITHMS.filter((one) => !first.includes(one))];
};

function badKey(target: Target, name: string, type: string, key: Buffer, known: KnownKey): QplayError {
  const what = known.revoked ? 'is revoked' : 'is not the one that is known';
  return unreachable(target.name, 'host-key', `the host key of ${name} ${what}: it showed ${type} ${fingerprint(key)}`, {
    at: { file: known.file, line: known.line, column: 1 },
    also: [],
    cause: known.revoked ? `${known.file}:${known.line} revokes this key` : `${known.file}:${known.line} has ${known.type} ${fingerprint(known.key)}`,
    hint: known.revoked
      ? 'Do not connect until you know why'
      : `Someone may be listening in, or the host was installed anew. If you know that it was, remove the old key: ssh-keygen -R '${name}' -f ${known.file}`,
  });
}

function unknownKey(target: Target, name: string, type: string, key: Buffer): QplayError {
  const file = target.knownHostsFiles[0] ?? '~/.ssh/known_hosts';
  return unreachable(target.name, 'host-key', `the host key of ${name} is not known: it showed ${type} ${fingerprint(key)}`, {
    cause: `looked in ${target.knownHostsFiles.join(', ')}`,
    hint: `Compare the fingerprint on the host (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub) and add it: ssh-keyscan -p ${target.port} ${target.host} >> ${file}. To accept new keys unseen: host_key_checking = accept-new`,
  });
}
