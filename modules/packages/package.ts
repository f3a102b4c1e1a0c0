import { type ArgsOf, defineModule, lines, type Observed, raw, type Script, sh } from '../../engine/module/contract.ts';
import { impossible } from '../system/lib.ts';
import { APT_OPTIONS, aptWish } from './apt.ts';
import type { AptArgs } from './apt_args.ts';
import { planApt } from './apt_plan.ts';
import { probeApt } from './apt_probe.ts';
import { type DnfArgs, planDnf, probeDnf } from './dnf_logic.ts';
import { DNF_OPTIONS, dnfWish } from './dnf_options.ts';

const options = {
  ...DNF_OPTIONS,
  ...APT_OPTIONS,
  name: { type: 'list', elements: 'str', required: true, aliases: ['pkg'], description: 'Packages, as the host’s own package manager calls them.' },
  state: { type: 'str', required: true, choices: ['present', 'installed', 'latest', 'absent', 'removed'], description: 'Whether they shall be there.' },
  use: { type: 'str', default: 'auto', choices: ['auto', 'apt', 'dnf', 'dnf5', 'yum'], description: 'Package manager; the host’s own when `auto`.' },
  lock_timeout: { type: 'int', default: 60, description: 'Seconds to wait for another program that holds the package database.' },
} as const;

type Args = ArgsOf<typeof options>;
const state = (args: Args) => (args.state === 'installed' ? 'present' : args.state === 'removed' ? 'absent' : args.state);

const apt = (args: Args): AptArgs => aptWish({ ...args, state: state(args) });
const dnf = (args: Args): DnfArgs =>
  dnfWish({ ...args, update_cache: args.update_cache ?? false, state: state(args) }, args.use === 'auto' || args.use === 'apt' ? undefined : args.use);

/** Debian's tools win where both are installed: rpm is a tool among others there, while dpkg is not on Red Hat's kin. */
const pick = (args: Args): Script =>
  args.use === 'auto'
    ? raw(
        'if command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then use=apt; elif command -v rpm >/dev/null 2>&1; then use=dnf; else echo use=none; exit 0; fi; echo "use=$use"',
      )
    : sh`use=${args.use === 'apt' ? 'apt' : 'dnf'}; echo "use=$use"`;

const given = 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y purge qplay-hello >/dev/null 2>&1; true';

export default defineModule({
  name: 'package',
  fqcn: ['ansible.builtin.package'],
  summary: 'Installs, upgrades and removes packages with the package manager that the host has.',
  notes: ['Known are apt, dnf and yum. Further options are those of the package manager that the host has; those of another are without effect.'],
  source: 'ansible.builtin.package',
  options,
  returns: { cache_updated: 'With apt: whether the package lists were fetched.', results: 'With dnf: what was installed and removed.' },
  examples: [
    { title: 'Install a package', args: { name: 'qplay-hello', state: 'present' }, given, needs: ['apt'] },
    { title: 'Remove it', args: { name: 'qplay-hello', state: 'absent' }, given: `${given}; apt-get -qq -y install qplay-hello >/dev/null`, needs: ['apt'] },
  ],
  probe: (args) =>
    lines(
      pick(args),
      sh`if [ "$use" = apt ]; then
${probeApt(apt(args))}
else
${probeDnf(dnf(args))}
fi`,
    ),
  plan: (args, seen, _prepared, before) => {
    const use = /^use=(\w+)\n/.exec(seen.stdout)?.[1];
    if (use === 'apt') return planApt(apt(args), seen, before);
    if (use === 'dnf') return planDnf(dnf(args), seen, before);
    return impossible(
      use === 'none' ? 'This host has none of the package managers known: apt, dnf, yum' : `The host did not say which package manager it has: ${words(seen)}`,
    );
  },
});

const words = (seen: Observed): string => seen.stderr.trim() || `exit status ${seen.code}`;
