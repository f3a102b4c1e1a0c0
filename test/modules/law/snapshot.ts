import type { Connection } from '../../../engine/connect/connection.ts';
import { asRoot } from './box.ts';

/**
 * What a check must leave alone, one line a thing: every file that is no log, cache, runtime state of a daemon or
 * part of a package (dpkg's own list tells of those), users, running
 * services, kernel settings that a module may write, mounts, and what podman and the firewall hold.
 * podman.service does not count (its package starts it, and it ends itself after five idle seconds), nor the time of
 * /var/tmp itself (every look at an image by podman makes a file there for a moment), nor the mounts of podman's storage,
 * which come and go as podman is used.
 */
const SCRIPT = `
find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /var/log -o -path /var/cache -o -path /var/lib/systemd -o -path /var/lib/apt/periodic \\
  -o -path '/var/lib/containers/*' -o -path '/tmp/systemd-private-*' -o -path '/var/tmp/systemd-private-*' -o -path /usr/share -o -path /usr/lib -o -path /usr/include -o -path /var/lib/private \\
  -o -path '/var/lib/ceph/mon/*/store.db' -o -path '/var/lib/ceph/osd/*' -o -path /var/lib/ceph/crash \\) -prune -o \\
  -printf 'file %p %y %m %u %g %s %T@ %l\\n' 2>/dev/null | grep -v '^file /\\(var/\\)\\{0,1\\}tmp d ' | sort
systemctl list-units --type=service,timer,mount --state=active --no-legend --plain 2>/dev/null | awk '$1 !~ /^(var-lib-containers-|user|session|systemd-|apt-|dpkg-|man-db|e2scrub|run-user|run-runc-|podman\\.service)/ {print "unit", $1, $4}' | sort
awk '$2 !~ /^\\/(run\\/user|var\\/lib\\/containers\\/)/ {print "mount", $2, $4}' /proc/mounts | sort
hostname
`;

/** What only examples can change that need it; asking is slow. */
const PODMAN = `
podman ps -a --format 'container {{.Names}} {{.ID}} {{.Status}}' | sed 's/ Up .*/ Up/; s/ Exited (\\([0-9]*\\)).*/ Exited \\1/'
podman images -q | sort -u; podman volume ls -q; podman secret ls -q; podman network ls -q
`;

const FIREWALLD = 'firewall-cmd --list-all-zones; firewall-cmd --permanent --list-all-zones\n';

export async function snapshot(connection: Connection, needs: readonly string[]): Promise<string[]> {
  const script = [SCRIPT, needs.includes('podman') && PODMAN, needs.includes('firewalld') && FIREWALLD, ':'].filter(Boolean).join('');
  return (await asRoot(connection, script)).split('\n');
}

/** Lines that are in one but not in the other. */
export function difference(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)];
  return [...before.filter((line) => !now.has(line)).map((line) => '- ' + line), ...after.filter((line) => !old.has(line)).map((line) => '+ ' + line)];
}
