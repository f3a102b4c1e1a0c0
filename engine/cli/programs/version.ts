import { homedir } from 'node:os';
import { join } from 'node:path';
import { settings } from '../../load/settings.ts';
import { ANSIBLE_VERSION, VERSION } from '../../version.ts';

/** What `ansible-playbook --version` prints, and `-vv` first: the version of the language, for scripts that look for it. */
export function versionText(program: string): string {
  const set = settings();
  const home = set.path('ANSIBLE_HOME') ?? join(homedir(), '.ansible');
  const collections = set.paths('COLLECTIONS_PATHS') ?? [join(home, 'collections'), '/usr/share/ansible/collections'];
  return [
    `${program} [core ${ANSIBLE_VERSION}]`,
    `  config file = ${set.file ?? 'None'}`,
    `  configured module search path = ['${join(home, 'plugins/modules')}', '/usr/share/ansible/plugins/modules']`,
    '  ansible python module location = None',
    `  ansible collection location = ${collections.join(':')}`,
    `  executable location = ${process.argv[1] ?? program}`,
    '  python version = None',
    '  jinja version = None',
    '  libyaml = False',
    `  qplay version = ${VERSION}`,
    `  node version = ${process.versions.node}`,
    '',
  ].join('\n');
}
