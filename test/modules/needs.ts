/**
 * What an example of a module may need of a Debian 12 lab host, as shell text that brings it there and may run again.
 * `registry`: the lab's registry, logged in to in the file that the examples name. `postgresql`: a container of that name
 * with the database quaydb. `mysql`: MariaDB, with its socket where Debian has it. `redis`: a Redis without a password on 127.0.0.1:6379. `haproxy`: running, with a stats socket
 * and the servers that the examples name.
 */
const PODMAN = 'command -v podman >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq podman runc >/dev/null; }';

const AUTH = '/etc/containers/qplay-auth.json';

const REGISTRY = `${PODMAN}
[ -e ${AUTH} ] || printf labpass | podman login --authfile ${AUTH} -u labuser --password-stdin registry.redhat.io >/dev/null`;

export const NEEDS: Readonly<Record<string, string>> = {
  firewalld: 'systemctl start firewalld',
  podman: PODMAN,
  registry: REGISTRY,
  postgresql: `${REGISTRY}
podman container exists postgresql || podman run -d --name postgresql --authfile ${AUTH} -e POSTGRESQL_USER=quayuser -e POSTGRESQL_PASSWORD=pw \\
  -e POSTGRESQL_DATABASE=quaydb -e POSTGRESQL_ADMIN_PASSWORD=admin registry.redhat.io/rhel8/postgresql-13:1-109 >/dev/null
podman start postgresql >/dev/null
n=0; until podman exec postgresql psql -U postgres -d quaydb -qAtc 'select 1' >/dev/null 2>&1; do n=$((n+1)); [ $n -lt 60 ] || exit 1; sleep 1; done`,
  mysql: `command -v mariadbd >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq mariadb-server >/dev/null; }
systemctl start mariadb
n=0; until mariadb -e 'select 1' >/dev/null 2>&1; do n=$((n+1)); [ $n -lt 60 ] || exit 1; sleep 1; done`,
  redis: `${REGISTRY}
podman container exists redis || podman run -d --name redis --authfile ${AUTH} -p 127.0.0.1:6379:6379 registry.redhat.io/rhel8/redis-6:1-110 >/dev/null
podman start redis >/dev/null
n=0; until podman exec redis redis-cli ping 2>/dev/null | grep -q PONG; do n=$((n+1)); [ $n -lt 60 ] || exit 1; sleep 1; done`,
  haproxy: `command -v haproxy >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq haproxy socat >/dev/null; }
cat >/etc/haproxy/haproxy.cfg <<'EOF'
global
    stats socket /run/haproxy/admin.sock mode 600 level admin
defaults
    mode tcp
    timeout connect 5s
    timeout client 1m
    timeout server 1m
frontend fe_https
    bind *:443
    default_backend be_https
backend be_http
    server quay01 127.0.0.1:22 check
backend be_https
    server quay01 127.0.0.1:22 check
EOF
systemctl restart haproxy
n=0; until [ -S /run/haproxy/admin.sock ]; do n=$((n+1)); [ $n -lt 20 ] || exit 1; sleep 0.5; done`,
};
