import { defineModule, lines, type Plan, raw, sh } from '../../engine/module/contract.ts';
import { differing, fields, premature, present } from './lib.ts';

export default defineModule({
  name: 'timezone',
  fqcn: ['community.general.timezone'],
  summary: 'Sets the time zone.',
  source: 'community.general.timezone; timedatectl(1)',
  options: {
    name: {
      type: 'str',
      pattern: '^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$',
      patternHint: 'a name such as `Europe/Berlin`',
      description: 'The zone, such as `Europe/Berlin` or `Etc/UTC`.',
    },
    hwclock: { type: 'str', choices: ['local', 'UTC'], aliases: ['rtc'], description: 'What the hardware clock counts.' },
  },
  rules: { requiredOneOf: [['name', 'hwclock']] },
  returns: {},
  examples: [
    {
      title: 'A zone',
      args: { name: 'Etc/GMT-2' },
      given:
        'apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qq -y install tzdata >/dev/null 2>&1; ln -sf /usr/share/zoneinfo/Etc/UTC /etc/localtime',
    },
  ],
  probe: ({ name }) => sh`link=$(readlink /etc/localtime) && printf 'zone=%s\\n' "\${link#*zoneinfo/}"
${name !== undefined && sh`[ -e ${`/usr/share/zoneinfo/${name}`} ] && echo known=yes`}
if [ -r /etc/adjtime ] && grep -q '^LOCAL' /etc/adjtime; then echo hwclock=local; else echo hwclock=UTC; fi
if [ -r /etc/timezone ]; then read -r file </etc/timezone; printf 'file=%s\\n' "$file"; fi
exit 0`,
  plan: ({ name, hwclock }, seen): Plan => {
    const found = fields(seen.stdout);
    if (name !== undefined && found.get('known') !== 'yes')
      return premature(`This host does not know the time zone ${name}`, 'Look at the spelling, or install the package tzdata before');
    const file = found.has('file') ? { file: name } : {};
    const change = differing(Object.fromEntries(found), present({ zone: name, hwclock, ...file }));
    if (change === undefined) return { is: 'right' };
    const zone =
      name !== undefined &&
      lines(
        sh`timedatectl set-timezone ${name} 2>/dev/null || ln -sfn ${`/usr/share/zoneinfo/${name}`} /etc/localtime || exit`,
        sh`[ ! -e /etc/timezone ] || printf '%s\\n' ${name} >/etc/timezone || exit`,
      );
    const clock = hwclock !== undefined && 'hwclock' in change.after && sh`timedatectl set-local-rtc ${hwclock === 'local' ? '1' : '0'} || exit`;
    return { is: 'wrong', diff: [{ label: 'time zone', ...change }], apply: lines(zone, clock, raw(':')) };
  },
});
