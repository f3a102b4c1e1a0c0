import { type ArgsOf, defineModule, type Options } from '../../engine/module/contract.ts';
import { EDIT, type EditPrepared, planEdit, prepareEdit, probeEdit, toBytes } from '../files/edit.ts';

const { path: _path, validate: _validate, backup: _backup, ...ATTRIBUTES } = EDIT;

/** Keys of a repository's section, as dnf.conf(5) has them. */
const text = (description: string) => ({ type: 'str', description }) as const;
const flag = (description: string) => ({ type: 'bool', description }) as const;
const list = (description: string) => ({ type: 'list', elements: 'str', description }) as const;

const KEYS = {
  async: flag('Fetch in parallel; without effect today.'),
  bandwidth: text('Bytes a second at most.'),
  baseurl: list('Where the packages are.'),
  cost: text('Cost beside other repositories.'),
  countme: flag('Let the host be counted.'),
  deltarpm_metadata_percentage: text('Largest share of the metadata for deltas.'),
  deltarpm_percentage: text('Largest share of a package for a delta.'),
  enabled: flag('Whether it is used.'),
  enablegroups: flag('Whether groups of packages are taken of it.'),
  exclude: { ...list('Packages to leave alone.'), aliases: ['excludepkgs'] },
  failovermethod: { ...text('How to choose among several addresses.'), choices: ['roundrobin', 'priority'] },
  gpgcakey: text('Address of the authority’s key.'),
  gpgcheck: flag('Whether packages must be signed.'),
  gpgkey: list('Addresses of the keys that sign.'),
  http_caching: { ...text('What caches between may keep.'), choices: ['all', 'packages', 'none'] },
  include: text('Further configuration to read.'),
  includepkgs: list('Only these packages are taken of it.'),
  ip_resolve: { ...text('Version of the internet protocol.'), choices: ['4', '6', 'IPv4', 'IPv6', 'whatever'] },
  keepalive: flag('Whether connections are kept.'),
  keepcache: { ...text('Whether packages are kept.'), choices: ['0', '1'] },
  metadata_expire: text('Seconds after which metadata are old.'),
  metadata_expire_filter: { ...text('When old metadata matter.'), choices: ['never', 'read-only:past', 'read-only:present', 'read-only:future'] },
  metalink: text('Address of a list of mirrors with checksums.'),
  mirrorlist: text('Address of a list of mirrors.'),
  mirrorlist_expire: text('Seconds after which that list is old.'),
  module_hotfixes: flag('Whether its packages may replace those of modules.'),
  password: { ...text('Password for the repository.'), secret: true },
  priority: text('Priority, 1 to 99; lower wins.'),
  protect: flag('Whether its packages are protected from others.'),
  proxy: text('Address of the proxy; `_none_` for none.'),
  proxy_password: { ...text('Password for the proxy.'), secret: true },
  proxy_username: text('User for the proxy.'),
  repo_gpgcheck: flag('Whether metadata must be signed.'),
  retries: text('How often to try; 0 is for ever.'),
  s3_enabled: flag('Whether it is an S3 bucket.'),
  skip_if_unavailable: flag('Go on without it when it cannot be reached.'),
  ssl_check_cert_permissions: flag('Whether certificate files must be private.'),
  sslcacert: { ...text('Folder or file with authorities.'), aliases: ['ca_cert'] },
  sslclientcert: { ...text('Client certificate.'), aliases: ['client_cert'] },
  sslclientkey: { ...text('Its key.'), aliases: ['client_key'] },
  sslverify: { ...flag('Whether the certificate is checked.'), aliases: ['validate_certs'] },
  throttle: text('Share of the bandwidth.'),
  timeout: text('Seconds to wait for a connection.'),
  ui_repoid_vars: text('Variables shown with the name.'),
  username: text('User for the repository.'),
} as const satisfies Options;

