import { splitWords } from '../system/words.ts';
import type { Args } from './synchronize.ts';

/** As Python quotes a word for a shell: `=` needs no quotes. */
const quote = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`);

export const MARK = '<<CHANGED>>';

/** Where the files come from and where they go, as rsync is told. */
export interface Ends {
  readonly source: string;
  readonly dest: string;
}

export interface Making extends Ends {
  readonly rsync: string;
  readonly check: boolean;
  /** Program that reaches the other side; absent when both are on one machine, or a daemon is asked. */
  readonly rsh?: string | undefined;
  readonly rsyncPath?: string | undefined;
}

/** The words of the command line, in the order of Ansible's module. */
export function rsyncCommand(args: Args, making: Making): string[] {
  const { rsync, check, rsh, rsyncPath } = making;
  return [
    rsync,
    ...(args.delay_updates ? ['--delay-updates', '-F'] : []),
    ...flag(args.compress, '--compress'),
    ...flag(args.rsync_timeout !== 0, `--timeout=${args.rsync_timeout}`),
    ...flag(check, '--dry-run'),
    ...flag(args.delete, '--delete-after'),
    ...flag(args.existing_only, '--existing'),
    ...flag(args.checksum, '--checksum'),
    ...flag(args.copy_links, '--copy-links'),
    ...flag(args.archive, '--archive'),
    ...kept(args),
    ...flag(args.dirs, '--dirs'),
    ...(rsh === undefined ? [] : [`--rsh=${rsh}`]),
    ...(rsyncPath === undefined || rsyncPath === '' ? [] : [`--rsync-path=${rsyncPath}`]),
    ...args.rsync_opts.flatMap((one) => splitWords(one)),
    ...flag(args.partial, '--partial'),
    // without -vv rsync does not tell of a hard link it made
    ...(args.link_dest === undefined ? [] : ['-H', '-vv', ...args.link_dest.map((one) => `--link-dest=${one}`)]),
    `--out-format=${MARK}%i %n%L`,
    making.source,
    making.dest,
  ];
}

const flag = (on: boolean | undefined, ...words: string[]): string[] => (on ? words : []);

const KEEPS = ['recursive', 'links', 'perms', 'times', 'owner', 'group'] as const;

/** What `archive` brings along is named when it is not wanted, and without it when it is. */
const kept = (args: Args): string[] =>
  KEEPS.flatMap((one) => (args[one] === undefined || args[one] === args.archive ? [] : [args.archive ? `--no-${one}` : `--${one}`]));

/** The command line as Ansible returns it: values behind a `=` quoted by themselves. */
export const commandText = (words: readonly string[]): string =>
  words
    .map((word) => {
      const [, name, value] = /^(--(?:rsh|rsync-path|out-format)=)([\s\S]*)$/.exec(word) ?? [];
      return name === undefined ? quote(word) : name + quote(value as string);
    })
    .join(' ');

/** How rsync names a path on another machine; a path that names one already gets the user alone. */
export function farPath(host: string, path: string, user: string | undefined): string {
  if (path.startsWith('rsync://')) return path;
  const prefix = user === undefined ? '' : `${user}@`;
  if (namesHost(path)) return path.includes('@') ? path : prefix + path;
  return host.includes(':') ? `[${prefix}${host}]:${path}` : `${prefix}${host}:${path}`;
}

/** `host:path`; a colon behind a slash belongs to the path. */
export const namesHost = (path: string): boolean => /^[^/]*:/.test(path);

/** ssh as Ansible calls it for rsync. */
export function sshCommand(args: Args, { port, key, sshArgs }: { port: number | undefined; key: string | undefined; sshArgs: string }): string {
  const words = [
    'ssh',
    ...flag(!args.ssh_connection_multiplexing, '-S', 'none'),
    ...(key === undefined ? [] : ['-i', key]),
    ...(port === undefined ? [] : ['-o', `Port=${port}`]),
    ...flag(!args.verify_host, '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'),
  ];
  return words.map(quote).join(' ') + (args.use_ssh_args && sshArgs !== '' ? ` ${sshArgs}` : '');
}

/** What rsync printed, as the module returns it. */
export function outcomeOf(stdout: string, links: boolean): { readonly changed: boolean; readonly msg: string; readonly lines: string[] } {
  const msg = stdout.replaceAll(MARK, '');
  // with --link-dest a point says that nothing was to do
  const changed = links ? new RegExp(`${MARK}(?!\\.)`).test(stdout) : stdout.includes(MARK);
  return { changed, msg, lines: msg.split('\n').filter((one) => one !== '') };
}
