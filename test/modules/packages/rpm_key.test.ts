import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import apt_key from '../../../modules/packages/apt_key.ts';
import { dearmored, keysIn } from '../../../modules/packages/pgp.ts';
import rpm_key from '../../../modules/packages/rpm_key.ts';
import { controller, output, runAsk, scratch } from '../harness.ts';

const KEY = apt_key.examples.find(({ args }) => args.data !== undefined)?.args.data as string;
const ID = '1716B240F0787B4B';
const PRINT = '71306BAB2554BC796F2F6C3D1716B240F0787B4B';
const lacking = spawnSync('rpm', ['--version']).status === 0 ? undefined : 'there is no rpm';

test('a key has its fingerprints', () => {
  expect(keysIn(dearmored(Buffer.from(KEY)))).toMatchObject([{ ids: [ID], fingerprints: [PRINT] }]);
});

describe.skipIf(lacking !== undefined)(`rpm_key${lacking === undefined ? '' : ` (skipped: ${lacking})`}`, () => {
  let file: string;
  let home: string | undefined;
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer(
      (request, response) => void response.writeHead(request.url === '/key' || request.url === '/page' ? 200 : 404).end(request.url === '/key' ? KEY : 'text'),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());
  beforeEach(async () => {
    // a database of its own: rpm reads where it is from the macros of the user
    const folder = scratch();
    file = join(folder, 'key.asc');
    writeFileSync(file, KEY);
    writeFileSync(join(folder, '.rpmmacros'), `%_dbpath ${folder}/db\n`);
    home = process.env.HOME;
    process.env.HOME = folder;
    await output('rpm', '--initdb');
  });
  afterEach(() => {
    process.env.HOME = home;
  });
  const keys = async () => (await output('rpm', '-q', 'gpg-pubkey').catch(() => '')).trim();

  test('is imported from a file, known by its id and fingerprint, and dropped', async () => {
    expect((await runAsk(rpm_key, { key: file }, controller('/', { check: true }))).plan.is).toBe('wrong');
    expect(await keys()).toBe('');
    expect(await runAsk(rpm_key, { key: file, fingerprint: [PRINT.toLowerCase().replace(/(.{4})/g, '$1 ')] })).toMatchObject({
      plan: { is: 'wrong' },
      after: { is: 'right' },
    });
    expect(await keys()).toMatch(/^gpg-pubkey-f0787b4b-/);
    for (const key of [file, 'F0787B4B', `0x${ID}`, PRINT]) expect((await runAsk(rpm_key, { key })).plan).toEqual({ is: 'right' });
    expect(await runAsk(rpm_key, { key: '0xf0787b4b', state: 'absent' })).toMatchObject({ plan: { is: 'wrong' }, after: { is: 'right' } });
    expect(await keys()).toBe('');
    expect((await runAsk(rpm_key, { key: file, state: 'absent' })).plan).toEqual({ is: 'right' });
  });
  test('comes by URL', async () => {
    expect(await runAsk(rpm_key, { key: `${url}/key` })).toMatchObject({ plan: { is: 'wrong' }, after: { is: 'right' } });
    expect((await runAsk(rpm_key, { key: `${url}/page` })).plan).toMatchObject({ is: 'impossible', why: `Not a public key: ${url}/page` });
    expect((await runAsk(rpm_key, { key: `${url}/none` })).plan).toMatchObject({ is: 'impossible', why: expect.stringContaining('failed to fetch key') });
  });
  test('is refused when it is another one, or none', async () => {
    expect((await runAsk(rpm_key, { key: file, fingerprint: ['00'] })).plan).toMatchObject({
      is: 'impossible',
      why: expect.stringContaining('does not match any key fingerprints'),
    });
    expect((await runAsk(rpm_key, { key: 'DEADBEEF' })).plan).toMatchObject({ is: 'impossible', why: 'When importing a key, a valid file must be given' });
    expect((await runAsk(rpm_key, { key: '/no/such' })).plan).toMatchObject({ is: 'premature', why: 'Not a valid key /no/such' });
  });
});
