import { settings } from '../../load/settings.ts';
import { ANSIBLE_VERSION, VERSION } from '../../version.ts';

/** What `ansible-playbook --version` prints: the version of the language first, for scripts that look for it. */
export function versionText(program: string): string {
  return [
    `${program} [core ${ANSIBLE_VERSION}]`,
    `  config file = ${settings().file ?? 'None'}`,
    `  executable location = ${process.argv[1] ?? program}`,
    `  qplay version = ${VERSION}`,
    `  node version = ${process.versions.node}`,
    '',
  ].join('\n');
}
