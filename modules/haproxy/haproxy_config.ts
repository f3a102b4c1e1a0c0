import { createHash } from 'node:crypto';
import { type ArgsOf, type Controller, type Diff, defineModule, lines, type Observed, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { section, sectionOf, sections } from '../sections.ts';
import { reload, staleness } from './loaded.ts';

const options = {
  content: { type: 'str', description: 'The whole configuration.' },
  src: { type: 'path', description: 'Template of the control node that gives it.' },
  dest: { type: 'path', default: '/etc/haproxy/haproxy.cfg', description: 'The live file.' },
  owner: { type: 'str', default: 'root', description: 'Owner.' },
  group: { type: 'str', default: 'root', description: 'Group.' },
  mode: {
    type: 'str',
    default: '0644',
    pattern: '^0?[0-7]{3}$',
    patternHint: 'a quoted octal mode, such as "0640"',
    description: 'Mode; 0640 and the group haproxy where passwords stand in it.',
  },
  backup: { type: 'bool', default: true, description: 'Keeps the file that was live beside it, with the time in its name.' },
  show_diff: { type: 'bool', default: true, description: 'Whether the difference is shown; false where passwords stand in it.' },
  reload: {
    type: 'str',
    description:
      'Systemd unit that is reloaded when it runs with an older file, such as `haproxy`. A reload that a cut-off run still owed is done by the next. Nothing is reloaded when absent.',
  },
  executable: { type: 'str', default: 'haproxy', description: 'The haproxy that checks it.' },
} as const;

type Args = ArgsOf<typeof options>;

async function prepare(args: Args, controller: Controller): Promise<string> {
  const text = args.content ?? (await controller.template(controller.find('templates', args.src as string)));
  return text.endsWith('\n') ? text : `${text}\n`;
}

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The check of the live file tells its warnings, and is asked only when it is the wanted one. */
const probe = (args: Args, wanted: string): Script => sh`d=${args.dest}
command -v ${args.executable} >/dev/null 2>&1 || { echo missing; exit 0; }
getent group ${args.group} >/dev/null 2>&1 || echo nogroup
if [ -e "$d" ]; then
  s=$(sha256sum <"$d"); s=\${s%% *}
  printf 'file=%s %s\n' "$s" "$(stat -L -c '%a %U %G' "$d")"
  ${args.reload === undefined ? raw('') : staleness(args.reload, args.dest)}
  if [ "$s" = ${sha(wanted)} ]; then ${section('check', sh`${args.executable} -c -f "$d" 2>&1`)}
  ${args.show_diff ? sh`else ${section('text', raw('cat "$d"'))}` : raw('')}
  fi
fi`;

/** Written beside the live file, checked there (so that relative paths mean the same), and only then put in its place. */
function apply(args: Args, exists: boolean, sameText: boolean): Script {
  return lines(
    sameText ? sh`chown ${args.owner}:${args.group} -- ${args.dest} && chmod ${args.mode} -- ${args.dest} || exit $?` : replace(args, exists),
    args.reload !== undefined && reload(args.reload, args.dest),
  );
}

function replace(args: Args, exists: boolean): Script {
  const owner = `${args.owner}:${args.group}`;
  const keep = exists && args.backup ? raw('cp -p -- "$d" "$d.$(date +%Y-%m-%d@%H:%M:%S)~" || exit $?') : raw('');
  return sh`umask 077
d=${args.dest}
t=$d.qplay-new
trap 'rm -f -- "$t"' EXIT
cat -- "$up_config" >"$t" || exit $?
chown ${owner} -- "$t" && chmod ${args.mode} -- "$t" || exit $?
${args.executable} -c -f "$t" >&2 || { echo "haproxy refuses the new configuration; the live one is as it was" >&2; exit 1; }
${keep}
if command -v restorecon >/dev/null 2>&1; then chcon --reference="$d" -- "$t" 2>/dev/null || :; fi
mv -f -- "$t" "$d" || exit $?`;
}

/** Lines of `haproxy -c` that warn, without the process number in front. */
export const warnings = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.includes('[WARNING]'))
    .map((line) => line.replace(/^.*\[WARNING\]\s*(?:\(\d+\)\s*|[\d/]+ \(\d+\)\s*)?:\s*/, '').trim());