const options = {
  name: { type: 'str', required: true, description: 'Name of the section, and of the file unless `file` says another.' },
  description: { type: 'str', description: 'Name for people; needed with `state: present`.' },
  file: { type: 'str', description: 'Name of the file, without `.repo`.' },
  reposdir: { type: 'path', default: '/etc/yum.repos.d', description: 'Folder of the file; it must be there.' },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: 'Whether it shall be there.' },
  ...KEYS,
  ...ATTRIBUTES,
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'yum_repository',
  fqcn: ['ansible.builtin.yum_repository'],
  summary: 'Adds and removes repositories of RPM packages.',
  notes: ['Other sections of the file are kept; its comments are not, as in Ansible.'],
  options,
  rules: { requiredIf: [['state', 'present', ['description']]] },
  source: 'ansible.builtin.yum_repository; dnf.conf(5)',
  returns: { repo: 'Name of the section.', state: 'As asked.' },
  examples: [
    {
      title: 'A repository',
      args: { name: 'qplay', description: 'Packages of ours', baseurl: ['https://repo.example.org/el9/'], gpgcheck: false, enabled: true, mode: '0644' },
      given: 'mkdir -p /etc/yum.repos.d; rm -f /etc/yum.repos.d/qplay.repo',
    },
    {
      title: 'No such repository',
      args: { name: 'old', file: 'qplay', state: 'absent' },
      given: 'mkdir -p /etc/yum.repos.d; printf "[old]\\nname = old\\n\\n[new]\\nname = new\\n\\n" >/etc/yum.repos.d/qplay.repo',
    },
  ],
  prepare: (args, controller): Promise<EditPrepared> => prepareEdit(fileOf(args), controller),
  probe: (args) => probeEdit(fileOf(args)),
  plan: (args, seen, prepared, before) => {
    const present = args.state === 'present';
    if (present && args.baseurl === undefined && args.mirrorlist === undefined && args.metalink === undefined)
      return { is: 'impossible', why: 'state is present but any of the following are missing: baseurl, mirrorlist, metalink' };
    const plan = planEdit({ ...fileOf(args), create: present, attributeWords: false }, prepared, seen, before, (old) => {
      const others = sectionsOf(old ?? '').filter(({ name }) => name !== args.name);
      if (!present && others.length === sectionsOf(old ?? '').length) return { text: old ?? '', result: {} };
      const all = present ? [...others, { name: args.name, values: valuesOf(args) }] : others;
      const same = present && sameSection(sectionsOf(old ?? '').find(({ name }) => name === args.name)?.values, valuesOf(args));
      return { text: same ? (old ?? '') : written(all), result: {} };
    });
    return { ...plan, result: { ...plan.result, repo: args.name, state: args.state } };
  },
});

const fileOf = (args: Args) => ({ ...args, path: `${args.reposdir.replace(/\/$/, '')}/${args.file ?? args.name}.repo`, backup: false });

type Values = ReadonlyMap<string, string>;

function valuesOf(args: Args): Values {
  const found: [string, string][] = [['name', args.description ?? '']];
  for (const key of Object.keys(KEYS) as (keyof typeof KEYS)[]) {
    const value = args[key];
    if (value === undefined) continue;
    const joined = Array.isArray(value)
      ? value.join(key === 'baseurl' || key === 'gpgkey' ? '\n' : ' ')
      : value === true
        ? '1'
        : value === false
          ? '0'
          : String(value);
    found.push([key, toBytes(joined)]);
  }
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Section {
  readonly name: string;
  readonly values: Values;
}

/** Sections as Python's configparser reads them: comments are dropped, lines that begin with a blank go on. */
function sectionsOf(file: string): Section[] {
  const found: { name: string; values: Map<string, string> }[] = [];
  let key: string | undefined;
  for (const line of file.split('\n')) {
    const header = /^\[([^\]]+)\]/.exec(line);
    const last = found.at(-1);
    if (header !== null) {
      found.push({ name: header[1] as string, values: new Map() });
      key = undefined;
    } else if (line.trim() === '' || /^[#;]/.test(line.trim()) || last === undefined) {
    } else if (/^\s/.test(line) && key !== undefined) last.values.set(key, `${last.values.get(key)}\n${line.trim()}`);
    else {
      const [, name, value] = /^([^=:]+?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
      key = name?.toLowerCase();
      if (key !== undefined) last.values.set(key, value as string);
    }
  }
  return found;
}

const sameSection = (old: Values | undefined, wanted: Values): boolean =>
  old !== undefined && old.size === wanted.size && [...wanted].every(([key, value]) => old.get(key) === value);

const written = (sections: readonly Section[]): string =>
  sections.map(({ name, values }) => `[${name}]\n${[...values].map(([key, value]) => `${key} = ${value.replaceAll('\n', '\n\t')}\n`).join('')}\n`).join('');
