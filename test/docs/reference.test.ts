import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { cell, expectPage, expectPart, ROOT, read } from './pages.ts';
import { parse } from './specs.ts';

/** What a command prints. */
async function said(name: string, words: readonly string[], file = name): Promise<string> {
  const text: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => text.push(String(chunk)) > 0);
  try {
    const { default: command } = (await import(`../../engine/cli/${file}.ts`)) as typeof import('../../engine/cli/doc.ts');
    expect(await command(name, words)).toBe(0);
  } finally {
    spy.mockRestore();
  }
  return text.join('');
}

describe('generated reference pages are those of this code', () => {
  it('modules', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qplay-docs-'));
    try {
      await said('doc', ['--write', folder]);
      const made = readdirSync(folder).sort();
      for (const name of made) expectPage(`docs/reference/modules/${name}`, readFileSync(join(folder, name), 'utf8'));
      expect(readdirSync(join(ROOT, 'docs/reference/modules')).sort()).toEqual(made);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['run', 'run'],
    ['inventory', 'inventory'],
    ['doc', 'doc'],
    ['vault', 'vault'],
  ])('flags of qplay %s', async (name, file) => {
    expectPart('docs/reference/cli.md', `flags of ${name}`, `\`\`\`text\n${await said(name, ['--help'], file)}\`\`\`\n`);
  });

  it('variables of the roles', () => {
    const roles = readdirSync(join(ROOT, 'roles')).sort();
    const parts = roles.map((role) => {
      const { description, options } = parse(role);
      const rows = options.map(
        (one) => `| \`${one.name}\`${one.required ? ' **required**' : ''} | ${one.type} | ${cell(one.default)} | ${cell(one.description)} |`,
      );
      return `### ${role}\n\n${description}\n\n| variable | type | default | what it does |\n|---|---|---|---|\n${rows.join('\n')}\n`;
    });
    expectPart('docs/reference/variables.md', 'roles', `\n${parts.join('\n')}\n`);
  });

  it('keywords, filters, tests and lookups', async () => {
    const { BLOCK_KEYWORDS, PLAY_KEYWORDS, ROLE_KEYWORDS, TASK_KEYWORDS } = await import('../../engine/load/keywords.ts');
    const { META_ACTIONS } = await import('../../engine/execute/meta.ts');
    const { controls, FLOW } = await import('../../engine/execute/control/index.ts');
    const { filterNames, lookupNames, testNames } = await import('../../engine/jinja/index.ts');
    const names = (list: Iterable<string>): string =>
      [...new Set(list)]
        .sort()
        .map((one) => `\`${one}\``)
        .join(', ');
    const rows = [
      ['of a play', names(PLAY_KEYWORDS)],
      ['of a role', names(ROLE_KEYWORDS)],
      ['of a block', names(BLOCK_KEYWORDS)],
      ['of a task', `${names(TASK_KEYWORDS)}, \`with_*\``],
      ['`meta` actions', names(META_ACTIONS)],
      ["the engine's own actions", names([...Object.keys(controls), ...FLOW])],
    ];
    expectPart('docs/reference/language.md', 'keywords', `| keywords | |\n|---|---|\n${rows.map(([what, list]) => `| ${what} | ${list} |`).join('\n')}\n`);
    const kinds = [
      ['filters', filterNames()],
      ['tests', testNames()],
      ['lookups', lookupNames()],
    ] as const;
    const lists = kinds.map(([kind, list]) => `**${new Set(list).size} ${kind}**: ${names(list)}\n`);
    expectPart('docs/reference/language.md', 'names', `${lists.join('\n')}`);
  });
});

describe('pages that are written by hand keep up with the code', () => {
  it('every code of an error is described, and no other', () => {
    const texts = sources();
    const used = new Set(texts.flatMap(codesIn));
    const described = [...read('docs/reference/errors.md').matchAll(/^\| (`[a-z0-9`, -]+`) \|/gm)].flatMap(
      (row) => (row[1] as string).match(/[a-z][a-z0-9-]*/g) ?? [],
    );
    expect([...used].filter((one) => !described.includes(one)).sort(), 'codes without a row').toEqual([]);
    // templates name their codes in many ways, so a row only has to be found as a literal
    expect(
      described.filter((one) => !texts.some((text) => text.includes(`'${one}'`) || (one.startsWith('unknown-') && text.includes('unknown-${what}')))),
      'rows without a code',
    ).toEqual([]);
  });

  it('every event is described, and no other', () => {
    const used = [...read('engine/report/event.ts').matchAll(/readonly type: '([a-z.-]+)'/g)].map((found) => found[1]);
    const described = [...read('docs/reference/events.md').matchAll(/^\| `([a-z.-]+)` \|/gm)].map((found) => found[1]);
    expect(used.length).toBeGreaterThan(10);
    expect(described.sort()).toEqual(used.sort());
  });

  it('every exit code is described, and no other', async () => {
    const { EXIT } = await import('../../engine/error.ts');
    const described = [...read('docs/reference/exit-codes.md').matchAll(/^\| (\d+) \|/gm)].map((found) => Number(found[1]));
    expect(described).toEqual(Object.values(EXIT).sort((a, b) => a - b));
  });

  it('every erratum of the book is listed with what is done and why', () => {
    const rows = [...read('docs/corrections.md').matchAll(/^\| (E\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)];
    expect(rows.map((row) => row[1])).toEqual(Array.from({ length: 27 }, (_, index) => `E${index + 1}`));
  });

  it('the example module of the how-to is the one that is compiled and run', () => {
    expect(read('docs/how-to/write-a-module.md')).toContain(`\`\`\`ts\n${read('test/docs/example-module.ts')}\`\`\``);
  });
});

/** Text of the engine's files; modules say more in their own words than by a code. */
function sources(): string[] {
  const below = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((one) =>
      one.isDirectory() ? below(join(folder, one.name)) : /\.tsx?$/.test(one.name) ? [readFileSync(join(folder, one.name), 'utf8')] : [],
    );
  return below(join(ROOT, 'engine'));
}

/** The ways in which a diagnostic gets its code. */
const WAYS: readonly RegExp[] = [
  /\binputError\(\s*'([a-z][a-z0-9-]*)'/g,
  /\b(?:failed|say)\('([a-z][a-z0-9-]*)',/g,
  /\b(?:unreachable|refused)\([\w.#]+, '([a-z][a-z0-9-]*)'/g,
  /severity: '(?:error|warning)',\s*code: '([a-z][a-z0-9-]*)'/g,
];

const codesIn = (text: string): string[] => WAYS.flatMap((way) => [...text.matchAll(way)].map((found) => found[1] as string));
