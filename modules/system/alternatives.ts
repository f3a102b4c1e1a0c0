import { type ArgsOf, defineModule, lines, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { type Alternative, type Display, readDisplay } from './alternatives-display.ts';
import { impossible, premature, SBIN, section, sections } from './lib.ts';

const options = {
  name: { type: 'str', required: true, description: 'Name of the group, such as `java`.' },
  path: { type: 'path', description: 'The program that the link shall lead to.' },
  family: { type: 'str', description: 'Family of programs, on RHEL.' },
  link: { type: 'path', description: 'The link, such as /usr/bin/java; needed where the group is new.' },
  priority: { type: 'int', description: 'Its priority; that which it has, or 50.' },
  state: {
    type: 'str',
    default: 'selected',
    choices: ['present', 'selected', 'absent', 'auto'],
    description: '`present`: known; `selected`: known and in use; `auto`: known, and the one with the highest priority in use; `absent`: not known.',
  },
  subcommands: {
    type: 'list',
    elements: 'dict',
    aliases: ['slaves'],
    description: 'Links that go with it.',
    options: {
      name: { type: 'str', required: true, description: 'Name of the group.' },
      path: { type: 'path', required: true, description: 'The program.' },
      link: { type: 'path', required: true, description: 'The link.' },
    },
  },
} as const;

type Args = ArgsOf<typeof options>;

const MADE =
  'for n in 1 2; do printf "#!/bin/sh\\n" >/opt/qp-tool$n; chmod 755 /opt/qp-tool$n; done; update-alternatives --remove-all qp-tool 2>/dev/null || :';
const known = (number: number): string => `update-alternatives --quiet --install /usr/local/bin/qp-tool qp-tool /opt/qp-tool${number} ${number}0`;

export default defineModule({
  name: 'alternatives',
  fqcn: ['community.general.alternatives'],
  summary: 'Chooses which of several programs a name stands for.',
  source: 'community.general.alternatives; update-alternatives(1)',
  options,
  rules: { requiredOneOf: [['path', 'family']] },
  returns: { msg: 'What was done, in words.' },
  examples: [
    {
      title: 'Make a program known and choose it',
      args: { name: 'qp-tool', path: '/opt/qp-tool1', link: '/usr/local/bin/qp-tool', priority: 20 },
      given: MADE,
    },
    { title: 'Choose another', args: { name: 'qp-tool', path: '/opt/qp-tool1' }, given: `${MADE}; ${known(1)}; ${known(2)}` },
    {
      title: 'Another priority and a link beside it',
      args: {
        name: 'qp-tool',
        path: '/opt/qp-tool1',
        priority: 70,
        state: 'present',
        subcommands: [{ name: 'qp-tool.1', path: '/opt/qp-tool2', link: '/usr/local/bin/qp-tool-beside' }],
      },
      given: `${MADE}; ${known(1)}`,
    },
    {
      title: 'Back to the one with the highest priority',
      args: { name: 'qp-tool', path: '/opt/qp-tool1', state: 'auto' },
      given: `${MADE}; ${known(1)}; ${known(2)}; update-alternatives --quiet --set qp-tool /opt/qp-tool1`,
    },
    { title: 'No longer known', args: { name: 'qp-tool', path: '/opt/qp-tool2', state: 'absent' }, given: `${MADE}; ${known(1)}; ${known(2)}` },
  ],
  probe: ({ name, path }) => sh`${SBIN}; LC_ALL=C; export LC_ALL
command -v update-alternatives >/dev/null 2>&1 || { ${section('none')}; exit 0; }
${path !== undefined && sh`[ -e ${path} ] || ${section('missing')}`}
${section('display')}
update-alternatives --display ${name} 2>/dev/null
exit 0`,
  plan: (args, seen, _prepared, before): Plan => {
    const then = before === undefined ? undefined : planOf(args, sections(before.stdout));
    const now = planOf(args, sections(seen.stdout));
    return then !== undefined && then.is === 'wrong' && now.is === 'right' ? { ...now, result: then.result ?? {} } : now;
  },
});

interface Step {
  readonly words: string;
  readonly apply: Script;
  readonly after: Readonly<Record<string, unknown>>;
}

function planOf(args: Args, parts: ReadonlyMap<string, string>): Plan {
  if (parts.has('none')) return premature('This host has no update-alternatives', 'On RHEL it is in the package chkconfig or alternatives');
  const display = readDisplay(parts.get('display') ?? '', new Map((args.subcommands ?? []).map(({ name, link }) => [name, link])));
  const mine = args.path === undefined ? undefined : display.alternatives.get(args.path);
  const before = mine === undefined ? { state: 'absent' } : told(args, display, mine);
  const steps: Step[] = [];
  if (args.state === 'absent') {
    if (mine !== undefined)
      steps.push({
        words: `Remove alternative '${args.path}' from '${args.name}'.`,
        apply: sh`update-alternatives --remove ${args.name} ${args.path} || exit`,
        after: { state: 'absent' },
      });
  } else {
    const install = installed(args, display, mine);
    if (install !== undefined && parts.has('missing')) return premature(`Specified path ${args.path} does not exist`, 'Install the program before');
    if (install !== undefined && 'is' in install) return install;
    if (install !== undefined) steps.push(install);
    steps.push(...chosen(args, display));
  }
  const result = { msg: steps.map(({ words }) => words).join(' ') };
  if (steps.length === 0) return { is: 'right', result };
  const after = Object.assign({ ...before }, ...steps.map((step) => step.after));
  return { is: 'wrong', diff: [{ label: args.name, before, after }], apply: lines(SBIN, ...steps.map(({ apply }) => apply)), result };
}

function told(args: Args, display: Display, mine: Alternative): Readonly<Record<string, unknown>> {
  const selected = display.mode === 'manual' && display.current !== args.path;
  return {
    state: selected ? 'selected' : 'present',
    path: args.path,
    priority: mine.priority,
    link: display.link,
    ...(mine.subcommands.length > 0 && { subcommands: mine.subcommands }),
  };
}

const key = (one: { readonly name?: unknown; readonly path?: unknown; readonly link?: unknown }): string => [one.name, one.path, one.link].join('\0');

/** What makes the path known as asked; nothing where it is. */
function installed(args: Args, display: Display, mine: Alternative | undefined): Step | Plan | undefined {
  if (args.path === undefined) return undefined;
  const wanted = args.subcommands;
  const same = wanted === undefined || wanted.map(key).sort().join('\n') === (mine?.subcommands ?? []).map(key).sort().join('\n');
  if (mine !== undefined && (args.priority === undefined || args.priority === mine.priority) && same) return undefined;
  const link = args.link ?? display.link;
  if (link === undefined) return impossible('Needed to install the alternative, but unable to do so as we are missing the link', 'Give it in `link`');
  const priority = args.priority ?? mine?.priority ?? 50;
  const beside = wanted ?? mine?.subcommands ?? [];
  const slaves = wanted === undefined ? [] : wanted.flatMap((one) => ['--slave', one.link, one.name, one.path]);
  return {
    words: `Install alternative '${args.path}' for '${args.name}'.`,
    apply: sh`update-alternatives --install ${link} ${args.name} ${args.path} ${priority} ${args.family === undefined ? [] : ['--family', args.family]} ${slaves} || exit`,
    after: { state: 'present', path: args.path, priority, link, ...(beside.length > 0 && { subcommands: beside }) },
  };
}

function chosen(args: Args, display: Display): Step[] {
  const family = display.current === undefined ? undefined : display.alternatives.get(display.current)?.family;
  const is = (args.path !== undefined && display.current === args.path) || (args.family !== undefined && family === args.family);
  if (args.state === 'selected' && !is) {
    const what = args.path ?? (args.family as string);
    return [
      {
        words: `Set alternative '${what}' for '${args.name}'.`,
        apply: sh`update-alternatives --set ${args.name} ${what} || exit`,
        after: { state: 'selected' },
      },
    ];
  }
  if (args.state === 'auto' && display.mode === 'manual')
    return [{ words: `Set alternative to auto for '${args.name}'.`, apply: sh`update-alternatives --auto ${args.name} || exit`, after: { state: 'present' } }];
  return [];
}
