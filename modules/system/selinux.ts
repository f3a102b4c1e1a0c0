import { type ArgsOf, defineModule, lines, type Plan, sh } from '../../engine/module/contract.ts';
import { expanded, fields, impossible, sections, textLines } from './lib.ts';
import { readFile, replaceFile } from './textfile.ts';

const options = {
  state: {
    type: 'str',
    required: true,
    choices: ['disabled', 'enforcing', 'permissive'],
    description: 'The mode. Switching off, or on from off, needs a reboot.',
  },
  policy: { type: 'str', description: 'The policy, such as `targeted`; needed unless `state: disabled`.' },
  configfile: { type: 'str', default: '/etc/selinux/config', aliases: ['conf', 'file'], description: 'The configuration file.' },
  update_kernel_param: { type: 'bool', default: false, description: 'Set `selinux=0` or `1` on the kernel’s command line with grubby.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'selinux',
  fqcn: ['ansible.posix.selinux'],
  summary: 'Sets the mode and the policy of SELinux.',
  notes: ['On a host without SELinux it says so and is skipped.'],
  source: 'ansible.posix.selinux; selinux(8)',
  options,
  rules: {
    requiredIf: [
      ['state', 'enforcing', ['policy']],
      ['state', 'permissive', ['policy']],
    ],
  },
  returns: {
    state: 'The mode.',
    policy: 'The policy.',
    configfile: 'The file.',
    reboot_required: 'Whether the host must be booted before it is in force.',
    msg: 'What was done, in words.',
  },
  examples: [{ title: 'Enforce the targeted policy', args: { policy: 'targeted', state: 'enforcing' }, given: 'setenforce 0', needs: ['selinux'] }],
  probe: ({ configfile, update_kernel_param }) => sh`[ -r /sys/fs/selinux/enforce ] && read -r mode </sys/fs/selinux/enforce && echo "live=$mode"
${update_kernel_param && sh`command -v grubby >/dev/null 2>&1 && grubby --info=ALL 2>/dev/null | grep -c 'selinux=0' | sed 's/^/off=/'`}
${readFile('config', expanded(configfile))}`,
  plan: (args, seen): Plan => planSelinux(args, fields(seen.stdout.split('\x1e')[0] ?? ''), sections(seen.stdout)),
});

function planSelinux(args: Args, head: ReadonlyMap<string, string>, parts: ReadonlyMap<string, string>): Plan {
  const live = head.get('live') === undefined ? 'disabled' : head.get('live') === '1' ? 'enforcing' : 'permissive';
  const before = parts.get('config');
  const reboot = (args.state === 'disabled') !== (live === 'disabled');
  const result = { state: args.state, policy: args.policy ?? null, configfile: args.configfile, reboot_required: reboot, msg: '' };
  if (before === undefined && live === 'disabled')
    return args.state === 'disabled' ? { is: 'right', result } : { is: 'skipped', why: 'This host has no SELinux.', result };
  if (before === undefined) return impossible(`Unable to find file ${args.configfile}`);
  const after = edited(before, { SELINUX: args.state, ...(args.policy === undefined ? {} : { SELINUXTYPE: args.policy }) });
  // without a reboot a running SELinux can only be made to permit
  const target = args.state === 'disabled' ? 'permissive' : args.state;
  const switches = live !== 'disabled' && live !== target;
  const kernelOff = Number(head.get('off') ?? 0) > 0;
  const kernel = args.update_kernel_param && head.has('off') && kernelOff !== (args.state === 'disabled');
  if (after === before && !switches && !kernel) return { is: 'right', result };
  const diff = [
    ...(after === before ? [] : [{ label: args.configfile, before, after }]),
    ...(switches ? [{ label: 'SELinux', before: { mode: live }, after: { mode: target } }] : []),
    ...(kernel ? [{ label: 'kernel', before: { selinux: kernelOff ? '0' : '1' }, after: { selinux: kernelOff ? '1' : '0' } }] : []),
  ];
  const apply = lines(
    after !== before && replaceFile('config', expanded(args.configfile), '644'),
    switches && sh`setenforce ${target === 'enforcing' ? '1' : '0'} || exit`,
    kernel &&
      (args.state === 'disabled' ? sh`grubby --update-kernel ALL --args selinux=0 || exit` : sh`grubby --update-kernel ALL --remove-args selinux=0 || exit`),
  );
  return { is: 'wrong', diff, ...(after === before ? {} : { uploads: { config: after } }), apply, result };
}

/** Sets keys of a file of `KEY=value` lines where they stand, or at the end. */
function edited(text: string, wanted: Readonly<Record<string, string>>): string {
  const left = new Map(Object.entries(wanted));
  const out = textLines(text).map((line) => {
    const key = /^\s*(\w+)\s*=/.exec(line)?.[1];
    const value = key === undefined ? undefined : left.get(key);
    if (key === undefined || value === undefined) return line;
    left.delete(key);
    return `${key}=${value}`;
  });
  return [...out, ...[...left].map(([key, value]) => `${key}=${value}`)].map((line) => `${line}\n`).join('');
}
