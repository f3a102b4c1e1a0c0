import { type ArgsOf, defineModule, lines, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { fields, impossible, premature, SBIN, section, sections, textLines } from './lib.ts';

const FTYPES = {
  a: 'all files',
  b: 'block device',
  c: 'character device',
  d: 'directory',
  f: 'regular file',
  l: 'symbolic link',
  p: 'named pipe',
  s: 'socket',
};

const options = {
  target: { type: 'str', required: true, aliases: ['path'], description: 'Paths, as a regular expression such as `/srv/git(/.*)?`.' },
  ftype: { type: 'str', default: 'a', choices: ['a', 'b', 'c', 'd', 'f', 'l', 'p', 's'], description: 'Kind of file; `a` is any.' },
  setype: { type: 'str', description: 'Type of SELinux.' },
  substitute: { type: 'str', aliases: ['equal'], description: 'Path whose labels these paths get.' },
  seuser: { type: 'str', description: 'User of SELinux.' },
  selevel: { type: 'str', aliases: ['serange'], description: 'Level of SELinux.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether the rule is there.' },
  reload: { type: 'bool', default: true, description: 'Load the policy after a change.' },
  ignore_selinux_state: { type: 'bool', default: false, description: 'Go on where SELinux is off.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'sefcontext',
  fqcn: ['community.general.sefcontext'],
  summary: 'Keeps a rule by which files are labelled for SELinux.',
  notes: [
    'It changes the rule only: `restorecon -R` labels the files that are there.',
    'It uses `semanage` on the host, which is in the package policycoreutils-python-utils.',
  ],
  source: 'community.general.sefcontext; semanage-fcontext(8)',
  options,
  rules: {
    mutuallyExclusive: [
      ['setype', 'substitute'],
      ['substitute', 'ftype'],
      ['substitute', 'seuser'],
      ['substitute', 'selevel'],
    ],
  },
  returns: {
    target: 'As asked.',
    ftype: 'As asked.',
    setype: 'As asked.',
    substitute: 'As asked.',
    state: 'As asked.',
    seuser: 'The user.',
    serange: 'The level.',
  },
  examples: [
    {
      title: 'What Apache may change',
      args: { target: '/srv/git(/.*)?', setype: 'httpd_sys_rw_content_t' },
      given: "semanage fcontext -d '/srv/git(/.*)?'; :",
      needs: ['selinux'],
    },
    { title: 'As another folder', args: { target: '/srv/containers', substitute: '/var/lib/containers' }, needs: ['selinux'] },
    {
      title: 'No such rule',
      args: { target: '/srv/old(/.*)?', state: 'absent' },
      given: "semanage fcontext -a -t httpd_sys_rw_content_t '/srv/old(/.*)?'",
      needs: ['selinux'],
    },
  ],
  probe: () => sh`${SBIN}
${section('head')}
[ -e /sys/fs/selinux/enforce ] && echo selinux=on
command -v semanage >/dev/null 2>&1 && echo tools=yes
${section('rules')}
semanage fcontext -l -n 2>/dev/null
exit 0`,
  plan: (args, seen): Plan => planContext(args, sections(seen.stdout)),
});

interface Context {
  readonly user: string;
  readonly role: string;
  readonly type: string;
  readonly level: string;
}

/** `/srv(/.*)?   all files   system_u:object_r:x_t:s0 `, and `/srv/a = /srv/b` for substitutions. */
function readRules(text: string, target: string, kind: string): { context?: Context; same?: string } {
  const found: { context?: Context; same?: string } = {};
  for (const line of textLines(text)) {
    if (!line.startsWith(target)) continue;
    const rest = line.slice(target.length);
    const same = /^ = (.*)$/.exec(rest);
    if (same !== null) found.same = (same[1] as string).trim();
    const rule = /^\s+(\S.*?)\s+([^:\s]+):([^:\s]+):([^:\s]+)(?::(\S+))?\s*$/.exec(rest);
    if (rule !== null && rule[1] === kind)
      found.context = { user: rule[2] as string, role: rule[3] as string, type: rule[4] as string, level: rule[5] ?? 's0' };
  }
  return found;
}

const shown = (context: Context | undefined): string => (context === undefined ? 'none' : `${context.user}:${context.role}:${context.type}:${context.level}`);

function planContext(args: Args, parts: ReadonlyMap<string, string>): Plan {
  const head = fields(parts.get('head') ?? '');
  const { target, ftype, setype, substitute, state } = args;
  const common = { target, ftype, setype: setype ?? null, substitute: substitute ?? null, state };
  if (head.get('selinux') !== 'on' && !args.ignore_selinux_state)
    return impossible('SELinux is disabled on this host.', 'A `when` on ansible_selinux.status lets such hosts pass');
  if (head.get('tools') !== 'yes') return premature('This host has no semanage', 'Install the package policycoreutils-python-utils before');
  if (state === 'present' && setype === undefined && substitute === undefined)
    return impossible('state is present but any of the following are missing: setype, substitute');
  const now = readRules(parts.get('rules') ?? '', target, FTYPES[ftype]);
  const reload = args.reload ? [] : ['-N'];
  if (state === 'absent') return planAbsent(args, now, common, reload);
  const change = (before: string, after: string, script: Script, result: Record<string, unknown>): Plan => ({
    is: 'wrong',
    diff: [{ label: target, before: { rule: before }, after: { rule: after } }],
    apply: lines(SBIN, sh`${script} || exit`),
    result: { ...common, ...result },
  });
  if (substitute !== undefined) {
    const result = { seuser: args.seuser ?? null, serange: args.selevel ?? null };
    if (now.same === substitute) return { is: 'right', result: { ...common, ...result } };
    const action = now.same === undefined ? '-a' : '-m';
    return change(now.same ?? 'none', substitute, sh`semanage fcontext ${action} ${reload} -e ${substitute} ${target}`, result);
  }
  const wanted: Context = {
    user: args.seuser ?? now.context?.user ?? 'system_u',
    role: now.context?.role ?? 'object_r',
    type: setype as string,
    level: args.selevel ?? now.context?.level ?? 's0',
  };
  const result = { seuser: wanted.user, serange: wanted.level };
  if (shown(now.context) === shown(wanted)) return { is: 'right', result: { ...common, ...result } };
  const action = now.context === undefined ? '-a' : '-m';
  const words = ['-t', wanted.type, '-f', ftype, '-r', wanted.level, '-s', wanted.user];
  return change(shown(now.context), shown(wanted), sh`semanage fcontext ${action} ${reload} ${words} ${target}`, result);
}

function planAbsent(args: Args, now: { context?: Context; same?: string }, result: Record<string, unknown>, reload: readonly string[]): Plan {
  const rule = now.context !== undefined && args.substitute === undefined;
  const same = now.same !== undefined && args.setype === undefined && (args.substitute === undefined || args.substitute === now.same);
  if (!rule && !same) return { is: 'right', result };
  return {
    is: 'wrong',
    diff: [{ label: args.target, before: { ...(rule && { rule: shown(now.context) }), ...(same && { same: now.same }) }, after: {} }],
    apply: lines(
      SBIN,
      rule && sh`semanage fcontext -d ${reload} -f ${args.ftype} ${args.target} || exit`,
      same && sh`semanage fcontext -d ${reload} -e ${now.same as string} ${args.target} || exit`,
    ),
    result,
  };
}