interface Live {
  readonly sha: string;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
}

function liveOf(stdout: string): Live | undefined {
  const found = /^file=(\w+) (\d+) (\S+) (\S+)$/m.exec(stdout);
  return found === null
    ? undefined
    : { sha: found[1] as string, mode: (found[2] as string).padStart(4, '0'), owner: found[3] as string, group: found[4] as string };
}

function diffOf(args: Args, seen: Observed, live: Live | undefined, wanted: string): Diff[] {
  const attributes = (of: { mode: string; owner: string; group: string }) => ({ mode: of.mode.padStart(4, '0'), owner: of.owner, group: of.group });
  const made: Diff[] = [];
  if (live?.sha !== sha(wanted)) {
    const before = live === undefined ? '' : sectionOf(sections(seen.stdout), 'text').text;
    made.push(
      args.show_diff
        ? { before, after: wanted, label: args.dest }
        : { before: { content: live === undefined ? 'absent' : 'another' }, after: { content: 'the wanted (not shown)' }, label: args.dest },
    );
  }
  if (live !== undefined && JSON.stringify(attributes(live)) !== JSON.stringify(attributes(args)))
    made.push({ before: attributes(live), after: attributes(args), label: args.dest });
  if (/^stale$/m.test(seen.stdout)) made.push({ before: { loaded: 'an older file' }, after: { loaded: 'this file' }, label: args.reload ?? '' });
  return made;
}

function plan(args: Args, seen: Observed, wanted: string): Plan {
  if (seen.stdout.startsWith('missing'))
    return { is: 'premature', why: 'haproxy is not installed on this host', hint: 'Install it first, with the package module: name: haproxy' };
  if (/^nogroup$/m.test(seen.stdout)) return { is: 'premature', why: `there is no group ${args.group} on this host` };
  const live = liveOf(seen.stdout);
  const diff = diffOf(args, seen, live, wanted);
  const check = sectionOf(sections(seen.stdout), 'check');
  const result = { dest: args.dest, checksum: sha(wanted), warnings: warnings(check.text) };
  if (diff.length > 0) return { is: 'wrong', diff, apply: apply(args, live !== undefined, live?.sha === sha(wanted)), uploads: { config: wanted }, result };
  if (check.code !== 0) return { is: 'impossible', why: `haproxy refuses ${args.dest}: ${check.text.trim().split('\n')[0] ?? ''}`, result };
  return { is: 'right', result };
}

export default defineModule<typeof options, string>({
  name: 'haproxy_config',
  fqcn: ['qplay.haproxy.haproxy_config'],
  summary: "Keeps HAProxy's configuration, checked by haproxy itself before it goes live.",
  notes: [
    'HAProxy goes on with the old configuration until it is reloaded: give `reload`, or notify a handler that does.',
    'Warnings of haproxy come back in `warnings`.',
  ],
  source: 'https://docs.haproxy.org/2.6/management.html#3',
  options,
  rules: { requiredOneOf: [['content', 'src']], mutuallyExclusive: [['content', 'src']] },
  returns: { dest: 'The live file.', checksum: 'SHA-256 of the wanted configuration.', warnings: 'What haproxy warns of, one a member.' },
  examples: [
    {
      title: 'One TCP frontend',
      args: {
        content:
          'global\n  log 127.0.0.1 local2\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1m\n  timeout server 1m\nfrontend fe\n  bind *:8443\n  default_backend be\nbackend be\n  server one 127.0.0.1:9443 check\n',
        mode: '0640',
        group: 'haproxy',
      },
      needs: ['haproxy'],
    },
  ],
  prepare,
  probe,
  plan,
});
