import { type ArgsOf, defineModule, lines, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { editCrontab, jobNames, variableNames } from './crontab.ts';
import { expanded, impossible, premature, section, sections } from './lib.ts';
import { readFile, replaceFile } from './textfile.ts';

const options = {
  name: { type: 'str', required: true, description: 'By which the job is known; written as a comment before it. With `env`, name of the variable.' },
  job: { type: 'str', aliases: ['value'], description: 'The command, or the value of the variable.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether it shall be there.' },
  user: { type: 'str', description: 'Whose crontab; the become user’s when absent. With `cron_file`, who runs the job.' },
  cron_file: { type: 'path', description: 'File in /etc/cron.d, or an absolute path, in place of a user’s crontab.' },
  minute: { type: 'str', default: '*', description: 'Minute: `0`-`59`, `*`, `*/5` ...' },
  hour: { type: 'str', default: '*', description: 'Hour: `0`-`23`.' },
  day: { type: 'str', default: '*', aliases: ['dom'], description: 'Day of the month: `1`-`31`.' },
  month: { type: 'str', default: '*', description: 'Month: `1`-`12`.' },
  weekday: { type: 'str', default: '*', aliases: ['dow'], description: 'Day of the week: `0`-`6`, Sunday is `0`.' },
  special_time: {
    type: 'str',
    choices: ['annually', 'daily', 'hourly', 'monthly', 'reboot', 'weekly', 'yearly'],
    description: 'A time by its name, in place of the five fields.',
  },
  disabled: { type: 'bool', default: false, description: 'Comment the job out.' },
  env: { type: 'bool', default: false, description: 'A variable rather than a job.' },
  insertafter: { type: 'str', description: 'Variable after which a new one goes.' },
  insertbefore: { type: 'str', description: 'Variable before which a new one goes.' },
  backup: { type: 'bool', default: false, description: 'Keep the old text as a file in /tmp that only its owner may read.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'cron',
  fqcn: ['ansible.builtin.cron'],
  summary: 'Has commands run at certain times.',
  source: 'ansible.builtin.cron; crontab(5)',
  options,
  rules: { mutuallyExclusive: [['insertafter', 'insertbefore']], requiredBy: { cron_file: ['user'], insertafter: ['env'], insertbefore: ['env'] } },
  returns: { jobs: 'Names of all jobs there.', envs: 'Names of all variables there.', cron_file: 'As asked.', state: '`present` or `absent`.' },
  examples: [
    {
      title: 'Clean up at night',
      args: { name: 'clean up', minute: '30', hour: '3', job: 'find /var/tmp -mtime +30 -delete', cron_file: 'qp-clean', user: 'root' },
      given: 'mkdir -p /etc/cron.d; rm -f /etc/cron.d/qp-clean',
    },
    {
      title: 'A variable for the jobs',
      args: { name: 'MAILTO', env: true, job: 'admin@example.org', cron_file: 'qp-mail', user: 'root' },
      given: 'mkdir -p /etc/cron.d; rm -f /etc/cron.d/qp-mail',
    },
    {
      title: 'No such job',
      args: { name: 'old', state: 'absent', cron_file: 'qp-old', user: 'root' },
      given: "mkdir -p /etc/cron.d; printf '#Ansible: old\\n@daily root /bin/true\\n' > /etc/cron.d/qp-old",
    },
  ],
  probe: (args) =>
    args.cron_file === undefined
      ? sh`if ! command -v crontab >/dev/null 2>&1; then ${section('none')}
else ${section('tab')}
crontab ${userFlag(args)} -l 2>/dev/null || :
fi`
      : sh`${section('dir')}
[ -d ${fileOf(args).replace(/\/[^/]*$/, '')} ] && echo yes
${readFile('tab', expanded(fileOf(args)))}`,
  plan: (args, seen): Plan => planCron(args, sections(seen.stdout)),
});

const fileOf = (args: Args): string => (args.cron_file?.startsWith('/') ? args.cron_file : `/etc/cron.d/${args.cron_file}`);
const userFlag = (args: Args): readonly string[] => (args.user === undefined ? [] : ['-u', args.user]);

function planCron(args: Args, parts: ReadonlyMap<string, string>): Plan {
  if (parts.has('none')) return premature('This host has no crontab', 'Install the package cron or cronie before');
  if (parts.has('tab closed')) return impossible(`${fileOf(args)} may not be read`, 'Use `become: true`');
  if (args.cron_file !== undefined && (parts.get('dir') ?? '').trim() !== 'yes' && args.state === 'present')
    return premature(`The folder of ${fileOf(args)} does not exist`, 'Install the package cron or cronie before');
  if (args.state === 'present' && args.job === undefined)
    return impossible(args.env ? 'A variable needs a value' : 'A job needs a command', 'Give it in `job`');
  const before = parts.get('tab') ?? '';
  const edited = editCrontab(
    before,
    args.env
      ? { kind: 'env', name: args.name, line: variable(args), after: args.insertafter, before: args.insertbefore }
      : { kind: 'job', name: args.name, line: jobLine(args) },
  );
  if ('why' in edited) return impossible(edited.why);
  const result = {
    jobs: jobNames(edited.text),
    envs: variableNames(edited.text),
    state: args.state,
    ...(args.cron_file === undefined ? {} : { cron_file: args.cron_file }),
  };
  if (edited.text === before) return { is: 'right', result };
  return {
    is: 'wrong',
    diff: [{ label: args.cron_file === undefined ? 'crontab' : fileOf(args), before, after: edited.text }],
    uploads: { tab: edited.text },
    apply: applyCron(args, edited.text),
    result,
  };
}

const variable = (args: Args): string | undefined => (args.state === 'absent' ? undefined : `${args.name}="${args.job}"`);

function jobLine(args: Args): string | undefined {
  if (args.state === 'absent') return undefined;
  const time = args.special_time === undefined ? [args.minute, args.hour, args.day, args.month, args.weekday].join(' ') : `@${args.special_time}`;
  const who = args.cron_file === undefined ? '' : ` ${args.user}`;
  return `${args.disabled ? '#' : ''}${time}${who} ${(args.job as string).replace(/^[\r\n]+|[\r\n]+$/g, '')}`;
}

function applyCron(args: Args, text: string): Script {
  if (args.cron_file === undefined) {
    const keep = args.backup && sh`old=$(mktemp /tmp/crontab.XXXXXX) && crontab ${userFlag(args)} -l >"$old" || :`;
    return lines(keep, sh`crontab ${userFlag(args)} - <"$up_tab" || exit`);
  }
  const path = fileOf(args);
  const keep = args.backup && sh`[ ! -e ${path} ] || { old=$(mktemp /tmp/crontab.XXXXXX) && cat ${path} >"$old"; } || exit`;
  return lines(keep, text.trim() === '' ? sh`rm -f -- ${path} || exit` : replaceFile('tab', expanded(path), '644'));
}
