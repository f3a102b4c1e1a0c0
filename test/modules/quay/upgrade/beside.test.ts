import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { player } from '../../../rig.ts';

const ROLE = resolve('roles/quay_upgrade');
const play = player();

interface Unit {
  readonly unit: string;
  readonly part: string;
  readonly image: string;
}
const two: Unit = { unit: 'clair', part: 'clair2', image: 'quay.io/redhat/clair-jwt:v3.3.4' };
const four: Unit = { unit: 'clairv4', part: 'clair4', image: 'registry.redhat.io/quay/clair-rhel8:v3.12.20' };
const mirror: Unit = { unit: 'mirror', part: 'mirror', image: 'quay.io/redhat/quay:v3.3.4' };
const database = (version: string, data = '/var/lib/clair') => ({ unit: 'postgresql-clairv4', name: 'postgresql-clairv4', version, data, image: 'x' });

interface Seen {
  readonly units?: readonly Unit[];
  readonly clair_postgresql?: Readonly<Record<string, string>>;
  readonly strangers?: readonly string[];
  readonly strays?: readonly { readonly name: string }[];
}

interface Scene {
  readonly from: string;
  readonly to: string;
  /** What quay_units says, by host: db01, quay01 or scan01, which is in the group clair. */
  readonly seen?: Readonly<Record<string, Seen>>;
  /** Fields of config.yaml. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly vars?: Readonly<Record<string, unknown>>;
  /** Lines that a look at a PostgreSQL prints, with its members. */
  readonly clusters?: readonly { readonly cluster: Readonly<Record<string, unknown>>; readonly stdout_lines: readonly string[] }[];
}

/** What the role's variables say of a scene, host by host: the same templates that the playbooks use. */
async function judged(
  { from, to, seen = {}, config = {}, vars = {}, clusters = [] }: Scene,
  wanted: readonly string[],
): Promise<Record<string, Record<string, unknown>>> {
  const facts = {
    quay_server_hostname: 'quay.example.com',
    upgrade_to: to,
    inventory_dir: '/nowhere',
    clair_psk: 'c2VjcmV0',
    quay_config: {},
    upgrade_mode: 'complete',
    upgrade_postgresql_changes: false,
    upgrade_now: {},
    upgrade_config_old: config,
    ...vars,
  };
  const ran = await play({
    'play.yaml': JSON.stringify([
      {
        hosts: 'all',
        gather_facts: false,
        vars_files: [`${ROLE}/defaults/main.yml`, `${ROLE}/vars/main.yml`],
        tasks: [
          { name: 'Hop', quay_hop: { from, to }, register: 'upgrade_hop' },
          { name: 'Facts', set_fact: facts },
          {
            name: 'Seen',
            set_fact: { upgrade_seen: '{{ scene[inventory_hostname] | default({}) }}', upgrade_cluster_look: { results: clusters } },
            vars: { scene: seen },
          },
          { name: 'Meant', set_fact: { upgrade_others: '{{ upgrade_others_meant }}', upgrade_clair_pg: '{{ upgrade_seen.clair_postgresql | default({}) }}' } },
          { name: 'Told', set_fact: { upgrade_beside_told: '{{ upgrade_beside_here }}' } },
          { name: 'Say', debug: { msg: Object.fromEntries(wanted.map((name) => [name, `{{ ${name} }}`])) } },
        ],
      },
    ]),
    hosts:
      '[db]\ndb01\n[quay]\nquay01\n[clair]\nscan01\n[all:vars]\nansible_connection=local\nload_balancer_external=false\npostgresql_external=false\npostgresql_database=quaydb\n',
  });
  expect(ran.text).toBe('');
  return Object.fromEntries(
    ['db01', 'quay01', 'scan01'].map((host) => [host, (ran.outcome('Say', host) as unknown as { result: { msg: Record<string, unknown> } }).result.msg]),
  );
}

