/** The package's version; a test keeps it equal to package.json, so that `--version` need not read a file. */
export const VERSION = '0.1.0';

/** The version of ansible-core whose language this is, as `ansible_version.full` says it. */
export const ANSIBLE_VERSION = '2.18.0';
