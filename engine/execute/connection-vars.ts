import type { Layer, Slot, Task } from '../load/model.ts';
import { settings } from '../load/settings.ts';
import type { Data } from '../value.ts';
import type { HostVars } from '../vars/host-vars.ts';
import type { RunOptions } from './options.ts';

/** Level of what nobody defines: below every other. */
export const CONNECTION_LEVEL = 'connection';

/** Names of variables that say how a host is reached, grouped by what they mean. */
const NAMES = {
  host: ['ansible_host', 'ansible_ssh_host'],
  user: ['ansible_user', 'ansible_ssh_user'],
  port: ['ansible_port', 'ansible_ssh_port'],
  connection: ['ansible_connection'],
  key: ['ansible_private_key_file', 'ansible_ssh_private_key_file'],
  timeout: ['ansible_timeout', 'ansible_ssh_timeout'],
} as const;

export const CONNECTION_NAMES: readonly (readonly string[])[] = Object.values(NAMES);

/**
 * How a task reaches its host, as variables: keywords and the command line, where the inventory does not say. Ansible's tasks see
 * the same; a variable that goes by two names has the value of the one that is set.
 */
export function connectionVars(host: HostVars, task: Task, options: RunOptions): Layer {
  const vars = new Map<Data, Data>();
  const { remote_user: user, port, connection } = task.context.set;
  const define = (names: readonly string[], keyword: Slot | undefined, otherwise: Data | undefined): void => {
    const set = names.find((name) => host.inventory.some((layer) => layer.vars.has(name)));
    const value = set === undefined ? (keyword?.value ?? otherwise) : `{{ ${set} }}`;
    if (value !== undefined && value !== null) for (const name of names) if (name !== set) vars.set(name, value);
  };
  define(NAMES.host, undefined, host.name);
  define(NAMES.user, user, options.user);
  define(NAMES.port, port, settings().text('DEFAULT_REMOTE_PORT'));
  define(NAMES.connection, connection, options.connection ?? 'ssh');
  define(NAMES.key, undefined, options.privateKey);
  define(NAMES.timeout, undefined, options.timeout ?? 10);
  return { level: CONNECTION_LEVEL, from: 'keywords and command line', vars };
}
