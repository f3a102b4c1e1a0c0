import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Value } from '../../../engine/jinja/values.ts';
import { oracle } from '../../oracle/oracle.ts';
import { ENVIRONMENT, TemplateServer } from '../../oracle/templates.ts';
import { encode } from '../../oracle/values.ts';
import { campaign, type Found } from './campaign.ts';
import { writeFiles } from './more.ts';

// `npm run fuzz:jinja -- --count N --seed S` sets these
const count = Number(process.env.QPLAY_FUZZ_COUNT ?? 20_000);
const seed = Number(process.env.QPLAY_FUZZ_SEED ?? 1);
const most = Number(process.env.QPLAY_FUZZ_MOST ?? 5);
/** File that differences are added to as they are met. */
const out = process.env.QPLAY_FUZZ_OUT;
const judge = oracle();
const servers: TemplateServer[] = [];
afterAll(() => {
  for (const server of servers) server.stop();
});

/** A difference as one reads it, with the variables its template names. */
function told({ text, mode, ansible, qplay, seed, vars }: Found): string {
  const named = [...vars].filter(([name]) => text.includes(String(name)) || String(name).startsWith('lazy'));
  const values = Object.fromEntries(
    named.filter(([name]) => new RegExp(`\\b${String(name)}\\b`).test(text)).map(([name, value]) => [name, encode(value as Value)]),
  );
  return `${JSON.stringify(text)}\n  mode    ${mode} (batch ${seed})\n  ansible ${ansible}\n  qplay   ${qplay}\n  vars    ${JSON.stringify(values)}`;
}

test.skipIf('lacking' in judge)(
  `${count} random templates give what ansible-core gives${'lacking' in judge ? `: ${judge.lacking}` : ''}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qplay-fuzz-'));
    writeFiles(folder);
    Object.assign(process.env, ENVIRONMENT);
    for (let i = 0; i < 2; i++) servers.push(new TemplateServer());
    let shown = Date.now();
    const result = await campaign({
      seed,
      count,
      servers,
      folder,
      most,
      progress: (done, differences) => {
        if (count <= 20_000 || Date.now() - shown < 30_000) return;
        shown = Date.now();
        process.stderr.write(`${done} templates, ${differences} differences\n`);
      },
      found: (one) => {
        if (out !== undefined) appendFileSync(out, `${told(one)}\n`);
      },
    });
    expect(result.differences.map(told)).toEqual([]);
    expect(result.templates).toBeGreaterThanOrEqual(count);
  },
  Math.max(600_000, count * 30),
);
