import { type ArgsOf, defineModule, lines, type Plan, raw, sh } from '../../engine/module/contract.ts';
import { impossible } from '../system/lib.ts';
import { replaceFile } from '../system/textfile.ts';
import { QP_DPKG_WAIT } from './dpkg.ts';
import { editSources, sourceLine, sourcesFile } from './sources.ts';

const options = {
  repo: {
    type: 'str',
    required: true,
    description: 'The source as sources.list has it: `deb [signed-by=/etc/apt/keyrings/x.asc] https://host/debian bookworm main`.',
  },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether it shall be there.' },
  filename: { type: 'str', description: 'Name of the file in /etc/apt/sources.list.d, without `.list`; made of the URI when absent.' },
  mode: { type: 'raw', description: 'Mode of a new file; 0644 when absent.' },
  update_cache: { type: 'bool', default: true, aliases: ['update-cache'], description: 'Fetch the package lists after a change.' },
  update_cache_retries: { type: 'int', default: 5, description: 'How often the lists are tried to be fetched.' },
  update_cache_retry_max_delay: { type: 'int', default: 12, description: 'Longest pause between two tries, in seconds.' },
  codename: { type: 'str', description: 'Accepted for Ansible’s sake; it matters to PPAs only, which are not known here.' },
  install_python_apt: { type: 'bool', default: true, description: 'Accepted for Ansible’s sake, without effect.' },
  validate_certs: { type: 'bool', default: true, description: 'Accepted for Ansible’s sake, without effect.' },
} as const;

type Args = ArgsOf<typeof options>;

const REPO = 'deb [trusted=yes] http://repo.lab/debian bookworm main';

export default defineModule({
  name: 'apt_repository',
  fqcn: ['ansible.builtin.apt_repository'],
  summary: 'Adds and removes sources of Debian packages, one line each.',
  notes: ['PPAs (`ppa:...`) are refused: write out their line, or use deb822_repository.'],
  source: 'ansible.builtin.apt_repository; sources.list(5)',
  options,
  returns: { repo: 'As asked.', sources_added: 'Files that are new.', sources_removed: 'Files that are gone.' },
  examples: [
    {
      title: 'A source in a file of its own',
      args: { repo: `${REPO} contrib`, filename: 'qp-more', update_cache: false },
      given: 'rm -f /etc/apt/sources.list.d/qp-more.list',
      needs: ['apt'],
    },
    {
      title: 'No such source',
      args: { repo: `${REPO} contrib`, state: 'absent', update_cache: false },
      given: `echo '${REPO} contrib' > /etc/apt/sources.list.d/qp-gone.list; rm -f /etc/apt/sources.list.d/qp-more.list`,
      needs: ['apt'],
    },
  ],
  probe: () =>
    raw(`printf 'ok\\n'
for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -r "$f" ] && { printf '\\036%s\\n' "$f"; cat "$f"; }
done
exit 0`),
  plan: (args, seen): Plan => planSource(args, seen.stdout),
});

function planSource(args: Args, stdout: string): Plan {
  if (args.repo.startsWith('ppa:')) return impossible('PPAs are not known', 'Write out the source line, or use deb822_repository with the key of the PPA');
  const wanted = sourceLine(args.repo).source;
  if (wanted === undefined) return impossible(`Invalid repository string: ${args.repo}`, 'It looks like `deb https://host/debian bookworm main`');
  const files = new Map(
    stdout
      .split('\x1e')
      .slice(1)
      .map((part): [string, string] => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]),
  );
  const edits = editSources(files, wanted, sourcesFile(wanted, args.filename), args.state);
  const added = [...edits].flatMap(([path, text]) => (text !== null && !files.has(path) ? [path] : []));
  const removed = [...edits].flatMap(([path, text]) => (text === null ? [path] : []));
  const result = { repo: args.repo, state: args.state, sources_added: added, sources_removed: removed };
  if (edits.size === 0) return { is: 'right', result };
  const list = [...edits];
  const uploads = Object.fromEntries(list.flatMap(([, text], i) => (text === null ? [] : [[`f${i}`, text]])));
  const mode = args.mode === undefined ? '644' : String(args.mode);
  return {
    is: 'wrong',
    diff: list.map(([path, text]) => ({ label: path, before: files.get(path) ?? '', after: text ?? '' })),
    uploads,
    result,
    apply: lines(
      raw('mkdir -p /etc/apt/sources.list.d || exit'),
      ...list.map(([path, text], i) => (text === null ? sh`rm -f -- ${path} || exit` : replaceFile(`f${i}`, sh`${path}`, mode))),
      args.update_cache && update(args),
    ),
  };
}

const update = (args: Args) => sh`${QP_DPKG_WAIT}qp_dpkg_wait 60 || exit
try=1
until apt-get -q -y -o APT::Update::Error-Mode=any update; do
  [ "$try" -lt ${Math.max(1, args.update_cache_retries)} ] || { echo "The package lists could not be fetched in $try attempts" >&2; exit 100; }
  try=$((try + 1)); sleep ${Math.min(2, args.update_cache_retry_max_delay)}
done
touch /var/lib/apt/lists`;
