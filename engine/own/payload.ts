import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { Lib, quote } from '../module/sh.ts';
import { packageRoot } from '../root.ts';

/**
 * Programs that Python goes by, best first: those of ansible-core 2.18, and at last the one that RHEL 8 has for its own tools,
 * which Ansible 2.18 does not use any more.
 */
const PYTHONS = 'python3.13 python3.12 python3.11 python3.10 python3.9 python3.8 /usr/bin/python3 python3 /usr/libexec/platform-python';

/** What a host says, and nothing else does, when it has no Python. */
export const NONE = 'qplay: no python';

/** The first Python that can be run, as `$qp_p`; empty when there is none. */
export const FIND_PYTHON = new Lib(
  'qp_python',
  `for qp_p in ${PYTHONS} ''; do
  [ -z "$qp_p" ] || "$qp_p" -c 'import sys; sys.exit(sys.version_info < (3, 6))' </dev/null >/dev/null 2>&1 && break
done`,
);

let base: Lib | undefined;

/** A private folder of the shell's own as `$qp_own_d`, removed when the shell ends, with the program that runs modules in it. */
export function folder(): Lib {
  base ??= new Lib(
    'qp_own',
    // each way out removes it: a signal that comes while the shell is leaving keeps what it does on EXIT from being done
    `qp_own_d=$(umask 077; mktemp -d "\${TMPDIR:-/tmp}/qplay.XXXXXX") && {
  trap 'rm -rf "$qp_own_d"' EXIT
  trap 'rm -rf "$qp_own_d"; exit 129' HUP
  trap 'rm -rf "$qp_own_d"; exit 143' TERM
}
printf %s ${quote(readFileSync(join(packageRoot(), 'python', 'run.py'), 'utf8'))} >"$qp_own_d/run.py"`,
  );
  return base;
}

/** Files once made ready, by path and content. */
const made = new WeakMap<Buffer, { readonly name: string; readonly lib: Lib }>();

/** A file in that folder: deflated and in base64, under the name of its content. A shell gets it once. */
export function file(content: Buffer): { readonly name: string; readonly lib: Lib } {
  const known = made.get(content);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(content).digest('hex').slice(0, 32);
  const text = deflateSync(content, { level: 9 }).toString('base64');
  const one = { name, lib: new Lib(`qp_own ${name}`, `printf %s ${quote(text)} >"$qp_own_d/${name}"`, [folder()]) };
  made.set(content, one);
  return one;
}
