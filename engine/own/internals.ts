import type { UserModule } from '../load/model.ts';
import type { Controller } from '../module/contract.ts';
import type { Data } from '../value.ts';

/** What Ansible tells every module besides the arguments of its task. */
export function internals(module: UserModule, controller: Controller, version: string): Map<string, Data> {
  return new Map<string, Data>([
    ['_ansible_check_mode', controller.check],
    ['_ansible_no_log', controller.noLog === true],
    ['_ansible_debug', false],
    ['_ansible_diff', controller.diff],
    ['_ansible_verbosity', controller.verbosity ?? 0],
    ['_ansible_version', version],
    ['_ansible_module_name', module.name],
    ['_ansible_syslog_facility', 'LOG_USER'],
    ['_ansible_selinux_special_fs', ['fuse', 'nfs', 'vboxsf', 'ramfs', '9p', 'vfat']],
    ['_ansible_string_conversion_action', 'warn'],
    ['_ansible_socket', null],
    ['_ansible_shell_executable', '/bin/sh'],
    ['_ansible_keep_remote_files', false],
    ['_ansible_tmpdir', null],
    ['_ansible_remote_tmp', '~/.ansible/tmp'],
    ['_ansible_ignore_unknown_opts', false],
    ['_ansible_target_log_info', null],
  ]);
}
