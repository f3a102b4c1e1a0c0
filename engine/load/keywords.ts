/**
 * The keywords of plays, roles, blocks and tasks (ansible-core 2.18, "Playbook Keywords").
 * A key of a task that stands in none of these tables is its module.
 */
const SHARED = [
  'name',
  'any_errors_fatal',
  'become',
  'become_exe',
  'become_flags',
  'become_method',
  'become_user',
  'check_mode',
  'collections',
  'connection',
  'debugger',
  'diff',
  'environment',
  'ignore_errors',
  'ignore_unreachable',
  'module_defaults',
  'no_log',
  'port',
  'remote_user',
  'run_once',
  'tags',
  'throttle',
  'timeout',
  'vars',
] as const;

const CONDITIONAL = ['when', 'delegate_to', 'delegate_facts'] as const;

export const PLAY_KEYWORDS: ReadonlySet<string> = new Set([
  ...SHARED.filter((name) => name !== 'run_once'),
  'fact_path',
  'force_handlers',
  'gather_facts',
  'gather_subset',
  'gather_timeout',
  'handlers',
  'hosts',
  'max_fail_percentage',
  'order',
  'post_tasks',
  'pre_tasks',
  'roles',
  'run_once',
  'serial',
  'strategy',
  'tasks',
  'vars_files',
  'vars_prompt',
]);

export const ROLE_KEYWORDS: ReadonlySet<string> = new Set([...SHARED, ...CONDITIONAL, 'role']);

export const BLOCK_KEYWORDS: ReadonlySet<string> = new Set([...SHARED, ...CONDITIONAL, 'always', 'block', 'notify', 'rescue']);

export const TASK_KEYWORDS: ReadonlySet<string> = new Set([
  ...SHARED,
  ...CONDITIONAL,
  'action',
  'args',
  'async',
  'changed_when',
  'delay',
  'failed_when',
  'listen',
  'local_action',
  'loop',
  'loop_control',
  'notify',
  'poll',
  'register',
  'retries',
  'until',
]);

/** Keys of an include that also are keywords of the tasks it brings (`apply`). */
export const APPLY_KEYWORDS: ReadonlySet<string> = new Set([...SHARED, ...CONDITIONAL]);

/** What a `meta` task may do. */
export const META_ACTIONS: ReadonlySet<string> = new Set([
  'clear_facts',
  'clear_host_errors',
  'end_batch',
  'end_host',
  'end_play',
  'end_role',
  'flush_handlers',
  'noop',
  'refresh_inventory',
  'reset_connection',
]);
