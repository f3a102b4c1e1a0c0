import type { ArgsOf } from '../../engine/module/contract.ts';

export const GIT_OPTIONS = {
  repo: { type: 'str', required: true, aliases: ['name'], description: 'Address of the repository: a URL, `user@host:path`, or a path on the host.' },
  dest: { type: 'path', required: true, description: 'Folder of the host that holds the clone.' },
  version: { type: 'str', default: 'HEAD', description: 'Branch, tag or commit to have checked out; the remote’s own branch when absent.' },
  remote: { type: 'str', default: 'origin', description: 'Name of the remote.' },
  refspec: {
    type: 'str',
    description: 'Further refs to be fetched, such as `+refs/pull/*:refs/remotes/pull/*`, so that `version` may be a commit that no branch has.',
  },
  reference: { type: 'path', description: 'Repository on the host to take objects from.' },
  force: { type: 'bool', default: false, description: 'Throw local changes away. If not, they are a failure.' },
  depth: { type: 'int', description: 'How many commits of history to fetch.' },
  clone: { type: 'bool', default: true, description: 'Clone when there is nothing yet.' },
  update: { type: 'bool', default: true, description: 'Fetch anew when there is a clone.' },
  verify_commit: { type: 'bool', default: false, description: 'The commit must have a good GPG signature.' },
  accept_hostkey: { type: 'bool', default: false, description: 'Take any host key of the server. Whoever is in between could be the server.' },
  accept_newhostkey: { type: 'bool', default: false, description: 'Take a host key that is not known yet, and remember it.' },
  key_file: { type: 'path', description: 'Private key on the host to log in with.' },
  ssh_opts: { type: 'str', description: 'Further options of ssh.' },
  executable: { type: 'path', default: 'git', description: 'Path of git.' },
  bare: { type: 'bool', default: false, description: 'A bare repository, without files.' },
  recursive: { type: 'bool', default: true, description: 'Submodules too.' },
  single_branch: { type: 'bool', default: false, description: 'Clone that one branch only.' },
  separate_git_dir: { type: 'path', description: 'Folder for the repository itself, apart from the files.' },
  umask: { type: 'raw', description: 'umask for new files, as octal text.' },
} as const;

export type GitArgs = ArgsOf<typeof GIT_OPTIONS>;
