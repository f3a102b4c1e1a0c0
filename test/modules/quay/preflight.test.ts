import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import preflight from '../../../modules/quay/preflight.ts';
import { referenceOf } from '../../../modules/quay/registry_images.ts';
import { seen } from '../ceph/sections.ts';
import { runRead, SHELLS, withDefaults } from '../harness.ts';

let server: Server;
let port = 0;
beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

test.each(SHELLS)('this machine: a port that is taken, a name that does not resolve, and nothing else (%s)', async (...shell) => {
  const ran = await runRead(
    preflight,
    { cpus: 1, memory_mb: 64, disk_mb: 1, names: ['localhost', 'no-such-host.invalid'], ports: [{ port, holders: [] }], devices: ['/dev/null'] },
    shell,
  );
  if (!('result' in ran) || ran.result === undefined) throw new Error('no result');
  const findings = ran.result.findings as string[];
  expect(findings).toContain('the name no-such-host.invalid does not resolve');
  expect(findings).toContain('/dev/null is not a block device');
  expect(findings.filter((one) => !/no-such-host|dev.null|port/.test(one))).toEqual([]);
  expect(ran.result).toMatchObject({ cpus: expect.any(Number) as number, memory_mb: expect.any(Number) as number });
});

const now = Math.floor(Date.now() / 1000);
const judged = (parts: Record<string, string>, given: Record<string, unknown> = {}): unknown => {
  const ran = preflight.result(
    withDefaults(preflight.options, given),
    seen({
      system: 'rhel 9|Red Hat Enterprise Linux 9.4',
      cpus: '4',
      memory: '8000000',
      disk: '50000000',
      clock: String(now),
      names: '',
      ports: '',
      contained: '',
      devices: '',
      ...parts,
    }),
  );
  return 'result' in ran ? ran.result?.findings : ran;
};

test('sizes, system and clock', () => {
  expect(judged({}, { cpus: 2, memory_mb: 7000, disk_mb: 40000, systems: ['rhel 9'] })).toEqual([]);
  expect(judged({}, { cpus: 8, memory_mb: 16000, disk_mb: 90000, systems: ['debian 12'] })).toEqual([
    'the system is Red Hat Enterprise Linux 9.4, not one of debian 12',
    'CPUs: 4 where 8 are needed',
    'memory: 7812 MiB where 16000 MiB are needed',
    'free space for /var/lib: 48828 MiB where 90000 MiB are needed',
  ]);
  expect(judged({ clock: String(now - 3600) })).toEqual([expect.stringMatching(/^the clock is 36\d\d seconds behind the control node$/)]);
});

test('a port may be held by one of our own programs, or by a container where that is allowed', () => {
  const ports = 'LISTEN 0 128 0.0.0.0:443 0.0.0.0:* users:(("nginx",pid=70,fd=3))\nLISTEN 0 128 [::]:5432 [::]:* users:(("postgres",pid=80,fd=3))\n';
  const asked = {
    ports: [
      { port: 443, holders: ['haproxy'] },
      { port: 5432, holders: ['container'] },
      { port: 80, holders: [] },
    ],
  };
  expect(judged({ ports, contained: '80' }, asked)).toEqual(['port 443 is taken by nginx']);
  expect(judged({ ports, contained: '' }, asked)).toEqual(['port 443 is taken by nginx', 'port 5432 is taken by postgres']);
});

test('names resolve both ways; devices are empty or carry an OSD', () => {
  expect(judged({ names: 'a|192.0.2.1|192.0.2.1 b.lab \nself|127.0.1.1|\nc||\nd|192.0.2.4|\n' })).toEqual([
    'the name c does not resolve',
    'd resolves to 192.0.2.4, but 192.0.2.4 resolves to no name',
  ]);
  expect(
    judged({ devices: '/dev/sdb|sdb disk  ;\n/dev/sdc|sdc disk ext4 /srv;\n/dev/sdd|sdd disk LVM2_member ;ceph--x-osd--block--y lvm ceph_bluestore ;\n' }),
  ).toEqual(['/dev/sdc is not empty: sdc disk ext4 /srv']);
});

test.each([
  ['registry.redhat.io/quay/quay-rhel8:v3.12.0', { registry: 'registry.redhat.io', path: 'quay/quay-rhel8', tag: 'v3.12.0' }],
  ['localhost:5000/a', { registry: 'localhost:5000', path: 'a', tag: 'latest' }],
  [`quay.io/a/b@sha256:${'a'.repeat(64)}`, { registry: 'quay.io', path: 'a/b', tag: `sha256:${'a'.repeat(64)}` }],
  ['busybox', undefined],
])('the parts of %s', (text, parts) => expect(referenceOf(text)).toEqual(parts));
