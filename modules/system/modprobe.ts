import { type ArgsOf, defineModule, lines, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { premature, section, sections, textLines } from './lib.ts';

const options = {
  name: { type: 'str', required: true, description: 'The module.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether it shall be loaded.' },
  params: { type: 'str', default: '', description: 'Its parameters.' },
  persistent: {
    type: 'str',
    default: 'disabled',
    choices: ['disabled', 'absent', 'present'],
    description: 'Whether it is loaded at boot; `disabled` leaves that as it is.',
  },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'modprobe',
  fqcn: ['community.general.modprobe'],
  summary: 'Loads and unloads modules of the kernel.',
  source: 'community.general.modprobe; modprobe(8), modules-load.d(5)',
  options,
  returns: { name: 'The module.', params: 'As asked.', state: '`present` or `absent`.' },
  examples: [
    {
      title: 'Load it now and at each boot',
      args: { name: 'br_netfilter', persistent: 'present' },
      untested: 'the kernel belongs to the machine, not to the lab host',
    },
    {
      title: 'Do not load it at boot',
      args: { name: 'loop', persistent: 'absent' },
      given: 'mkdir -p /etc/modules-load.d; echo loop > /etc/modules-load.d/loop.conf',
      untested: 'the kernel belongs to the machine, not to the lab host',
    },
  ],
  probe: ({ name }) => sh`dir=${name.replaceAll('-', '_')}
${section('state')}
if [ -d "/sys/module/$dir" ]; then echo loaded; fi
if [ -d "/sys/module/$dir" ] && ! grep -q "^$dir " /proc/modules; then echo builtin; fi
release=$(uname -r)
if grep -q "/${name}\\.ko" "/lib/modules/$release/modules.builtin" 2>/dev/null; then echo loaded; echo builtin; fi
command -v modprobe >/dev/null 2>&1 && echo tools
${section('load')}
grep -s '' /dev/null /etc/modules-load.d/*.conf /etc/modules
${section('options')}
grep -s '' /dev/null /etc/modprobe.d/*.conf
exit 0`,
  plan: (args, seen): Plan => planModprobe(args, sections(seen.stdout)),
});

/** Files with a line that is the word, outside of comments. */
const filesWith = (text: string, word: string): string[] => {
  const found = textLines(text).flatMap((line) => {
    const at = line.indexOf(':');
    return line.slice(at + 1).trim() === word ? [line.slice(0, at)] : [];
  });
  return [...new Set(found)];
};

function planModprobe(args: Args, parts: ReadonlyMap<string, string>): Plan {
  const marks = textLines(parts.get('state') ?? '');
  const loaded = marks.includes('loaded');
  const result = { name: args.name, params: args.params, state: args.state };
  const steps: { name: string; before: string; after: string; apply: Script }[] = [];
  const load = args.state === 'present';
  if (load !== loaded && !(loaded && marks.includes('builtin'))) {
    if (!marks.includes('tools')) return premature('This host has no modprobe', 'Install the package kmod before');
    const words = args.params.split(/\s+/).filter((word) => word !== '');
    steps.push({
      name: 'module',
      before: loaded ? 'loaded' : 'not loaded',
      after: load ? 'loaded' : 'not loaded',
      apply: load ? sh`modprobe -- ${args.name} ${words} || exit` : sh`modprobe -r -- ${args.name} || exit`,
    });
  }
  steps.push(...bootSteps(args, parts));
  if (steps.length === 0) return { is: 'right', result };
  const of = (key: 'before' | 'after') => Object.fromEntries(steps.map((step) => [step.name, step[key]]));
  return {
    is: 'wrong',
    diff: [{ label: `module ${args.name}`, before: of('before'), after: of('after') }],
    apply: lines(...steps.map((step) => step.apply)),
    result,
  };
}

function bootSteps(args: Args, parts: ReadonlyMap<string, string>) {
  if (args.persistent === 'disabled') return [];
  const files = filesWith(parts.get('load') ?? '', args.name);
  const option = `options ${args.name} ${args.params}`;
  const optionFiles = filesWith(parts.get('options') ?? '', option);
  if (args.persistent === 'absent') {
    const stale = [
      ...new Set(
        textLines(parts.get('options') ?? '').flatMap((line) =>
          line
            .slice(line.indexOf(':') + 1)
            .trimStart()
            .startsWith(`options ${args.name} `)
            ? [line.slice(0, line.indexOf(':'))]
            : [],
        ),
      ),
    ];
    const out = (file: string, expression: string) => sh`sed -i ${expression} ${file} || exit`;
    const pattern = args.name.replace(/[.[\]*^$/\\]/g, '\\$&');
    return [
      ...files.map((file) => ({ name: file, before: 'loads it at boot', after: 'does not', apply: out(file, `s/^[[:space:]]*${pattern}[[:space:]]*$/#&/`) })),
      ...stale.map((file) => ({ name: file, before: 'has options', after: 'has none', apply: out(file, `s/^[[:space:]]*options ${pattern} /#&/`) })),
    ];
  }
  const write = (file: string, line: string) => lines(raw('umask 022'), sh`printf '%s\\n' ${line} >${file} || exit`);
  return [
    ...(files.length > 0 ? [] : [{ name: 'at boot', before: 'not loaded', after: 'loaded', apply: write(`/etc/modules-load.d/${args.name}.conf`, args.name) }]),
    ...(args.params === '' || optionFiles.length > 0
      ? []
      : [{ name: 'options', before: 'others', after: args.params, apply: write(`/etc/modprobe.d/${args.name}.conf`, option) }]),
  ];
}
