import type { Layer, Slot, Task } from '../load/model.ts';
import { settings } from '../load/settings.ts';
import type { Data } from '../value.ts';
import type { HostVars } from '../vars/host-vars.ts';
import type { RunOptions } from './options.ts';

/** Level of what nobody defines: below every other. */
export const CONNECTION_LEVEL = 'connection';

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
  define(['ansible_host', 'ansible_ssh_host'], undefined, host.name);
  define(['ansible_user', 'ansible_ssh_user'], user, options.user);
  define(['ansible_port', 'ansible_ssh_port'], port, settings().text('DEFAULT_REMOTE_PORT'));
  define(['ansible_connection'], connection, options.connection ?? 'ssh');
  define(['ansible_private_key_file', 'ansible_ssh_private_key_file'], undefined, options.privateKey);
  define(['ansible_timeout', 'ansible_ssh_timeout'], undefined, options.timeout ?? 10);
  return { level: CONNECTION_LEVEL, from: 'keywords and command line', vars };
}
