import { createHash } from 'node:crypto';
import { HAPROXY } from '../task.ts';

/** The text of templates/haproxy.cfg.j2, about as long, made without a template. */
export function haproxyConfig(number: number, host: string): string {
  const h = HAPROXY;
  const lines = [
    `# managed - instance ${number} on ${host}`,
    'global',
    ...['/dev/log local0', '/dev/log local1 notice'].map((log) => `    log ${log}`),
    `    chroot ${h.chroot}`,
    `    stats socket ${h.socket} mode 660 level admin expose-fd listeners`,
    `    user ${h.user}`,
    `    group ${h.group}`,
    `    maxconn ${h.maxconn}`,
    `    ssl-default-bind-ciphers ${h.ciphers.join(':')}`,
    'defaults',
    '    mode http',
    ...Object.entries(h.timeouts)
      .sort()
      .map(([key, value]) => `    timeout ${key} ${value}`),
    ...h.errors.map((code) => `    errorfile ${code} /etc/haproxy/errors/${code}.http`),
    'frontend stats',
    `    bind *:${8400 + number}`,
    ...h.frontends.flatMap((one) => [
      `frontend ${one.name}`,
      `    bind ${one.bind}`,
      ...one.acls.flatMap((acl) => [
        `    acl is_${acl.name} hdr(host) -i ${acl.host.toLowerCase()}`,
        `    use_backend be_${acl.backend.toUpperCase()} if is_${acl.name}`,
      ]),
      `    default_backend be_${one.default.toUpperCase()}`,
    ]),
    ...h.backends.flatMap((one) => [
      `backend be_${one.name.toUpperCase()}`,
      ...one.servers.map(
        (server, at) => `    server ${server.name} ${server.addr}:8080 check inter ${2100 + at * 100} rise 2 fall 3 weight 100 cookie ${md5(server.name)}`,
      ),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex').slice(0, 8);
