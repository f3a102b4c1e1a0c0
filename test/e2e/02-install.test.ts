import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS, health, healthy } from './support/health.ts';
import { bare, HOSTS, INSTALL, INVENTORY, lab, NAME, onHost, onHosts, QUAY, SECRETS } from './support/lab.ts';
import { watchProcesses } from './support/process-watch.ts';
import { changes, install, mustEnd, qplay, type Told, tell, watch } from './support/qplay.ts';
import { generatedSecrets, leaksOn, secretsIn } from './support/secrets.ts';

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

describe('the first run', () => {
  let run: Told;
  let processes: ReadonlySet<string>;

  beforeAll(async () => {
    await bare();
    const stop = watchProcesses();
    run = await watch(['run', INSTALL, '-i', INVENTORY]).done;
    processes = stop();
  });

  it('turns bare hosts into a registry and ends with 0', () => {
    mustEnd(run, 0);
    expect(run.failures).toEqual([]);
    for (const host of HOSTS) expect([host, (run.counts[host]?.changed ?? 0) > 0]).toEqual([host, true]);
  });

  it.each(['db01', ...QUAY])('%s answers well at all three endpoints', async (host) => {
    for (const endpoint of Object.keys(ENDPOINTS)) expect([endpoint, await health(host, endpoint)]).toEqual([endpoint, healthy(endpoint)]);
  });

  it('shows no secret in an argument list', () => {
    const secrets = generatedSecrets();
    expect(Object.keys(secrets).length).toBeGreaterThan(7);
    // the hosts' own programs were seen, so a secret would have been
    for (const program of ['radosgw-admin', 'podman run', 'apt-get']) expect([...processes].some((line) => line.includes(program))).toBe(true);
    expect(secretsIn([...processes].join('\n'), secrets)).toEqual([]);
  });

  it('shows no secret in its own output', () => {
    expect(secretsIn(run.out + run.err)).toEqual([]);
  });

  it.each([...HOSTS])('leaves no secret of %s where others can read it', async (host) => {
    expect(await leaksOn(host)).toEqual([]);
  });

  it('keeps the generated secrets readable by their owner alone', async () => {
    const open = await lab('ctl', 'find', SECRETS, '-perm', '/077', '!', '-name', '*.crt', '!', '-name', '*.cert');
    expect(open).toBe('');
  });
});

describe('the registry', () => {
  const repository = `${NAME}/quayadmin/e2e`;
  const auth = '--authfile /run/e2e-auth.json';
  // on stdin of a shell whose printf is its own: nothing of it is an argument
  const login = (): string => {
    const password = readFileSync(join(SECRETS, 'quay_admin_password'), 'utf8').trim();
    return `set -e\nprintf %s ${password} | podman login ${auth} -u quayadmin --password-stdin ${NAME} >/dev/null\n`;
  };
  let digest = '';

  afterAll(async () => void (await onHosts(['quay02', 'quay03'], 'rm -rf /run/e2e-auth.json /run/e2e-image')));

  it('takes an image from podman through the balancer', async () => {
    expect(await onHost('quay02', `getent ahosts ${NAME}`)).toContain('10.77.0.11 ');
    const content = randomBytes(1500).toString('hex');
    const push = `mkdir -p /run/e2e-image && cd /run/e2e-image
printf %s ${content} >content
tar cf - content | podman import -q - ${repository}:first >/dev/null
podman push -q ${auth} --digestfile digest ${repository}:first >/dev/null
podman rmi ${repository}:first >/dev/null
cat digest`;
    digest = (await onHost('quay02', login() + push)).trim();
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('gives it back by digest to another host', async () => {
    const pull = `podman pull -q ${auth} ${repository}@${digest} >/dev/null
podman image inspect --format '{{.Digest}}' ${repository}@${digest}
podman rmi ${repository}@${digest} >/dev/null`;
    expect((await onHost('quay03', login() + pull)).trim()).toBe(digest);
  });

  it('keeps its blobs in the bucket of the object store', async () => {
    // podman keeps the manifest that it pulled beside the image
    const manifest = `podman pull -q ${auth} ${repository}@${digest} >/dev/null
cat "$(podman info --format '{{.Store.GraphRoot}}')/overlay-images/$(podman image inspect --format '{{.Id}}' ${repository}@${digest})/manifest"
podman rmi ${repository}@${digest} >/dev/null`;
    const { config, layers } = JSON.parse(await onHost('quay02', login() + manifest)) as Manifest;
    const blobs = [config, ...layers].map((one) => one.digest.replace('sha256:', ''));
    const objects = JSON.parse(await onHost('ceph02', 'radosgw-admin bucket list --bucket=quay --max-entries=10000')) as { name: string }[];
    const missing = blobs.filter((blob) => !objects.some(({ name }) => name.includes(blob)));
    expect([blobs.length, missing]).toEqual([2, []]);
  });

  it('gives nothing to somebody without its password', async () => {
    const refused = `printf %s wrong | podman login --authfile /run/e2e-image.json -u quayadmin --password-stdin ${NAME} 2>&1 && echo logged-in; true`;
    expect(await onHost('quay03', refused)).toMatch(/unauthorized|invalid username\/password/i);
  });
});

describe('the second run', () => {
  it('changes nothing on any of the seven', async () => {
    const run = mustEnd(await install(), 0);
    expect(changes(run)).toEqual([]);
    for (const host of HOSTS) expect([host, run.counts[host]]).toEqual([host, expect.objectContaining({ changed: 0, failed: 0, unreachable: 0 })]);
  });

  it('has nothing to plan', async () => {
    const told = await tell('plan', INSTALL, '-i', INVENTORY);
    const waits = Object.entries(told.counts).filter(([, one]) => one.wouldChange + one.failed > 0);
    expect([told.code, told.failures, waits]).toEqual([0, [], []]);
    const page = await qplay('plan', INSTALL, '-i', INVENTORY, '-o', 'plain');
    expect([page.code, page.err]).toEqual([0, '']);
    expect(page.out).toMatch(/Nothing to do/);
  });
});
