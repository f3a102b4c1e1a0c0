import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import quayConfig from '../../../modules/quay/quay_config.ts';
import { controller, runState, SHELLS, scratch } from '../harness.ts';
import { pair, sample } from './sample.ts';

const { uid, gid } = userInfo();
const mine = { owner: String(uid), group: String(gid), version: '3.12.0' };

test.each(SHELLS)('writes the file once, readable by its group alone (%s)', async (...shell) => {
  const dest = join(scratch(), 'config.yaml');
  const first = await runState(quayConfig, { ...mine, dest, config: sample() }, { shell });
  expect(first.applied).toMatchObject({ code: 0 });
  expect(first.after).toMatchObject({ is: 'right', result: { path: dest, mode: '0640' } });
  expect(statSync(dest).mode & 0o7777).toBe(0o640);
  expect(readFileSync(dest, 'utf8')).toContain('DATABASE_SECRET_KEY: "12e45678901234567890123456789012345678901234567a"\n');
  expect((await runState(quayConfig, { ...mine, dest, config: sample() }, { shell })).plan).toMatchObject({ is: 'right' });
});

test('a changed secret is a change that shows no secret', async () => {
  const dest = join(scratch(), 'config.yaml');
  await runState(quayConfig, { ...mine, dest, config: sample() });
  const { plan } = await runState(quayConfig, { ...mine, dest, config: { ...sample(), SECRET_KEY: 'another-secret-of-length' } }, { check: true });
  if (plan.is !== 'wrong') throw new Error(plan.is);
  const shown = JSON.stringify(plan.diff);
  expect(shown).toContain('SECRET_KEY: \\"(old secret)\\"');
  expect(shown).toContain('SECRET_KEY: \\"(new secret)\\"');
  for (const secret of ['another-secret', '3a5f0f7c', 'quaypass', 'redispass']) expect(shown).not.toContain(secret);
  expect(plan.apply.text).not.toContain('another-secret');
});

test('wrong rights alone are put right', async () => {
  const dest = join(scratch(), 'config.yaml');
  await runState(quayConfig, { ...mine, dest, config: sample() });
  chmodSync(dest, 0o644);
  const ran = await runState(quayConfig, { ...mine, dest, config: sample() });
  expect(ran.plan).toMatchObject({ is: 'wrong', diff: [{ before: { mode: '0644' }, after: { mode: '0640' } }] });
  expect(ran.after).toMatchObject({ is: 'right' });
});

test('mistakes are told all at once and nothing is written', async () => {
  const dest = join(scratch(), 'config.yaml');
  const { plan } = await runState(quayConfig, { ...mine, dest, config: { ...sample(), SETUP_COMPLETE: false, FEATURE_MAILING: true } });
  expect(plan).toEqual({
    is: 'impossible',
    why: 'config.yaml has 2 mistakes:\n- SETUP_COMPLETE must be true\n- MAIL_SERVER is missing: FEATURE_MAILING is on',
  });
  expect(() => statSync(dest)).toThrow();
});

test('when Quay serves TLS itself, the certificate beside the file must be for its name', async () => {
  const folder = scratch();
  const config = { ...sample(), EXTERNAL_TLS_TERMINATION: false };
  const given = { ...mine, dest: join(folder, 'config.yaml'), config };
  expect((await runState(quayConfig, given)).plan).toMatchObject({ is: 'premature', why: `ssl.cert is not in ${folder}` });
  const made = pair(['registry.example.com']);
  writeFileSync(join(folder, 'ssl.cert'), made.certificate);
  writeFileSync(join(folder, 'ssl.key'), made.key);
  expect((await runState(quayConfig, given)).plan).toMatchObject({
    is: 'impossible',
    why: 'ssl.cert is not for quay.example.com (SERVER_HOSTNAME) but for DNS:registry.example.com',
  });
  const right = pair(['quay.example.com']);
  writeFileSync(join(folder, 'ssl.cert'), right.certificate);
  writeFileSync(join(folder, 'ssl.key'), right.key);
  expect((await runState(quayConfig, given)).after).toMatchObject({ is: 'right' });
});

test('doubts are warnings, said once', async () => {
  const control = controller('/');
  await runState(quayConfig, { ...mine, dest: join(scratch(), 'config.yaml'), config: { ...sample(), FEATURE_MAILNG: true } }, { control });
  expect(control.warnings).toEqual(['Quay 3.12 knows no field FEATURE_MAILNG. Did you mean "FEATURE_MAILING"?']);
});

test('a folder that is not there yet makes a plan unknown, not failed', async () => {
  expect((await runState(quayConfig, { ...mine, dest: '/nowhere/config.yaml', config: sample() })).plan).toEqual({
    is: 'premature',
    why: 'The folder /nowhere is not there',
  });
});
