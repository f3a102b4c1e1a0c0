import { type ArgsOf, defineModule, lines, type Plan, raw, sh } from '../../engine/module/contract.ts';
import { impossible, premature, SBIN, section, sections, textLines } from './lib.ts';
import { readFile, replaceFile } from './textfile.ts';

const options = {
  name: { type: 'list', elements: 'str', required: true, description: 'Locales such as `de_CH.UTF-8`.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether the host has them.' },
} as const;

type Args = ArgsOf<typeof options>;

const LOCALES = 'command -v locale-gen >/dev/null || { apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qq -y install locales >/dev/null 2>&1; }';
const none = (name: string): string => `sed -i 's/^${name}/# ${name}/' /etc/locale.gen; locale-gen >/dev/null`;

export default defineModule({
  name: 'locale_gen',
  fqcn: ['community.general.locale_gen'],
  summary: 'Has locales made.',
  notes: ['For Debian and what comes of it; older releases of Ubuntu that have no /etc/locale.gen are not known.'],
  source: 'community.general.locale_gen; locale-gen(8)',
  options,
  returns: { name: 'As asked.', mechanism: '`glibc`.' },
  examples: [
    { title: 'A locale', args: { name: ['de_CH.UTF-8'] }, given: `${LOCALES}; ${none('de_CH.UTF-8')}` },
    {
      title: 'A locale that is not wanted',
      args: { name: ['fr_CH.UTF-8'], state: 'absent' },
      given: `${LOCALES}; sed -i 's/^# *fr_CH.UTF-8/fr_CH.UTF-8/' /etc/locale.gen; locale-gen >/dev/null`,
    },
  ],
  probe: () => sh`${SBIN}
${readFile('gen', raw('/etc/locale.gen'))}
${section('known')}
cat /usr/share/i18n/SUPPORTED 2>/dev/null
${section('made')}
locale -a 2>/dev/null
${section('tools')}
command -v locale-gen
exit 0`,
  plan: (args, seen): Plan => planLocales(args, sections(seen.stdout)),
});

/** `locale -a` writes `de_CH.utf8` for `de_CH.UTF-8`. */
const plain = (name: string): string => name.replace(/\.(.*?)(?=@|$)/, (_, set: string) => `.${set.toLowerCase().replaceAll('-', '')}`);

function planLocales(args: Args, parts: ReadonlyMap<string, string>): Plan {
  const before = parts.get('gen');
  if (before === undefined)
    return premature(
      '/var/lib/locales/supported.d/ and /etc/locale.gen are missing. Is the package "locales" installed?',
      'Install the package locales before',
    );
  const made = new Set(textLines(parts.get('made') ?? '').map(plain));
  const known = new Set(textLines(parts.get('known') ?? '').flatMap((line) => /^\s*#?\s*(\S+) \S+\s*$/.exec(line)?.[1] ?? []));
  const unknown = args.name.filter((name) => !known.has(name) && !made.has(plain(name)));
  if (unknown.length > 0)
    return impossible(
      `The following locales you have entered are not available on your system: ${unknown.join(', ')}`,
      '/usr/share/i18n/SUPPORTED lists those that are',
    );
  const result = { name: args.name, mechanism: 'glibc' };
  const wanted = args.state === 'present';
  // as Ansible has it: absent as long as one of them is missing
  const there = args.name.every((name) => made.has(plain(name)));
  if (there === wanted) return { is: 'right', result };
  if ((parts.get('tools') ?? '').trim() === '') return premature('This host has no locale-gen', 'Install the package locales before');
  const after = textLines(before)
    .map((line) => args.name.reduce((text, name) => switched(text, name, wanted), line))
    .join('\n');
  return {
    is: 'wrong',
    diff: [{ label: '/etc/locale.gen', before, after: `${after}\n` }],
    uploads: { gen: `${after}\n` },
    apply: lines(SBIN, replaceFile('gen', raw('/etc/locale.gen'), '644'), raw('locale-gen >&2 || exit')),
    result,
  };
}

function switched(line: string, name: string, on: boolean): string {
  const rest = line.replace(/^#?\s*/, '');
  return rest.startsWith(`${name} `) ? `${on ? '' : '# '}${rest}` : line;
}
