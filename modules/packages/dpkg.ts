import { Lib } from '../../engine/module/contract.ts';
import { globExpression } from '../system/facts/subset.ts';
import { textLines } from '../system/lib.ts';

/** One word of `name`: `nginx`, `nginx:amd64`, `nginx=1.2*`, `nginx>=1.2`, `nginx/bookworm-backports`, `nginx-*`. */
export interface Wanted {
  readonly text: string;
  /** Name with its architecture, without version and release. */
  readonly name: string;
  readonly relation?: '=' | '>=';
  readonly version?: string;
  readonly glob: boolean;
}

export function wanted(text: string): Wanted {
  const found = /^([^\s=<>/]+)(?:(>=|=)([^\s=]+)|\/\S+)?$/.exec(text.trim());
  const name = found?.[1] ?? text.trim();
  const relation = found?.[2] as '=' | '>=' | undefined;
  return { text: text.trim(), name, glob: /[*?[]/.test(name), ...(relation === undefined ? {} : { relation, version: found?.[3] as string }) };
}

/** What dpkg knows of an installed, or once installed, package. */
export interface Known {
  readonly name: string;
  readonly arch: string;
  /** `installed`, `config-files`, `half-configured`, ... */
  readonly status: string;
  readonly version: string;
}

/** Lines of `dpkg-query -W -f DPKG_FORMAT`. */
export const DPKG_FORMAT = '${Package}\\t${Architecture}\\t${db:Status-Status}\\t${Version}\\n';

export function readKnown(text: string): Known[] {
  return textLines(text).flatMap((line) => {
    const [name = '', arch = '', status = '', version = ''] = line.split('\t');
    return name === '' ? [] : [{ name, arch, status, version }];
  });
}

/** What apt could install: by name the candidate and every version of the table. */
export interface Offer {
  /** Absent when there is none, as with a purely virtual package. */
  readonly candidate?: string;
  readonly versions: readonly string[];
}

/** `apt-cache policy` */
export function readPolicy(text: string): Map<string, Offer> {
  const offers = new Map<string, { candidate?: string; versions: string[] }>();
  let current: { candidate?: string; versions: string[] } | undefined;
  for (const line of textLines(text)) {
    const heading = /^(\S+):$/.exec(line);
    const candidate = /^ {2}Candidate: (\S+)/.exec(line);
    const version = /^ (?:\*\*\*| {3}) (\S+) -?\d+$/.exec(line);
    if (heading !== null) {
      current = { versions: [] };
      offers.set(heading[1] as string, current);
    } else if (candidate !== null && current !== undefined && candidate[1] !== '(none)') current.candidate = candidate[1] as string;
    else if (version !== null) current?.versions.push(version[1] as string);
  }
  return offers;
}

export const versionMatches = (pattern: string, version: string): boolean => globExpression(pattern).test(version);

/**
 * `qp_dpkg_wait SECONDS`: waits until nobody holds a lock of dpkg or apt, and says who does when the time is up.
 * Locks are found in /proc/locks by inode, which needs no program that a bare host may lack.
 */
export const QP_DPKG_WAIT = new Lib(
  'dpkg-wait',
  `
qp_dpkg_holder() {
  for qp_lock in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock; do
    qp_inode=$(stat -c %i "$qp_lock" 2>/dev/null) || continue
    while read -r qp_nr qp_kind qp_mode qp_access qp_pid qp_file qp_rest; do
      case $qp_kind in POSIX|FLOCK|OFDLCK) ;; *) continue;; esac
      [ "\${qp_file##*:}" = "$qp_inode" ] && [ -d "/proc/$qp_pid" ] || continue
      read -r qp_name <"/proc/$qp_pid/comm" || qp_name=unknown
      case $qp_name in apt*|dpkg*|aptitude*|unattended-upgr*|packagekitd|synaptic|frontend) ;; *) continue;; esac
      echo "process $qp_pid ($qp_name) holds $qp_lock"
      return 0
    done </proc/locks
  done
  return 1
}
qp_dpkg_wait() {
  qp_left=$1
  while qp_who=$(qp_dpkg_holder); do
    if [ "$qp_left" -le 0 ]; then
      echo "The package database is locked: $qp_who, and it has not let go within $1 seconds" >&2
      return 1
    fi
    [ "$qp_left" -eq "$1" ] && echo "Waiting for the package database: $qp_who"
    sleep 1
    qp_left=$((qp_left - 1))
  done
}`,
);
