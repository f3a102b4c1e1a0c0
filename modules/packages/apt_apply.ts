import { lines, raw, type Script, sh } from '../../engine/module/contract.ts';
import { expanded } from '../system/lib.ts';
import { QP_APART } from './apart.ts';
import { type AptArgs, aptVerb, namesOf, upgradeOf } from './apt_args.ts';
import { release } from './apt_probe.ts';
import { QP_DPKG_WAIT } from './dpkg.ts';

/** What is to be run, in this order. */
export interface AptWork {
  readonly update: boolean;
  /** Words for `apt-get install`. */
  readonly install: readonly string[];
  readonly remove: readonly string[];
  readonly upgrade: boolean;
  readonly deb: boolean;
  readonly autoremove: boolean;
  readonly autoclean: boolean;
  readonly clean: boolean;
  readonly fix: boolean;
  readonly buildDep: boolean;
}

/** The script that does it: never asks a question, waits for locks, and mends an interrupted dpkg first. */
export function applyApt(args: AptArgs, work: AptWork): Script {
  const run = (...words: readonly string[]): Script => sh`${QP_APART}qp_apart apt-get ${[...options(args), ...words]} || exit`;
  return lines(
    sh`${QP_DPKG_WAIT}export DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=l LC_ALL=C.UTF-8
qp_dpkg_wait ${args.lockTimeout} || exit`,
    args.policyRcD !== undefined && policy(args.policyRcD),
    // a power cut in the middle of an installation leaves this; nothing can be installed before it is finished.
    // What cannot be configured because its files are only half there is unpacked again by the second command.
    (work.install.length > 0 || work.remove.length > 0 || work.upgrade || work.deb || work.fix) &&
      sh`${QP_APART}if [ -n "$(ls -A /var/lib/dpkg/updates 2>/dev/null)" ] || [ -n "$(dpkg --audit 2>/dev/null)" ]; then
  qp_apart dpkg ${dpkgFlags(args)} --configure -a
  qp_apart apt-get ${options(args)} -f install || exit
fi`,
    work.clean && run('clean'),
    work.update && update(args),
    work.upgrade && run(...aptVerb(upgradeOf(args)), ...(args.autoremove ? ['--auto-remove'] : [])),
    work.deb && debInstall(args),
    work.fix && run('-f', 'install'),
    work.buildDep && run('build-dep', '--', ...namesOf(args)),
    work.install.length > 0 &&
      run('install', ...(args.onlyUpgrade ? ['--only-upgrade'] : []), ...(args.autoremove ? ['--auto-remove'] : []), '--', ...work.install),
    work.remove.length > 0 && run(...(args.purge ? ['purge'] : ['remove']), ...(args.autoremove ? ['--auto-remove'] : []), '--', ...work.remove),
    work.autoclean && run('autoclean'),
    work.autoremove && run('autoremove', ...(args.purge ? ['--purge'] : [])),
  );
}

const dpkgFlags = (args: AptArgs): string[] =>
  args.dpkgOptions
    .split(',')
    .filter((option) => option.trim() !== '')
    .map((option) => `--${option.trim()}`);

function options(args: AptArgs): string[] {
  const recommends = args.recommends === undefined ? [] : ['-o', `APT::Install-Recommends=${args.recommends ? 'yes' : 'no'}`];
  return [
    '-q',
    '-y',
    '-o',
    `DPkg::Lock::Timeout=${args.lockTimeout}`,
    ...dpkgFlags(args).flatMap((flag) => ['-o', `Dpkg::Options::=${flag}`]),
    ...recommends,
    ...release(args),
    ...(args.force || args.allowDowngrade ? ['--allow-downgrades'] : []),
    ...(args.force || args.allowHeld ? ['--allow-change-held-packages'] : []),
    ...(args.force ? ['--allow-remove-essential'] : []),
    ...(args.force || args.allowUnauthenticated ? ['--allow-unauthenticated'] : []),
    ...(args.failOnAutoremove ? ['--no-remove'] : []),
  ];
}

/** Fetches the package lists, again when the mirror does not answer; apt tells of that by warnings only, so they are made errors. */
const update = (args: AptArgs): Script => sh`try=1; delay=1
until apt-get -q -y -o APT::Update::Error-Mode=any update; do
  if [ "$try" -ge ${Math.max(1, args.updateRetries)} ]; then echo "The package lists could not be fetched in $try attempts" >&2; exit 100; fi
  try=$((try + 1)); sleep "$delay"
  delay=$((delay * 2)); [ "$delay" -gt ${args.retryMaxDelay} ] && delay=${args.retryMaxDelay}
done
touch /var/lib/apt/lists
[ ! -e /var/lib/apt/periodic/update-success-stamp ] || touch /var/lib/apt/periodic/update-success-stamp`;

function debInstall(args: AptArgs): Script {
  const deb = args.deb as string;
  if (!deb.includes('://')) return sh`${QP_APART}file=$(readlink -f ${expanded(deb)}) && qp_apart apt-get ${options(args)} install -- "$file" || exit`;
  return sh`${QP_APART}dir=$(mktemp -d) || exit
/usr/lib/apt/apt-helper download-file ${deb} "$dir/package.deb" && chmod 755 "$dir" && chmod 644 "$dir/package.deb" && qp_apart apt-get ${options(args)} install -- "$dir/package.deb"
code=$?; rm -rf "$dir"; [ "$code" -eq 0 ] || exit "$code"`;
}

/** Services do as this says while packages are installed (`101`: none is started). What was there before is put back. */
const policy = (code: number): Script =>
  lines(
    raw(`qp_policy=/usr/sbin/policy-rc.d
[ ! -e "$qp_policy" ] || mv "$qp_policy" "$qp_policy.qp-kept" || exit
trap 'rm -f "$qp_policy"; [ ! -e "$qp_policy.qp-kept" ] || mv "$qp_policy.qp-kept" "$qp_policy"' EXIT`),
    sh`printf '#!/bin/sh\\nexit %d\\n' ${code} >"$qp_policy" && chmod 755 "$qp_policy" || exit`,
  );
