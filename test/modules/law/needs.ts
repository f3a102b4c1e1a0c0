import type { Connection } from '../../../engine/connect/connection.ts';
import type { Example } from '../../../engine/module/contract.ts';
import { NEEDS } from '../needs.ts';
import { asRoot } from './box.ts';

type Need = NonNullable<Example['needs']>[number];

const SCRIPTS: Readonly<Record<string, string>> = {
  systemd: '[ -d /run/systemd/system ]',
  apt: 'apt-get -qq update',
  ...NEEDS,
  // its health checks settle after a while, and are part of what a look at it shows
  haproxy: `${NEEDS.haproxy}\nsleep 5`,
};

const NEVER: Readonly<Partial<Record<Need, string>>> = {
  network: 'the lab has no way out',
  selinux: 'the hosts of the lab have no SELinux',
  dnf: 'the hosts of the lab are Debian',
  ceph: 'it needs a Ceph cluster: QPLAY_LAB_FULL names an installed lab',
  quay: 'it needs a registry: QPLAY_LAB_FULL names an installed lab',
};

/** Whether the need is met by the installed seven-host lab. */
const installed = (need: Need): boolean => process.env.QPLAY_LAB_FULL !== undefined && (need === 'ceph' || need === 'quay');

/** Where an example runs: a box of its own, or a host of the installed lab when it needs Ceph or Quay. */
export function hostFor(needs: readonly Need[]): string {
  if (needs.some(installed)) return needs.includes('ceph') ? '10.77.0.31' : '10.77.0.21';
  return process.env.QPLAY_LAW_HOST ?? '10.77.0.41';
}

const done = new Map<string, Promise<string | undefined>>();

/** Readies a host for an example, once for each need; why it cannot be, or `undefined`. */
export async function ready(connection: Connection, host: string, needs: readonly Need[]): Promise<string | undefined> {
  for (const need of needs) {
    const known = `${host} ${need}`;
    const answer = done.get(known) ?? prepare(connection, need);
    done.set(known, answer);
    const why = await answer;
    if (why !== undefined) return why;
  }
  return undefined;
}

async function prepare(connection: Connection, need: Need): Promise<string | undefined> {
  if (installed(need)) return undefined;
  const script = SCRIPTS[need];
  if (script === undefined) return NEVER[need] ?? `nothing is known of how to set up ${need}`;
  return asRoot(connection, script).then(
    () => undefined,
    (error: Error) => `${need} could not be set up: ${error.message}`,
  );
}
