import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Connection } from '../../../engine/connect/connection.ts';
import { connect } from '../../../engine/connect/index.ts';
import { compile } from '../../../engine/jinja/index.ts';
import type { Controller } from '../../../engine/module/contract.ts';
import { fromPlain } from '../../../engine/value.ts';

const FILES = fileURLToPath(new URL('./files', import.meta.url));

/** Why the law cannot run here, or `undefined`: it needs a host of the lab, and `lab/lab ctl` names the lab's key. */
export const missing = (): string | undefined =>
  process.env.QLAB_KEY === undefined || process.env.QLAB_KNOWN_HOSTS === undefined ? 'no lab: run it in "lab/lab ctl", with box01 up' : undefined;

/** A host of the lab, over ssh as its sudo user. */
export function connectTo(host: string): Connection {
  return connect({
    kind: 'ssh',
    name: host,
    host,
    user: 'qadmin',
    privateKeyFile: process.env.QLAB_KEY as string,
    hostKeyChecking: 'strict',
    knownHostsFiles: [process.env.QLAB_KNOWN_HOSTS as string],
    timeout: 10,
  });
}

export const ROOT = { method: 'sudo', user: 'root' } as const;

/** Runs shell text as root; its output, or an error with what it said. */
export async function asRoot(connection: Connection, text: string): Promise<string> {
  const exit = await (await connection.shell(ROOT)).run(text);
  if (exit.code !== 0) throw new Error(`exit ${exit.code}: ${text.slice(0, 300)}\n${exit.stderr.toString().slice(-2000)}`);
  return exit.stdout.toString();
}

/** A control node with the files of test/modules/law/files and the engine's own Jinja. */
export function control(host: string, check: boolean): Controller {
  return {
    host,
    check,
    diff: true,
    baseDir: FILES,
    find: (_kind, name) => (name.startsWith('/') ? name : join(FILES, name)),
    read: async (path) => readFileSync(path),
    template: async (path, options) => {
      const names = new Map(Object.entries({ inventory_hostname: host, motd: 'Welcome' }).map(([name, value]) => [name, fromPlain(value)]));
      const scope = { get: (name: string) => names.get(name), names: () => names.keys() };
      const nothing = {
        find: () => undefined,
        read: () => Buffer.alloc(0),
        playbookDir: FILES,
        hosts: () => [],
        warn: () => undefined,
        secret: () => undefined,
      };
      return compile(readFileSync(path, 'utf8'), undefined, { keepTrailingNewline: true, ...options }).render(scope, nothing);
    },
    secret: () => undefined,
    warn: () => undefined,
  };
}
