import { inputError } from '../../engine/error.ts';
import { type ArgsOf, defineRead, type Observed, type Script, sh } from '../../engine/module/contract.ts';
import { INFO_FORMAT, type Info, infoOf } from './info.ts';
import { wantedMode } from './mode.ts';
import { baseName, pathWord } from './path.ts';
import { pyRegex } from './pyregex.ts';
import { recordsOf } from './records.ts';

/** Text of larger files is not searched by `contains`; they are told as skipped. */
const CONTAINS_BYTES = 8 << 20;

const options = {
  paths: { type: 'list', elements: 'path', required: true, aliases: ['name', 'path'], description: 'Folders to search.' },
  patterns: {
    type: 'list',
    elements: 'str',
    default: [],
    aliases: ['pattern'],
    description: 'Names to find: shell patterns, or regular expressions with `use_regex`.',
  },
  excludes: { type: 'list', elements: 'str', aliases: ['exclude'], description: 'Names to leave out, written like `patterns`.' },
  file_type: { type: 'str', default: 'file', choices: ['any', 'directory', 'file', 'link'], description: 'Type of what is found.' },
  recurse: { type: 'bool', default: false, description: 'Search folders within folders.' },
  depth: { type: 'int', description: 'How many levels down, with `recurse`.' },
  hidden: { type: 'bool', default: false, description: 'Find names that begin with a dot too.' },
  follow: { type: 'bool', default: false, description: 'Go through links to folders.' },
  contains: { type: 'str', description: 'Regular expression that a line of the file begins with.' },
  read_whole_file: { type: 'bool', default: false, description: 'Search `contains` anywhere in the file, over lines too.' },
  age: { type: 'str', description: 'At least this old; at most, when negative. Seconds, or a number with `s`, `m`, `h`, `d` or `w`.' },
  age_stamp: { type: 'str', default: 'mtime', choices: ['atime', 'ctime', 'mtime'], description: 'Time that `age` is about.' },
  size: { type: 'str', description: 'At least this large; at most, when negative. Bytes, or a number with `b`, `k`, `m`, `g` or `t`.' },
  mode: { type: 'raw', description: 'Permissions it must have.' },
  exact_mode: { type: 'bool', default: true, description: 'Exactly these permissions. If not, one of the bits is enough.' },
  use_regex: { type: 'bool', default: false, description: 'Patterns are regular expressions (Python’s).' },
  get_checksum: { type: 'bool', default: false, description: 'Return the SHA-1 of each file.' },
  encoding: { type: 'str', description: 'Taken for compatibility; text is read as UTF-8.' },
  limit: { type: 'int', description: 'Stop after so many.' },
} as const;

type Args = ArgsOf<typeof options>;

interface Candidate {
  readonly path: string;
  readonly info: Info;
}

export default defineRead({
  name: 'find',
  fqcn: ['ansible.builtin.find'],
  summary: 'Finds files by name, age, size, mode or content.',
  options,
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/find_module.html',
  returns: {
    files: 'What was found: path, mode, size, mtime and more of each.',
    matched: 'How many were found.',
    examined: 'How many were looked at.',
    skipped_paths: 'Folders that could not be searched, with the reason.',
    msg: 'How far the search went, in words.',
  },
  examples: [
    { title: 'Old logs', args: { paths: '/var/log', patterns: ['*.log', '*.gz'], age: '4w', recurse: true } },
    { title: 'Large files beneath two folders', args: { paths: ['/usr/lib', '/usr/share'], size: '1m', recurse: true, get_checksum: true } },
  ],

  probe: (args): Script => {
    const depth = args.recurse ? args.depth : 1;
    const levels = sh`-mindepth 1 ${depth !== undefined && sh`-maxdepth ${depth}`}`;
    const named = names(args);
    const where = args.follow ? '-L' : '-P';
    const searches = args.paths.map(
      (path) => sh`p=${pathWord(path.replace(/(?<=.)\/+$/, ''))}
printf 'path=%s\\0' "$p"
if [ ! -d "$p" ]; then printf 'skipped=%s\\0' "'$p' is not a directory"
elif [ ! -r "$p" ]; then printf 'skipped=%s\\0' "[Errno 13] Permission denied: '$p'"
else
  printf 'examined=%s\\0' "$(find ${where} "$p" ${levels} -exec printf '%.0s.' {} + 2>/dev/null | wc -c)"
  printf 'found=%s\\n\\0' "$(find ${where} "$p" ${levels} ${named} -exec stat -c ${`${INFO_FORMAT}|%n`} -- {} + 2>/dev/null)"
  ${args.get_checksum && sh`printf 'sums=%s\\n\\0' "$(find ${where} "$p" ${levels} ${named} -type f -exec sha1sum -- {} + 2>/dev/null)"`}
  ${args.contains !== undefined && sh`find ${where} "$p" ${levels} ${named} -type f -size -${CONTAINS_BYTES}c -exec sh -c ${TEXTS} sh {} + 2>/dev/null`}
fi`,
    );
    return searches.reduce((all, one) => sh`${all}\n${one}`, sh`printf 'now=%s\\0' "$(date +%s)"`);
  },
  result: (args, output: Observed) => ({ result: search(args, output) }),
});

