import { type ArgsOf, defineRead, sh } from '../../engine/module/contract.ts';
import { section, sectionOf, sections } from '../sections.ts';
import { executable, needPodman } from './lib.ts';

const options = {
  name: { type: 'list', elements: 'str', description: 'Names of containers; all when absent. One that is not there is left out.' },
  executable,
} as const;

type Args = ArgsOf<typeof options>;

const each = ({ name, executable: podman }: Args) =>
  name === undefined || name.length === 0
    ? sh`ids=$(${podman} container ls --all --quiet) || exit $?; [ -z "$ids" ] && { echo '[]'; exit 0; }; ${podman} container inspect $ids`
    : sh`for n in ${name}; do ${podman} container exists "$n" && set -- "$@" "$n"; done; [ $# -eq 0 ] && { echo '[]'; exit 0; }; ${podman} container inspect "$@"`;

export default defineRead({
  name: 'podman_container_info',
  fqcn: ['containers.podman.podman_container_info'],
  summary: 'Reads what podman knows of containers.',
  source: 'https://docs.ansible.com/ansible/latest/collections/containers/podman/podman_container_info_module.html',
  options,
  returns: { containers: 'What `podman container inspect` says, one member a container.' },
  examples: [{ title: 'Look at two containers', args: { name: ['quay', 'redis'] }, needs: ['podman'] }],
  probe: (args) => sh`${needPodman(args.executable)}
set --
${section('containers', each(args))}`,
  result: (args, seen) => {
    if (seen.stdout.startsWith('qp-no-podman'))
      return { failed: `${args.executable} is not installed on this host`, hint: 'Install it first, with the package module: name: podman' };
    const part = sectionOf(sections(seen.stdout), 'containers');
    if (part.code !== 0) return { failed: `podman cannot list containers: ${seen.stderr.trim()}` };
    return { result: { containers: JSON.parse(part.text) as unknown } };
  },
});
