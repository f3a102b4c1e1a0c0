#!/usr/bin/env node
/**
 * What dist/engine/cli/main.js is: it loads the built chunks beside it, each with the code that V8 made of it when qplay was
 * built, and starts the command line (docs/decisions/0015-code-cache.md). Nothing else imports this file.
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

type Loaded = { exports: unknown };
type Body = (
  exports: unknown,
  require: (id: string) => unknown,
  module: Loaded,
  filename: string,
  dirname: string,
  importPackage: (id: string) => Promise<unknown>,
) => void;

/** Parts of Node, and packages, that most runs do without, and that take milliseconds to load: each when something of it is first used. */
const LATE: ReadonlySet<string> = new Set([
  'node:child_process',
  'node:crypto',
  'node:fs/promises',
  'node:net',
  'node:readline/promises',
  'node:zlib',
  'diff',
  'smol-toml',
]);

// V8 optimises what has run for long, seven times later than by itself: most runs are over before that pays
setFlagsFromString('--interrupt-budget=1000000');

const here = import.meta.dirname;
const fromNode = createRequire(import.meta.filename);
const chunks = new Map<string, Loaded>();

const requireFrom = (id: string): unknown => (id.startsWith('./') ? chunk(id.slice(2)) : LATE.has(id) ? late(id) : fromNode(id));

/** Of packages that are no CommonJS. */
const importPackage = (id: string): Promise<unknown> => import(id);

function late(id: string): unknown {
  let loaded: Record<string | symbol, unknown> | undefined;
  return new Proxy(
    {},
    {
      get(_target, key) {
        loaded ??= fromNode(id) as Record<string | symbol, unknown>;
        return loaded[key];
      },
    },
  );
}

/** The exports of a chunk, run at the first call, as Node's own `require` does it. */
function chunk(name: string): unknown {
  const known = chunks.get(name);
  if (known !== undefined) return known.exports;
  const made: Loaded = { exports: {} };
  chunks.set(name, made);
  const filename = join(here, name);
  bodyOf(name, filename).call(made.exports, made.exports, requireFrom, made, filename, here, importPackage);
  return made.exports;
}

function bodyOf(name: string, filename: string): Body {
  const source = `(function (exports, require, module, __filename, __dirname, importPackage) { ${readFileSync(filename, 'utf8')}\n})`;
  const cachedData = codeOf(name, filename);
  const script = new Script(source, {
    filename,
    // code for another V8 or for other flags is refused by V8, which compiles then
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  return script.runInThisContext() as Body;
}

/** The compiled code of a chunk; undefined where there is none for this Node, or where the chunk has been changed since. */
function codeOf(name: string, filename: string): Buffer | undefined {
  const path = join(here, 'code', `${process.version}-${process.arch}`, `${name}.bin`);
  try {
    return statSync(path).mtimeMs >= statSync(filename).mtimeMs ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}

chunk('qplay.js');
