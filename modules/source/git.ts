import { defineModule, type Observed, type Plan, quote, raw, type Script, sh } from '../../engine/module/contract.ts';
import { expanded, fields, impossible, premature, right } from '../system/lib.ts';
import { GIT_OPTIONS, type GitArgs } from './git_args.ts';

const given = (more: string): string =>
  `export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
command -v git >/dev/null || { apt-get -qq update && apt-get -qq -y install git >/dev/null; }
rm -rf /srv/qp-origin /srv/qp-clone; git init -q -b main /srv/qp-origin; cd /srv/qp-origin
echo one >one; git add one; git commit -qm one; git tag v1; ${more}`;

export default defineModule({
  name: 'git',
  fqcn: ['ansible.builtin.git'],
  summary: 'Keeps a clone of a git repository at a branch, tag or commit.',
  notes: ['The remote is asked in check mode too; with `update: false` it is not when there is a clone.'],
  source: 'ansible.builtin.git; git(1)',
  options: GIT_OPTIONS,
  rules: {
    mutuallyExclusive: [
      ['separate_git_dir', 'bare'],
      ['accept_hostkey', 'accept_newhostkey'],
    ],
  },
  returns: {
    before: 'Commit before; null when there was no clone.',
    after: 'Commit now.',
    remote_url_changed: 'Whether the address of the remote was changed.',
  },
  examples: [
    { title: 'A clone', args: { repo: '/srv/qp-origin', dest: '/srv/qp-clone' }, given: given('true'), needs: ['apt'] },
    {
      title: 'Another version of it',
      args: { repo: '/srv/qp-origin', dest: '/srv/qp-clone', version: 'v1' },
      given: given('echo two >two; git add two; git commit -qm two; git clone -q /srv/qp-origin /srv/qp-clone'),
      needs: ['apt'],
    },
    {
      title: 'Newer, and without what was changed by hand',
      args: { repo: '/srv/qp-origin', dest: '/srv/qp-clone', version: 'main', force: true },
      given: given('git clone -q . /srv/qp-clone; echo x >/srv/qp-clone/one; echo two >two; git add two; git commit -qm two'),
      needs: ['apt'],
    },
  ],
  probe: (args) => sh`${environment(args)}
command -v ${args.executable} >/dev/null 2>&1 || { echo lacks=git; exit 0; }
d=${expanded(args.dest)}
g() { ${args.executable} ${args.bare ? raw('--git-dir="$d"') : raw('-C "$d"')} -c "safe.directory=$d" "$@"; }
here=
if [ -e ${args.bare ? raw('"$d/HEAD"') : raw('"$d/.git"')} ]; then
  here=1
  echo here=1
  echo "head=$(g rev-parse --verify -q HEAD)"
  echo "url=$(g config --get ${`remote.${args.remote}.url`})"
  echo "branch=$(g symbolic-ref -q --short HEAD)"
  ${!args.bare && raw('[ -z "$(g status --porcelain --untracked-files=no)" ] || echo dirty=1')}
elif [ -e "$d" ] && [ -n "$(ls -A "$d" 2>/dev/null)" ]; then echo full=1
fi
${!args.update && raw('[ -z "$here" ] || exit 0')}
${args.executable} ls-remote --symref ${args.repo} HEAD ${args.version !== 'HEAD' && [`refs/heads/${args.version}`, `refs/tags/${args.version}`, `refs/tags/${args.version}^{}`]} || echo "failed=$?"`,
  plan: planGit,
});

/** No prompt, and the wishes about ssh. */
function environment(args: GitArgs): Script {
  const keys = args.accept_hostkey ? '-o StrictHostKeyChecking=no' : args.accept_newhostkey ? '-o StrictHostKeyChecking=accept-new' : '';
  const key = args.key_file === undefined ? '' : `-i ${quote(args.key_file)} -o IdentitiesOnly=yes`;
  const ssh = ['ssh', '-o BatchMode=yes', keys, key, args.ssh_opts ?? ''].filter((part) => part !== '').join(' ');
  return sh`export GIT_TERMINAL_PROMPT=0 GIT_OPTIONAL_LOCKS=0 LC_ALL=C GIT_SSH_COMMAND=${ssh}
${args.umask !== undefined && sh`umask ${String(args.umask)}`}`;
}

interface Wanted {
  readonly commit: string;
  /** Branch to be on; a tag or commit is checked out by itself. */
  readonly branch?: string;
}

/** What `version` means at the remote. */
function wantedOf(args: GitArgs, text: string): Wanted | undefined {
  const refs = new Map([...text.matchAll(/^([0-9a-f]{40,64})\t(\S+)$/gm)].map(([, commit, ref]): [string, string] => [ref as string, commit as string]));
  const main = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(text)?.[1];
  const { version } = args;
  const head = refs.get('HEAD');
  if (version === 'HEAD') return head === undefined ? undefined : { commit: head, ...(main !== undefined && { branch: main }) };
  const branch = refs.get(`refs/heads/${version}`);
  if (branch !== undefined) return { commit: branch, branch: version };
  const tag = refs.get(`refs/tags/${version}^{}`) ?? refs.get(`refs/tags/${version}`);
  if (tag !== undefined) return { commit: tag };
  return /^[0-9a-f]{7,64}$/i.test(version) ? { commit: version.toLowerCase() } : undefined;
}

