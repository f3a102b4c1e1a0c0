import { type ArgsOf, defineModule, lines, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { expanded, impossible, premature, sections, textLines } from './lib.ts';
import { readFile, replaceFile } from './textfile.ts';

const options = {
  name: { type: 'str', required: true, aliases: ['key'], description: 'The setting, with dots or slashes: `vm.swappiness`, `net/ipv4/ip_forward`.' },
  value: { type: 'str', aliases: ['val'], description: 'Its value; needed unless `state: absent`.' },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: 'Whether the file has it.' },
  sysctl_file: { type: 'path', default: '/etc/sysctl.conf', description: 'File that is read at boot, such as `/etc/sysctl.d/60-registry.conf`.' },
  sysctl_set: { type: 'bool', default: false, description: 'See to the value that is in force now, too, whatever the file says.' },
  reload: { type: 'bool', default: true, description: 'When the file was changed, put all of it in force.' },
  ignoreerrors: { type: 'bool', default: false, description: 'Pass over settings that this kernel does not have.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'sysctl',
  fqcn: ['ansible.posix.sysctl'],
  summary: 'Sets kernel parameters, for now and for each boot.',
  notes: ['The program sysctl is not needed: where it is missing, /proc/sys is written.'],
  source: 'ansible.posix.sysctl; sysctl(8)',
  options,
  rules: { requiredIf: [['state', 'present', ['value']]] },
  returns: {},
  examples: [
    {
      title: 'A setting in a file of its own',
      args: { name: 'net.ipv4.ip_forward', value: '1', sysctl_file: '/etc/sysctl.d/60-qp.conf' },
      given: 'rm -f /etc/sysctl.d/60-qp.conf',
    },
    {
      title: 'In the file and in force',
      args: { name: 'net.ipv4.tcp_fin_timeout', value: '31', sysctl_set: true, sysctl_file: '/etc/sysctl.d/61-qp.conf' },
      given: 'rm -f /etc/sysctl.d/61-qp.conf; echo 60 > /proc/sys/net/ipv4/tcp_fin_timeout',
    },
    {
      title: 'Not in the file any more',
      args: { name: 'vm.swappiness', state: 'absent', sysctl_file: '/etc/sysctl.d/62-qp.conf' },
      given: "printf 'vm.swappiness = 10\\n' > /etc/sysctl.d/62-qp.conf",
    },
  ],
  probe: (args) => lines(readFile('file', expanded(args.sysctl_file)), readFile('live', sh`${livePath(args.name)}`)),
  plan: (args, seen): Plan => planSysctl(args, sections(seen.stdout)),
});

/** `net.ipv4.conf.eth0/100.forwarding`: dots and slashes change places when the first of them is a dot. */
function livePath(name: string): string {
  const dots = /[./]/.exec(name)?.[0] === '.';
  const swapped = dots ? name.replace(/[./]/g, (char) => (char === '.' ? '/' : '.')) : name;
  return `/proc/sys/${swapped.replace(/\.\.+/g, '')}`;
}

/** The value as it stands in a file: booleans as the numbers that the kernel knows. */
function wantedValue(value: string): string {
  const low = value.trim().toLowerCase();
  if (['yes', 'true', 'on', 't', 'y'].includes(low)) return '1';
  return ['no', 'false', 'off', 'f', 'n'].includes(low) ? '0' : value.trim();
}

const squeezed = (value: string): string => value.trim().split(/\s+/).join(' ');

interface Setting {
  readonly name: string;
  readonly value: string;
}

/** `name = value`, `-name=value`; `undefined` for comments and the like. */
function settingOf(line: string): Setting | undefined {
  const found = /^\s*-?([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
  return found === null ? undefined : { name: found[1] as string, value: found[2] as string };
}

const sameName = (a: string, b: string): boolean => livePath(a) === livePath(b);

function planSysctl(args: Args, parts: ReadonlyMap<string, string>): Plan {
  if (parts.has('file closed')) return impossible(`${args.sysctl_file} may not be read`, 'Use `become: true`');
  const before = parts.get('file');
  const value = args.state === 'present' ? wantedValue(args.value as string) : undefined;
  const after = edited(before ?? '', args.name, value);
  const live = parts.get('live');
  const wrongFile = after !== (before ?? '');
  const wrongLive = value !== undefined && args.sysctl_set && squeezed(live ?? '') !== squeezed(value);
  if (wrongLive && live === undefined && !args.ignoreerrors)
    return premature(
      `This kernel has no setting ${args.name} (${livePath(args.name)} does not exist)`,
      'Load the module that brings it before, or set `ignoreerrors: true`',
    );
  const setLive = wrongLive && live !== undefined;
  if (!wrongFile && !setLive) return { is: 'right' };
  const diff = [
    ...(wrongFile ? [{ label: args.sysctl_file, before: before ?? '', after }] : []),
    ...(setLive ? [{ label: livePath(args.name), before: { value: squeezed(live) }, after: { value: squeezed(value) } }] : []),
  ];
  return { is: 'wrong', diff, ...(wrongFile ? { uploads: { file: after } } : {}), apply: applySysctl(args, value, wrongFile, setLive) };
}

/** The file with this setting once, where it stood, or without it. */
function edited(text: string, name: string, value: string | undefined): string {
  const out: string[] = [];
  let there = false;
  for (const line of textLines(text)) {
    const setting = settingOf(line);
    if (setting === undefined || !sameName(setting.name, name)) out.push(line);
    else if (value !== undefined && !there) {
      there = true;
      out.push(squeezed(setting.value) === squeezed(value) ? line : `${name}=${value}`);
    }
  }
  if (value !== undefined && !there) out.push(`${name}=${value}`);
  return out.map((line) => `${line}\n`).join('');
}

function applySysctl(args: Args, value: string | undefined, file: boolean, live: boolean): Script {
  const path = expanded(args.sysctl_file);
  const quiet = args.ignoreerrors && ' -e';
  const direct =
    value !== undefined &&
    sh`if [ -e ${livePath(args.name)} ] || ! ${args.ignoreerrors ? 'true' : 'false'}; then printf '%s\\n' ${value} >${livePath(args.name)} || exit; fi`;
  return lines(
    file && replaceFile('file', path, '644'),
    live && direct,
    file &&
      args.reload &&
      sh`if command -v sysctl >/dev/null 2>&1; then sysctl${quiet === false ? undefined : sh` -e`} -p ${path} || exit; else ${direct === false ? sh`:` : direct}
fi`,
  );
}
