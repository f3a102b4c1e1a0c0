import { lines, raw, type Script, sh } from '../../engine/module/contract.ts';
import { expanded, section } from '../system/lib.ts';
import { type AptArgs, aptVerb, namesOf, upgradeOf } from './apt_args.ts';
import { DPKG_FORMAT, wanted } from './dpkg.ts';

/** Asks dpkg for the packages named, and apt only for what dpkg cannot answer: a converged host pays for one dpkg-query. */
export function probeApt(args: AptArgs): Script {
  const specs = namesOf(args).map(wanted);
  const names = specs.map((spec) => spec.name);
  const upgrade = upgradeOf(args);
  return lines(
    raw('LC_ALL=C; export LC_ALL\ncommand -v apt-get >/dev/null 2>&1 || { echo none=apt-get; exit 0; }'),
    raw(LISTS),
    names.length > 0 &&
      sh`${section('dpkg')}
known=$(dpkg-query -W -f ${DPKG_FORMAT} ${names} 2>/dev/null)
printf '%s\\n' "$known"`,
    names.length > 0 && compare(args),
    names.length > 0 && offers(args, names),
    args.deb !== undefined && debFile(args.deb),
    upgrade !== 'no' &&
      sh`${section('upgrade')}
apt-get -s ${release(args)} ${aptVerb(upgrade)} 2>&1 | grep -E '^(Inst|Remv|E:) '`,
    args.autoremove &&
      names.length === 0 &&
      sh`${section('autoremove')}
apt-get -s autoremove 2>&1 | grep -E '^(Remv|E:) '`,
    args.autoclean &&
      names.length === 0 &&
      sh`${section('autoclean')}
apt-get -s autoclean 2>&1 | grep '^Del '`,
    args.clean &&
      sh`${section('clean')}
ls /var/cache/apt/archives /var/cache/apt/archives/partial 2>/dev/null | grep '\\.deb$'`,
    args.state === 'fixed' &&
      sh`${section('fixed')}
apt-get -q check 2>&1 || echo broken`,
    args.state === 'build-dep' &&
      sh`${section('builddep')}
apt-get -s build-dep ${names} 2>&1 | grep -E '^(Inst|Remv|E:) '`,
    raw('exit 0'),
  );
}

/** When the package lists were last fetched, whether there are any, and whether a source has been changed since. */
const LISTS = `stamp=/var/lib/apt/lists
[ -e /var/lib/apt/periodic/update-success-stamp ] && stamp=/var/lib/apt/periodic/update-success-stamp
stat -c updated=%.9Y "$stamp" 2>/dev/null
date +now=%s
for f in /var/lib/apt/lists/*_Packages* /var/lib/apt/lists/*_Packages; do [ -e "$f" ] && { echo lists=yes; break; }; done
[ -n "$(find /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/apt.conf.d -newer "$stamp" 2>/dev/null | head -n 1)" ] && echo sources=newer`;

/** `dpkg` itself compares versions for `name>=version`. */
function compare(args: AptArgs): Script | undefined {
  const bounds = namesOf(args)
    .map(wanted)
    .filter((spec) => spec.relation === '>=');
  if (bounds.length === 0) return undefined;
  const one = (spec: { name: string; version?: string; text: string }) =>
    sh`have=$(dpkg-query -W -f '\${Version}' ${spec.name} 2>/dev/null); if [ -n "$have" ] && dpkg --compare-versions "$have" ge ${spec.version ?? ''}; then printf '%s\\n' ${spec.text}; fi`;
  return lines(section('enough'), ...bounds.map(one));
}

function offers(args: AptArgs, names: readonly string[]): Script | undefined {
  const globs = names.filter((name) => /[*?[]/.test(name));
  const plain = names.filter((name) => !/[*?[]/.test(name));
  const expand = globs.length > 0 && lines(section('pkgnames'), ...globs.map((name) => sh`apt-cache pkgnames ${name.replace(/[*?[].*$/s, '')}`));
  if (args.state === 'absent' || plain.length === 0) return expand === false ? undefined : expand;
  const policy = sh`${section('policy')}
apt-cache ${release(args)} policy ${plain}
${section('providers')}
apt-cache showpkg ${plain} | sed -n -e '/^Package: /p' -e '/^Reverse Provides:/,/^Package: /{/^Reverse\\|^Package/!s/^/+/p;}'
${section('provides')}
dpkg-query -W -f '\${db:Status-Status} \${Package}, \${Provides}\\n' 2>/dev/null | sed -n 's/^installed \\(.*, .*\\)/\\1/p'`;
  // Every name is installed: nothing to ask apt. A version that is not the wanted one is asked for by the plan's own words.
  const versions = namesOf(args).some((text) => wanted(text).relation !== undefined);
  if (args.state === 'latest' || versions) return lines(expand, policy);
  return lines(
    expand,
    sh`missing=
for name in ${plain}; do
  case "
$known
" in
    *"
\${name%%:*}	"*"	installed	"*) printf '%s\\n' "$known" | grep -q "^\${name%%:*}	[^	]*	installed	" || missing=yes;;
    *) missing=yes;;
  esac
done
if [ -n "$missing" ]; then
${policy}
fi`,
  );
}

export const release = (args: AptArgs): readonly string[] => (args.defaultRelease === undefined ? [] : ['-t', args.defaultRelease]);

/** Name, version and architecture of a package file on the host, and what of it is installed. A URL is known only when it is fetched. */
function debFile(deb: string): Script {
  if (deb.includes('://')) return lines(section('deb'), raw('echo url'));
  return sh`${section('deb')}
if [ -e ${expanded(deb)} ]; then
  dpkg-deb -f ${expanded(deb)} Package Version Architecture 2>&1
  dpkg-query -W -f 'Installed: \${db:Status-Status} \${Version}\\n' "$(dpkg-deb -f ${expanded(deb)} Package 2>/dev/null)" 2>/dev/null
else echo missing; fi`;
}