describe('Clair 2', () => {
  const clair2 = { seen: { scan01: { units: [two] } } };
  const NAMES = ['upgrade_clair_host', 'upgrade_config_clair'];

  it.each([
    ['3.3.4', '3.4'],
    ['3.3.4', '3.6'],
    ['3.7.13', '3.8'],
  ])('gives way on its own host from %s to %s', async (from, to) => {
    expect((await judged({ from, to, ...clair2 }, NAMES)).quay01).toEqual({
      upgrade_clair_host: 'scan01',
      upgrade_config_clair: { FEATURE_SECURITY_SCANNER: true, SECURITY_SCANNER_V4_ENDPOINT: 'http://scan01:8081', SECURITY_SCANNER_V4_PSK: 'c2VjcmV0' },
    });
  });

  it.each([
    ['before 3.4', { from: '3.2.2', to: '3.3' }],
    ['node after node within a line', { from: '3.7.0', to: '3.7.13' }],
    ['where Quay speaks to a Clair 4 already', { from: '3.5.7', to: '3.6', config: { SECURITY_SCANNER_V4_ENDPOINT: 'http://elsewhere' } }],
  ])('does not: %s', async (_, scene) => {
    expect((await judged({ ...scene, ...clair2 }, NAMES)).quay01).toEqual({ upgrade_clair_host: '', upgrade_config_clair: {} });
  });

  it('does not where there is none', async () => {
    expect((await judged({ from: '3.3.4', to: '3.4' }, NAMES)).quay01).toEqual({ upgrade_clair_host: '', upgrade_config_clair: {} });
  });

  it('still gives way in a run that goes on, whose configuration names Clair 4 already', async () => {
    const vars = { upgrade_now: { step: 'configured', clair: 'scan01' } };
    const scene = { from: '3.3.4', to: '3.4', ...clair2, vars, config: { SECURITY_SCANNER_V4_ENDPOINT: 'http://scan01:8081' } };
    expect((await judged(scene, NAMES)).db01?.upgrade_clair_host).toBe('scan01');
  });

  it('gets the image of its line before that', async () => {
    const { scan01 } = await judged({ from: '3.2.2', to: '3.3', ...clair2 }, ['upgrade_others_images']);
    expect(scan01?.upgrade_others_images).toEqual(['quay.io/redhat/clair-jwt:v3.3.4']);
  });

  it('needs the images of Clair 4 and its PostgreSQL on that host alone', async () => {
    const all = await judged({ from: '3.3.4', to: '3.6', ...clair2 }, ['upgrade_others_images']);
    expect(all.scan01?.upgrade_others_images).toEqual(['registry.redhat.io/quay/clair-rhel8:v3.6.8', 'registry.redhat.io/rhel8/postgresql-10:1']);
    expect(all.db01?.upgrade_others_images).toEqual([]);
  });
});

describe('workers', () => {
  it('get the image of the release, and stop before Quay, which stops before Clair', async () => {
    const units = [four, { ...mirror, image: 'registry.redhat.io/quay/quay-rhel8:v3.12.20' }];
    const { quay01 } = await judged({ from: '3.12.20', to: '3.13', seen: { quay01: { units } } }, ['upgrade_others_images', 'upgrade_stopped_in_order']);
    expect(quay01?.upgrade_others_images).toEqual(['registry.redhat.io/quay/clair-rhel8:v3.13.11', 'registry.redhat.io/quay/quay-rhel8:v3.13.11']);
    expect(quay01?.upgrade_stopped_in_order).toEqual(['mirror', 'quay-mirror', 'quay-builder', 'quay', 'clairv4']);
  });
});

