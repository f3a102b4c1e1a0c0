import { defineModule } from '../../engine/module/contract.ts';
import { planDnf, probeDnf } from './dnf_logic.ts';
import { DNF_OPTIONS, DNF_RETURNS, dnfWish } from './dnf_options.ts';

export default defineModule({
  name: 'yum',
  fqcn: ['ansible.builtin.yum'],
  summary: 'Installs, upgrades and removes packages of Red Hat and its kin, through the program the host has.',
  notes: ['Whether a package is there is asked of rpm, so a converged run does not start dnf.'],
  source: 'ansible.builtin.yum; dnf(8)',
  options: DNF_OPTIONS,
  returns: DNF_RETURNS,
  examples: [
    { title: 'Install packages', args: { name: ['chrony', 'tar'], state: 'present' }, needs: ['dnf'], given: 'dnf -y -q remove chrony || true' },
    { title: 'Upgrade everything', args: { name: '*', state: 'latest' }, needs: ['dnf'], untested: 'depends on what the mirror has' },
    { title: 'Remove a package', args: { name: 'chrony', state: 'absent' }, needs: ['dnf'], given: 'dnf -y -q install chrony' },
  ],
  probe: (args) => probeDnf(dnfWish(args)),
  plan: (args, seen, _prepared, before) => planDnf(dnfWish(args), seen, before),
});
