import { type Host, sh } from '../../engine/module/contract.ts';

/** Where Quay's image looks for its configuration (`/conf` is a link to `/quay-registry/conf`). */
export const STACK = '/quay-registry/conf/stack';

/** Name of the one migration container; podman lets a name exist once, so two cannot run on a host. */
export const MIGRATION = 'quay-migrate';

/** Arguments of `podman run` that every throw-away container of Quay's image has. */
export function runArguments(args: { config_dir: string; env: Readonly<Record<string, unknown>>; volumes: readonly string[] }): string[] {
  const env = Object.entries(args.env).flatMap(([name, value]) => ['--env', `${name}=${String(value)}`]);
  return ['--pull', 'never', '--volume', `${args.config_dir}:${STACK}:z`, ...args.volumes.flatMap((one) => ['--volume', one]), ...env];
}

/** What the host has of what a throw-away container needs. */
export interface Ready {
  readonly podman: boolean;
  readonly image: boolean;
  readonly config: boolean;
  /** `none`, or podman's word for the migration container: created, running, exited. */
  readonly migration: string;
}

export async function readiness(host: Host, image: string, configDir: string): Promise<Ready> {
  const seen = await host.run(sh`
command -v podman >/dev/null 2>&1 || { echo no; exit 0; }
echo yes
podman image exists ${image} && echo yes || echo no
[ -s ${`${configDir}/config.yaml`} ] && echo yes || echo no
podman container inspect --format '{{.State.Status}}' ${MIGRATION} 2>/dev/null || echo none`);
  const [podman, found, config, migration] = seen.stdout.trim().split('\n');
  return { podman: podman === 'yes', image: found === 'yes', config: config === 'yes', migration: migration?.trim() || 'none' };
}

/** Why no container of the image can be run yet, or `undefined`. */
export function notReady(ready: Ready, image: string, configDir: string): string | undefined {
  if (!ready.podman) return 'podman is not installed';
  if (!ready.image) return `The image ${image} is not on this host`;
  if (!ready.config) return `${configDir}/config.yaml is not there`;
  return undefined;
}

/** The last lines of what a container said, without colours. */
export const lastWords = (text: string, count = 15): string =>
  text
    .replaceAll(/\u001b\[[0-9;]*m/g, '')
    .trimEnd()
    .split('\n')
    .slice(-count)
    .join('\n');