function planGit(args: GitArgs, seen: Observed, _prepared: undefined, before?: Observed): Plan {
  const state = fields(seen.stdout);
  const was = before === undefined ? undefined : fields(before.stdout);
  if (state.get('lacks') !== undefined) return premature('Failed to find required executable "git"', 'Install the package git before');
  const head = state.get('head') || null;
  const told = {
    before: was === undefined ? head : was.get('head') || null,
    after: head,
    remote_url_changed: was !== undefined && was.get('url') !== undefined && was.get('url') !== args.repo,
  };
  const here = state.get('here') !== undefined;
  if (here && !args.update) return right(told);
  if (state.get('failed') !== undefined)
    return premature(`Failed to connect to the repository ${args.repo}: ${seen.stderr.trim()}`, 'The host must reach it, without being asked for a password');
  const wanted = wantedOf(args, seen.stdout);
  if (wanted === undefined) return impossible(`Failed to checkout ${args.version}: the remote has neither a branch nor a tag of that name`);
  if (!here) {
    if (state.get('full') !== undefined) return impossible(`${args.dest} is there and not empty, but is no clone`, 'Remove it with a task before this one');
    if (!args.clone) return right({ ...told, after: wanted.commit });
    return change(args, told, wanted, cloneScript(args, wanted));
  }
  const dirty = state.get('dirty') !== undefined;
  if (dirty && !args.force)
    return {
      is: 'impossible',
      why: `Local modifications exist in the destination: ${args.dest} (force=no).`,
      hint: 'force: true throws them away',
      result: told,
    };
  const branch = args.bare || wanted.branch === undefined || state.get('branch') === wanted.branch;
  if (head?.startsWith(wanted.commit) && state.get('url') === args.repo && branch && !dirty) return right(told);
  const modified = dirty ? { ...told, msg: `Local modifications exist in the destination: ${args.dest}` } : told;
  return change(args, modified, wanted, updateScript(args, wanted));
}

const change = (args: GitArgs, told: { readonly before: string | null; readonly after: string | null }, wanted: Wanted, apply: Script): Plan => ({
  is: 'wrong',
  diff: [
    {
      label: args.dest,
      before: { commit: told.before, ...(told.before !== null && { version: '' }) },
      after: { commit: wanted.commit, ...(told.before !== null && { version: args.version }) },
    },
  ],
  apply: sh`${environment(args)}\n${apply}`,
  result: { ...told, after: wanted.commit },
});

const depthOf = (args: GitArgs): readonly string[] => (args.depth === undefined ? [] : ['--depth', String(args.depth)]);

function cloneScript(args: GitArgs, wanted: Wanted): Script {
  const named = args.version !== 'HEAD' && !/^[0-9a-f]{7,64}$/i.test(args.version);
  const options = [
    ...(args.bare ? ['--bare'] : ['--origin', args.remote]),
    ...(named && !args.bare ? ['--branch', args.version] : []),
    ...(named || args.version === 'HEAD' ? depthOf(args) : []),
    ...(args.single_branch ? ['--single-branch'] : []),
    ...(args.reference === undefined ? [] : ['--reference', args.reference]),
    ...(args.separate_git_dir === undefined ? [] : [`--separate-git-dir=${args.separate_git_dir}`]),
    ...(args.recursive && !args.bare ? ['--recurse-submodules'] : []),
  ];
  return sh`d=${expanded(args.dest)}
case $d in */*) mkdir -p -- "\${d%/*}" || exit ;; esac
${args.executable} clone -q ${options} -- ${args.repo} "$d" || exit
${args.bare && sh`${args.executable} --git-dir="$d" remote get-url ${args.remote} >/dev/null 2>&1 || ${args.executable} --git-dir="$d" remote add ${args.remote} ${args.repo} || exit`}
${args.refspec !== undefined && sh`${args.executable} ${args.bare ? raw('--git-dir="$d"') : raw('-C "$d"')} fetch -q --force ${args.bare ? args.repo : args.remote} ${args.refspec} || exit`}
${!args.bare && !named && args.version !== 'HEAD' && sh`${args.executable} -C "$d" checkout -q --force ${args.version} || exit`}
${verify(args, wanted)}`;
}

function updateScript(args: GitArgs, wanted: Wanted): Script {
  const remote = args.remote;
  const g = sh`${args.executable} ${args.bare ? raw('--git-dir="$d"') : raw('-C "$d"')} -c "safe.directory=$d"`;
  const fetch = args.bare
    ? sh`${g} fetch -q --force ${depthOf(args)} ${args.repo} '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*' ${args.refspec === undefined ? [] : [args.refspec]} || exit`
    : sh`${g} fetch -q --force --tags ${depthOf(args)} ${remote} ${wanted.branch !== undefined ? [`+refs/heads/${wanted.branch}:refs/remotes/${remote}/${wanted.branch}`] : undefined} ${args.refspec === undefined ? [] : [args.refspec]} || exit`;
  const checkout =
    wanted.branch === undefined
      ? sh`${g} checkout -q --force ${args.version} || exit`
      : sh`${g} checkout -q --force -B ${wanted.branch} ${`${remote}/${wanted.branch}`} || exit
${g} reset -q --hard ${`${remote}/${wanted.branch}`} || exit`;
  return sh`d=${expanded(args.dest)}
if ${g} config --get ${`remote.${remote}.url`} >/dev/null; then ${g} remote set-url ${remote} ${args.repo} || exit; else ${g} remote add ${remote} ${args.repo} || exit; fi
${args.force && !args.bare && sh`${g} reset -q --hard HEAD || exit`}
${fetch}
${!args.bare && checkout}
${args.recursive && !args.bare && sh`if [ -e "$d/.gitmodules" ]; then ${g} submodule -q sync --recursive && ${g} submodule -q update --init --recursive || exit; fi`}
${verify(args, wanted)}`;
}

const verify = (args: GitArgs, wanted: Wanted): Script | undefined =>
  args.verify_commit ? sh`${args.executable} ${args.bare ? raw('--git-dir="$d"') : raw('-C "$d"')} verify-commit ${wanted.commit} || exit` : undefined;
