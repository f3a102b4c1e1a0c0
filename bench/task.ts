/** One task of a workload, in no engine's language; each engine's writer says it in its own. */
export type Task =
  | { readonly do: 'dir'; readonly path: string; readonly mode: string }
  | { readonly do: 'dirs'; readonly path: string; readonly count: number; readonly mode: string }
  | { readonly do: 'copy'; readonly path: string; readonly content: string; readonly mode: string }
  | { readonly do: 'push'; readonly path: string; readonly from: string; readonly mode: string }
  | { readonly do: 'link'; readonly path: string; readonly to: string }
  | { readonly do: 'template'; readonly path: string; readonly from: string; readonly number: number; readonly mode: string }
  | { readonly do: 'line'; readonly path: string; readonly line: string }
  | { readonly do: 'block'; readonly path: string; readonly block: string }
  | { readonly do: 'command'; readonly words: readonly string[] }
  | { readonly do: 'shell'; readonly text: string }
  | { readonly do: 'stat'; readonly path: string }
  | { readonly do: 'group'; readonly name: string; readonly gid: number }
  | { readonly do: 'user'; readonly name: string; readonly uid: number; readonly group: string; readonly shell: string; readonly home: string }
  | { readonly do: 'getent'; readonly database: string; readonly key: string }
  | { readonly do: 'debug'; readonly message: string }
  | { readonly do: 'set'; readonly name: string; readonly value: string }
  | { readonly do: 'assert'; readonly number: number };

/** What one run of an engine is given. */
export interface Play {
  readonly name: string;
  readonly facts: boolean;
  /** Group of the inventory: every host of the fleet, or its first. */
  readonly hosts: 'fleet' | 'one';
  readonly tasks: readonly Task[];
}

/** Variables of the templates: a load balancer's, as roles have them. */
export const HAPROXY = {
  chroot: '/var/lib/haproxy',
  socket: '/run/haproxy/admin.sock',
  user: 'haproxy',
  group: 'haproxy',
  maxconn: 4096,
  ssl: true,
  ciphers: ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384'],
  timeouts: { connect: '5s', client: '50s', server: '50s', queue: '30s' },
  errors: [400, 403, 408, 500, 502, 503, 504],
  frontends: [
    {
      name: 'web',
      bind: '*:80',
      default: 'app',
      acls: [
        { name: 'api', host: 'API.example.org', backend: 'api' },
        { name: 'img', host: 'img.example.org', backend: 'static' },
      ],
    },
    { name: 'webs', bind: '*:443', ssl: true, default: 'app', acls: [{ name: 'api', host: 'api.example.org', backend: 'api' }] },
  ],
  backends: ['app', 'api', 'static'].map((name, at) => ({
    name,
    cookie: 'SRV',
    servers: [1, 2, 3, 4, 5, 6].map((n) => ({ name: `${name}${n}`, addr: `10.9.${at}.${n}` })),
  })),
};
