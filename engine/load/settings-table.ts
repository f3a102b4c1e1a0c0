/** How the text of a setting becomes a value. A `pathlist` is parted by commas, a `pathspec` by colons. */
export type SettingType = 'text' | 'boolean' | 'integer' | 'list' | 'path' | 'pathlist' | 'pathspec';

export interface Setting {
  readonly env: readonly string[];
  /** `section.key` of ansible.cfg. */
  readonly ini: readonly string[];
  readonly type: SettingType;
  /** What it does here; absent for a setting that is known and does nothing. */
  readonly effect?: string;
  readonly choices?: readonly string[];
}

const setting = (type: SettingType, env: string, ini: string, effect: string, choices?: readonly string[]): Setting => ({
  env: env.split(',').filter((one) => one !== ''),
  ini: ini.split(',').filter((one) => one !== ''),
  type,
  effect,
  ...(choices && { choices }),
});

/** Settings of ansible-core 2.18 that change what a run does here, by Ansible's own names. */
export const SETTINGS = {
  ENABLE_TASK_DEBUGGER: setting('boolean', 'ANSIBLE_ENABLE_TASK_DEBUGGER', 'defaults.enable_task_debugger', 'the debugger for every task that fails'),
  TASK_DEBUGGER_IGNORE_ERRORS: setting(
    'boolean',
    'ANSIBLE_TASK_DEBUGGER_IGNORE_ERRORS',
    'defaults.task_debugger_ignore_errors',
    'not where `ignore_errors` holds',
  ),
  ANSIBLE_HOME: setting('path', 'ANSIBLE_HOME', 'defaults.home', 'folder below which roles and collections of the user lie (`~/.ansible`)'),
  ANSIBLE_FORCE_COLOR: setting('boolean', 'ANSIBLE_FORCE_COLOR', 'defaults.force_color', 'colours without a terminal'),
  ANSIBLE_NOCOLOR: setting('boolean', 'ANSIBLE_NOCOLOR,NO_COLOR', 'defaults.nocolor', 'no colours'),
  ASYNC_DIR: setting('text', 'ANSIBLE_ASYNC_DIR', 'defaults.async_dir', 'folder of the hosts in which `async` jobs keep their results (`~/.ansible_async`)'),
  BECOME_PASSWORD_FILE: setting('path', 'ANSIBLE_BECOME_PASSWORD_FILE', 'defaults.become_password_file', '`--become-password-file`'),
  COLLECTIONS_PATHS: setting(
    'pathspec',
    'ANSIBLE_COLLECTIONS_PATHS,ANSIBLE_COLLECTIONS_PATH',
    'defaults.collections_paths,defaults.collections_path',
    'folders that hold `ansible_collections/`',
  ),
  CONNECTION_PASSWORD_FILE: setting('path', 'ANSIBLE_CONNECTION_PASSWORD_FILE', 'defaults.connection_password_file', '`--connection-password-file`'),
  DEFAULT_ASK_PASS: setting('boolean', 'ANSIBLE_ASK_PASS', 'defaults.ask_pass', '`--ask-pass`'),
  DEFAULT_ASK_VAULT_PASS: setting('boolean', 'ANSIBLE_ASK_VAULT_PASS', 'defaults.ask_vault_pass', '`--ask-vault-pass`'),
  DEFAULT_BECOME: setting('boolean', 'ANSIBLE_BECOME', 'privilege_escalation.become', '`--become`'),
  DEFAULT_BECOME_ASK_PASS: setting('boolean', 'ANSIBLE_BECOME_ASK_PASS', 'privilege_escalation.become_ask_pass', '`--ask-become-pass`'),
  DEFAULT_BECOME_EXE: setting('text', 'ANSIBLE_BECOME_EXE', 'privilege_escalation.become_exe', 'program that becomes another user'),
  DEFAULT_BECOME_FLAGS: setting('text', 'ANSIBLE_BECOME_FLAGS', 'privilege_escalation.become_flags', 'its options'),
  DEFAULT_BECOME_METHOD: setting('text', 'ANSIBLE_BECOME_METHOD', 'privilege_escalation.become_method', '`--become-method`'),
  DEFAULT_BECOME_USER: setting('text', 'ANSIBLE_BECOME_USER', 'privilege_escalation.become_user', '`--become-user`'),
  CACHE_PLUGIN: setting('text', 'ANSIBLE_CACHE_PLUGIN', 'defaults.fact_caching', 'where facts are kept: `memory` (for the run) or `jsonfile`'),
  CACHE_PLUGIN_CONNECTION: setting('path', 'ANSIBLE_CACHE_PLUGIN_CONNECTION', 'defaults.fact_caching_connection', 'folder of `jsonfile`'),
  CACHE_PLUGIN_PREFIX: setting('text', 'ANSIBLE_CACHE_PLUGIN_PREFIX', 'defaults.fact_caching_prefix', 'how the names of its files begin'),
  CACHE_PLUGIN_TIMEOUT: setting(
    'integer',
    'ANSIBLE_CACHE_PLUGIN_TIMEOUT',
    'defaults.fact_caching_timeout',
    'seconds after which its facts are too old; 0 for never',
  ),
  DEFAULT_FORCE_HANDLERS: setting('boolean', 'ANSIBLE_FORCE_HANDLERS', 'defaults.force_handlers', '`--force-handlers`'),
  DEFAULT_FORKS: setting('integer', 'ANSIBLE_FORKS', 'defaults.forks', '`--forks`'),
  DEFAULT_GATHERING: setting('text', 'ANSIBLE_GATHERING', 'defaults.gathering', 'when plays gather facts by themselves', ['implicit', 'explicit', 'smart']),
  DEFAULT_HASH_BEHAVIOUR: setting(
    'text',
    'ANSIBLE_HASH_BEHAVIOUR',
    'defaults.hash_behaviour',
    'whether a dict of a higher level replaces or joins that of a lower',
    ['replace', 'merge'],
  ),
  DEFAULT_HOST_LIST: setting('pathlist', 'ANSIBLE_INVENTORY', 'defaults.inventory', '`--inventory`'),
  DEFAULT_MANAGED_STR: setting('text', '', 'defaults.ansible_managed', 'the variable `ansible_managed`'),
  DEFAULT_MODULE_NAME: setting('text', '', 'defaults.module_name', 'module of `ansible` without `-m`'),
  DEFAULT_ACTION_PLUGIN_PATH: setting(
    'pathspec',
    'ANSIBLE_ACTION_PLUGINS',
    'defaults.action_plugins',
    'folders of action plugins, which are looked for to say that they are not run',
  ),
  DEFAULT_FILTER_PLUGIN_PATH: setting(
    'pathspec',
    'ANSIBLE_FILTER_PLUGINS',
    'defaults.filter_plugins',
    'folders of filters in Python, which are looked for to say that they are not run',
  ),
  DEFAULT_MODULE_PATH: setting('pathspec', 'ANSIBLE_LIBRARY', 'defaults.library', 'folders with modules of your own'),
  DEFAULT_MODULE_UTILS_PATH: setting('pathspec', 'ANSIBLE_MODULE_UTILS', 'defaults.module_utils', 'folders with what such modules import'),
  DEFAULT_TEST_PLUGIN_PATH: setting('pathspec', 'ANSIBLE_TEST_PLUGINS', 'defaults.test_plugins', 'the same for tests'),
  DEFAULT_NO_LOG: setting('boolean', 'ANSIBLE_NO_LOG', 'defaults.no_log', '`no_log` of tasks that do not say'),
  DEFAULT_POLL_INTERVAL: setting('integer', 'ANSIBLE_POLL_INTERVAL', 'defaults.poll_interval', 'seconds between two looks at an `async` task'),
  DEFAULT_PRIVATE_KEY_FILE: setting('path', 'ANSIBLE_PRIVATE_KEY_FILE', 'defaults.private_key_file', '`--private-key`'),
  DEFAULT_REMOTE_PORT: setting('integer', 'ANSIBLE_REMOTE_PORT', 'defaults.remote_port', 'port of ssh'),
  DEFAULT_REMOTE_USER: setting('text', 'ANSIBLE_REMOTE_USER', 'defaults.remote_user', '`--user`'),
  DEFAULT_ROLES_PATH: setting('pathspec', 'ANSIBLE_ROLES_PATH', 'defaults.roles_path', 'folders with roles'),
  DEFAULT_STDOUT_CALLBACK: setting('text', 'ANSIBLE_STDOUT_CALLBACK', 'defaults.stdout_callback', 'form of the output'),
  DEFAULT_TIMEOUT: setting('integer', 'ANSIBLE_TIMEOUT', 'defaults.timeout', '`--timeout`'),
  DEFAULT_TRANSPORT: setting('text', 'ANSIBLE_TRANSPORT', 'defaults.transport', '`--connection`'),
  DEFAULT_VAULT_ENCRYPT_IDENTITY: setting('text', 'ANSIBLE_VAULT_ENCRYPT_IDENTITY', 'defaults.vault_encrypt_identity', '`--encrypt-vault-id`'),
  DEFAULT_VAULT_IDENTITY_LIST: setting('list', 'ANSIBLE_VAULT_IDENTITY_LIST', 'defaults.vault_identity_list', '`--vault-id`'),
  DEFAULT_VAULT_PASSWORD_FILE: setting('path', 'ANSIBLE_VAULT_PASSWORD_FILE', 'defaults.vault_password_file', '`--vault-password-file`'),
  DEFAULT_VERBOSITY: setting('integer', 'ANSIBLE_VERBOSITY', 'defaults.verbosity', '`-v`'),
  DIFF_ALWAYS: setting('boolean', 'ANSIBLE_DIFF_ALWAYS', 'diff.always', '`--diff`'),
  DISPLAY_FAILED_STDERR: setting('boolean', 'ANSIBLE_DISPLAY_FAILED_STDERR', 'defaults.display_failed_stderr', 'failures go to stderr'),
  DISPLAY_OK_HOSTS: setting('boolean', 'ANSIBLE_DISPLAY_OK_HOSTS', 'defaults.display_ok_hosts', 'whether `ok` is shown'),
  DISPLAY_SKIPPED_HOSTS: setting('boolean', 'ANSIBLE_DISPLAY_SKIPPED_HOSTS', 'defaults.display_skipped_hosts', 'whether `skipping` is shown'),
  SHOW_PER_HOST_START: setting('boolean', 'ANSIBLE_SHOW_PER_HOST_START', 'defaults.show_per_host_start', 'a line when a host begins a task'),
  SHOW_TASK_PATH_ON_FAILURE: setting('boolean', 'ANSIBLE_SHOW_TASK_PATH_ON_FAILURE', 'defaults.show_task_path_on_failure', 'file and line of failed tasks'),
  CHECK_MODE_MARKERS: setting('boolean', 'ANSIBLE_CHECK_MODE_MARKERS', 'defaults.check_mode_markers', 'headings say that it is a check'),
  INTERPRETER_PYTHON: setting(
    'text',
    'ANSIBLE_PYTHON_INTERPRETER',
    'defaults.interpreter_python',
    'Python of the hosts for modules of your own, where `ansible_python_interpreter` does not say; `auto` looks for one',
  ),
  HOST_KEY_CHECKING: setting(
    'text',
    'ANSIBLE_HOST_KEY_CHECKING,ANSIBLE_SSH_HOST_KEY_CHECKING',
    'defaults.host_key_checking,ssh_connection.host_key_checking',
    '`no`: host keys are not checked; `accept-new` (ours): unknown ones are added',
  ),
  INJECT_FACTS_AS_VARS: setting('boolean', 'ANSIBLE_INJECT_FACT_VARS', 'defaults.inject_facts_as_vars', 'facts as variables `ansible_*` of their own'),
  INVENTORY_EXPORT: setting('boolean', 'ANSIBLE_INVENTORY_EXPORT', 'inventory.export', '`qplay inventory --export`'),
  LOCALHOST_WARNING: setting('boolean', 'ANSIBLE_LOCALHOST_WARNING', 'defaults.localhost_warning', 'a word when only the implicit localhost is there'),
  PLAYBOOK_DIR: setting('path', 'ANSIBLE_PLAYBOOK_DIR', 'defaults.playbook_dir', '`qplay inventory --playbook-dir`'),
  SHOW_CUSTOM_STATS: setting('boolean', 'ANSIBLE_SHOW_CUSTOM_STATS', 'defaults.show_custom_stats', 'what `set_stats` collected is shown at the end'),
  SSH_ARGS: setting('text', 'ANSIBLE_SSH_ARGS', 'ssh_connection.ssh_args', '`-o` options of ssh'),
  SSH_COMMON_ARGS: setting('text', 'ANSIBLE_SSH_COMMON_ARGS', 'ssh_connection.ssh_common_args', '`--ssh-common-args`'),
  SSH_EXTRA_ARGS: setting('text', 'ANSIBLE_SSH_EXTRA_ARGS', 'ssh_connection.ssh_extra_args', '`--ssh-extra-args`'),
  TAGS_RUN: setting('list', 'ANSIBLE_RUN_TAGS', 'tags.run', '`--tags`'),
  TAGS_SKIP: setting('list', 'ANSIBLE_SKIP_TAGS', 'tags.skip', '`--skip-tags`'),
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof SETTINGS;