/** Prints the text of each file, without the NULs that would end the record. */
const TEXTS = `for f do printf 'of=%s\\0text=' "$f"; tr -d '\\000' <"$f"; printf '\\0'; done`;

/** Shell patterns are given to find, so that a long list of other names never travels. */
function names(args: Args): Script {
  if (args.use_regex || args.patterns.length === 0) return sh``;
  const tests = args.patterns.map((pattern, index) => sh`${index > 0 && '-o'} -name ${pattern.replace(/\[!/g, '[!')}`);
  return sh`${'('} ${tests.reduce((all, one) => sh`${all} ${one}`)} ${')'}`;
}

function search(args: Args, output: Observed): Readonly<Record<string, unknown>> {
  const seen = recordsOf(output);
  const now = Number(seen.get('now'));
  const texts = new Map<string, string>();
  const sums = new Map<string, string>();
  const skipped: Record<string, string> = {};
  const candidates: Candidate[] = [];
  let [examined, path, of] = [0, '', ''];
  for (const { key, value } of seen.fields) {
    if (key === 'path') path = value;
    else if (key === 'skipped') skipped[path] = value;
    else if (key === 'examined') examined += Number(value);
    else if (key === 'found') candidates.push(...walked(candidatesIn(value), path));
    else if (key === 'sums') for (const [name, sum] of sumsIn(value)) sums.set(name, sum);
    else if (key === 'of') of = value;
    else if (key === 'text') texts.set(of, value);
  }
  const wanted = filter(args, now, texts, skipped);
  const files = candidates.filter(wanted).map((one) => describe(one, sums));
  const limited = args.limit !== undefined && files.length >= args.limit;
  const msg = limited
    ? 'Limit of matches reached'
    : Object.keys(skipped).length > 0
      ? 'Not all paths examined, check warnings for details'
      : 'All paths examined';
  const kept = limited ? files.slice(0, args.limit) : files;
  return { files: kept, matched: kept.length, examined, msg, skipped_paths: skipped };
}

/** In the order of Python's `os.walk`, which Ansible goes by: what is in a folder before what is in those within it, folders last. */
function walked(found: readonly Candidate[], root: string): Candidate[] {
  const here: Candidate[] = [];
  const within = new Map<string, Candidate[]>();
  const from = root === '/' ? 1 : root.length + 1;
  for (const one of found) {
    const slash = one.path.indexOf('/', from);
    if (slash < 0) here.push(one);
    else {
      const folder = one.path.slice(0, slash);
      const group = within.get(folder);
      if (group) group.push(one);
      else within.set(folder, [one]);
    }
  }
  const isFolder = ({ info }: Candidate): boolean => info.values.isdir === true;
  return [...here.filter((one) => !isFolder(one)), ...here.filter(isFolder), ...[...within].flatMap(([folder, group]) => walked(group, folder))];
}

const describe = ({ path, info }: Candidate, sums: ReadonlyMap<string, string>): Readonly<Record<string, unknown>> => ({
  path,
  ...info.values,
  pw_name: info.owner,
  gr_name: info.group,
  ...(sums.has(path) && { checksum: sums.get(path) }),
});

const LINE = /^([0-9a-f]+(?: [0-9a-f-]+){12}\|[^|]*\|[^|]*\|[^|]*\|[^|]*\|[^|]*)\|(.*)$/;

function candidatesIn(text: string): Candidate[] {
  const found: { path: string; info: Info }[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const [, info, path] = LINE.exec(line) ?? [];
    const last = found.at(-1);
    if (info !== undefined) found.push({ path: path as string, info: infoOf(info) });
    // a name with a newline goes on in the next line
    else if (last !== undefined && line !== '') last.path += '\n' + line;
  }
  return found;
}

