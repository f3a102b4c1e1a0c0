import { HOSTS, onHosts } from './lab.ts';

/** Packages, files under /etc with content and mode, units, listening ports, users: what a read-only look must leave alone. */
const LOOK = `
dpkg-query -W -f 'package \${Package} \${Version} \${db:Status-Status}\\n'
find /etc -type f -printf 'file %p %m %u:%g %s\\n' -exec sha256sum {} + 2>/dev/null | sort
find /etc /mnt /srv /opt /home /var/lib -maxdepth 1 -printf 'entry %p %y %m\\n' | sort
systemctl list-unit-files --no-legend --no-pager | grep -v ' transient ' | sed -E 's, +, ,g' | sed 's/^/unit /'
ss -ltnH | sed -E 's/ +/ /g; s/^/port /' | cut -d' ' -f1,5 | sort
getent passwd | sed 's/^/user /'
firewall-cmd --list-all 2>/dev/null | sed 's/^/firewall /'
`;

export type Fingerprint = Readonly<Record<string, readonly string[]>>;

/** What can be seen of each host. */
export async function fingerprint(hosts: readonly string[] = HOSTS): Promise<Fingerprint> {
  const seen = await onHosts(hosts, LOOK);
  return Object.fromEntries(Object.entries(seen).map(([host, text]) => [host, text.split('\n')]));
}

/** Lines that came or went, as `host +line` and `host -line`. */
export function differences(before: Fingerprint, after: Fingerprint): string[] {
  return Object.keys(before).flatMap((host) => {
    const [old, now] = [new Set(before[host]), new Set(after[host])];
    const gone = [...old].filter((line) => !now.has(line)).map((line) => `${host} -${line}`);
    return [...gone, ...[...now].filter((line) => !old.has(line)).map((line) => `${host} +${line}`)];
  });
}