describe('what stops an upgrade before it begins', () => {
  const findings = async (scene: Scene, host = 'db01'): Promise<unknown> =>
    (await judged({ ...scene, vars: { upgrade_disk: { stdout_lines: ['99999 /', '99999 /'] }, ...scene.vars } }, ['upgrade_others_findings']))[host]
      ?.upgrade_others_findings;
  const hop = { from: '3.8.15', to: '3.9' };
  const registry = (moves: boolean) => ({ name: 'postgresql', moves, to: '13' });

  it('nothing, where nothing is beside it', async () => expect(await findings(hop)).toEqual([]));

  it('a second registry', async () =>
    expect(await findings({ ...hop, seen: { db01: { strangers: ['stage'] } } })).toEqual([
      expect.stringMatching(/^the unit stage runs Quay's image, and nothing tells/),
    ]));

  it('FIPS with Clair at 3.13, which does not work', async () => {
    const scanning = { FEATURE_SECURITY_SCANNER: true, SECURITY_SCANNER_V4_ENDPOINT: 'http://db01:8081', SECURITY_SCANNER_V4_PSK: 'c2VjcmV0' };
    const fips = { from: '3.12.20', to: '3.13', config: { ...scanning, FEATURE_FIPS: true } };
    expect(await findings(fips, 'quay01')).toEqual([expect.stringContaining('PROJQUAY-8185')]);
    expect(await findings({ ...fips, to: '3.14' }, 'quay01')).toEqual([]);
    expect(await findings({ ...fips, config: scanning }, 'quay01')).toEqual([]);
    expect(await findings({ ...fips, config: { FEATURE_FIPS: true } }, 'quay01')).toEqual([]);
  });

  it('a container without a unit', async () =>
    expect(await findings({ ...hop, seen: { db01: { strays: [{ name: 'by-hand' }] } } })).toEqual([
      expect.stringMatching(/^the container by-hand runs an image/),
    ]));

  it("Clair's data in a volume, where they have to move", async () => {
    const seen = (version: string) => ({ db01: { units: [four], clair_postgresql: database(version, '') } });
    expect(await findings({ ...hop, seen: seen('10') })).toEqual([expect.stringMatching(/postgresql-clairv4\) lie in a volume of podman/)]);
    expect(await findings({ ...hop, seen: seen('13') })).toEqual([]);
  });

  it('a password that the new PostgreSQL does not take, unless it is given', async () => {
    const clusters = [{ cluster: registry(true), stdout_lines: ['db other 3 the ledger', 'role ledger', 'role quayuser'] }];
    const vars = { postgresql_user: 'quayuser' };
    expect(await findings({ ...hop, clusters, vars })).toEqual([expect.stringMatching(/^the role ledger has a password that only the old PostgreSQL takes/)]);
    expect(await findings({ ...hop, clusters, vars: { ...vars, upgrade_role_passwords: { ledger: 'secret' } } })).toEqual([]);
    expect(await findings({ ...hop, clusters: [{ cluster: registry(false), stdout_lines: ['role ledger'] }], vars })).toEqual([]);
  });

  it('too little room for what moves', async () => {
    const clusters = [{ cluster: registry(true), stdout_lines: ['db other 60000 the ledger'] }];
    expect(await findings({ ...hop, clusters, vars: { upgrade_postgresql_changes: true } })).toEqual([
      expect.stringMatching(/^only 99999 MB are free .*, and 120200 are needed/),
    ]);
    expect(await findings({ ...hop, clusters: [{ cluster: registry(false), stdout_lines: ['db other 60000 the ledger'] }] })).toEqual([]);
  });

  it('a port that Clair 4 needs', async () => {
    const scene = { from: '3.3.4', to: '3.4', seen: { db01: { units: [two] } }, vars: { upgrade_clair_room: { stdout_lines: ['500', 'port 8081'] } } };
    expect(await findings(scene)).toEqual(['something listens on the port 8081, which Clair 4 needs']);
  });
});

describe('what is told before it begins', () => {
  const told = async (scene: Scene): Promise<unknown> => (await judged(scene, ['upgrade_others_announced'])).db01?.upgrade_others_announced;

  it('that Clair 4 comes', async () =>
    expect(await told({ from: '3.3.4', to: '3.6', seen: { scan01: { units: [two] } } })).toEqual([
      'Clair 2 goes, and Clair 4 with a PostgreSQL 10 of its own comes on scan01: every image is scanned anew',
    ]));

  it("that Clair's PostgreSQL changes, and what becomes of its data", async () => {
    const scene = { from: '3.12.20', to: '3.13', seen: { scan01: { units: [four], clair_postgresql: database('13') } } };
    expect(await told(scene)).toEqual(["Clair's PostgreSQL on scan01 goes from 13 to 15 with what it has"]);
    expect(await told({ ...scene, vars: { upgrade_clair_database: 'rebuild' } })).toEqual([
      "Clair's PostgreSQL on scan01 goes from 13 to 15, and Clair fills it anew",
    ]);
  });

  it('that databases of others come along', async () => {
    const clusters = [
      { cluster: { name: 'postgresql', moves: true, to: '13' }, stdout_lines: ['db other 3 the ledger', 'db clair 1 clair', 'db other 1 wiki'] },
    ];
    expect(await told({ from: '3.8.15', to: '3.9', clusters })).toContainEqual(expect.stringMatching(/^other databases .*: the ledger, wiki$/));
  });
});