/** sha1sum puts a backslash before a line whose name it had to escape. */
function sumsIn(text: string): [string, string][] {
  return [...text.matchAll(/^(\\?)([0-9a-f]{40}) [ *](.*)$/gm)].map(([, escaped, sum, name]) => [
    escaped ? (name as string).replace(/\\(.)/g, (_all, letter: string) => (letter === 'n' ? '\n' : letter)) : (name as string),
    sum as string,
  ]);
}

const TYPES: Record<string, string> = { directory: 'isdir', file: 'isreg', link: 'islnk' };
const AGES: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
const SIZES: Record<string, number> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

function amount(text: string | undefined, units: Readonly<Record<string, number>>, option: string): number | undefined {
  if (text === undefined) return undefined;
  const found = /^(-?\d+)([a-z])?$/.exec(text.toLowerCase());
  const unit = found?.[2] === undefined ? 1 : units[found[2]];
  if (found === null || unit === undefined)
    throw inputError(option, `${option}: "${text}" is not understood`, { hint: `A number with one of ${Object.keys(units).join(', ')}` });
  return Number(found[1]) * unit;
}

const atLeast = (value: number, limit: number | undefined): boolean => limit === undefined || (limit >= 0 ? value >= limit : value <= -limit);

/** All that must hold of one candidate. */
function filter(args: Args, now: number, texts: ReadonlyMap<string, string>, skipped: Record<string, string>): (one: Candidate) => boolean {
  const age = amount(args.age, AGES, 'age');
  const size = amount(args.size, SIZES, 'size');
  const byName = nameFilter(args);
  const content = contentFilter(args, texts, skipped);
  const mode = args.mode === undefined ? undefined : wantedMode(args.mode as string, { mode: 0, directory: false, umask: 0 });
  if (args.mode !== undefined && mode === undefined) throw inputError('mode', `mode: ${String(args.mode)} is no file mode`);
  return ({ path, info }) => {
    const { values } = info;
    if (args.file_type !== 'any' && !values[TYPES[args.file_type] as string]) return false;
    if (!byName(baseName(path)) || !atLeast(now - (values[args.age_stamp] as number), age)) return false;
    if (values.isreg && !atLeast(values.size as number, size)) return false;
    if (mode !== undefined && !(args.exact_mode ? (info.mode & 0o7777) === mode : (info.mode & mode) !== 0)) return false;
    return args.file_type !== 'file' || content(path, values.size as number);
  };
}

function nameFilter(args: Args): (name: string) => boolean {
  const tests = (patterns: readonly string[]): ((name: string) => boolean)[] =>
    patterns.map((pattern) => {
      const regex = args.use_regex ? pyRegex(`(?:${pattern})`, 'patterns') : globRegex(pattern);
      return (name) => {
        regex.lastIndex = 0;
        return args.use_regex ? regex.exec(name)?.index === 0 : regex.test(name);
      };
    });
  const wanted = tests(args.patterns);
  const unwanted = tests(args.excludes ?? []);
  return (name) => (args.hidden || !name.startsWith('.')) && (wanted.length === 0 || wanted.some((test) => test(name))) && !unwanted.some((test) => test(name));
}

/** A shell pattern over a whole name, as Python's fnmatch. */
function globRegex(pattern: string): RegExp {
  const body = pattern.replace(/\*|\?|\[!?\]?[^\]]*\]|[\s\S]/g, (token) => {
    if (token === '*') return '[^]*';
    if (token === '?') return '[^]';
    if (token.startsWith('[') && token.length > 1)
      return `[${token
        .slice(1, -1)
        .replace(/^!/, '^')
        .replace(/[\\\]]/g, '\\$&')}]`;
    return token.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
  });
  return new RegExp(`^${body}$`);
}

function contentFilter(args: Args, texts: ReadonlyMap<string, string>, skipped: Record<string, string>): (path: string, size: number) => boolean {
  if (args.contains === undefined) return () => true;
  const regex = pyRegex(`(?:${args.contains})`, 'contains');
  return (path, size) => {
    const text = texts.get(path);
    if (text === undefined && size >= CONTAINS_BYTES) skipped[path] = `larger than ${CONTAINS_BYTES} bytes: contains was not searched`;
    if (text === undefined) return false;
    regex.lastIndex = 0;
    if (args.read_whole_file) return regex.test(text);
    return text.split(/(?<=\n)/).some((line) => {
      regex.lastIndex = 0;
      return regex.exec(line)?.index === 0;
    });
  };
}
