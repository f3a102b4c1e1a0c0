import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Controller, lines, type Observed, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { readIds } from './attributes.ts';
import { ENTRY, type Entry, planEntries, seenEntries } from './entries.ts';
import { modeText } from './mode.ts';
import { baseName, pathWord } from './path.ts';
import type { Target } from './place.ts';
import { groupsBy, recordsOf } from './records.ts';
import { localSource } from './source.ts';

/** A folder of the control node that is to stand on the host. */
export interface Tree {
  readonly src: string;
  readonly target: Target;
  readonly entries: readonly Entry[];
}

interface Order {
  readonly args: { readonly mode?: unknown; readonly local_follow: boolean; readonly decrypt: boolean };
  readonly path: string;
  /** Only what is in it (a trailing slash in `src`). */
  readonly contents: boolean;
  readonly controller: Controller;
  readonly target: Target;
}

/** Reads a folder of the control node with everything in it. */
export async function readTree({ args, path, contents, controller, target }: Order): Promise<Tree> {
  const entries: Entry[] = [];
  const visit = async (from: string, rel: string, seen: readonly string[]): Promise<void> => {
    const entry = await (args.local_follow ? stat(from) : lstat(from));
    if (entry.isSymbolicLink()) entries.push({ rel, kind: 'link', to: await readlink(from) });
    else if (entry.isDirectory()) {
      const id = `${entry.dev}:${entry.ino}`;
      if (seen.includes(id)) return;
      entries.push({ rel, kind: 'directory' });
      for (const name of (await readdir(from)).sort()) await visit(join(from, name), rel === '' ? name : `${rel}/${name}`, [...seen, id]);
    } else if (entry.isFile()) {
      const { sha1, content } = await localSource(from, controller, args.decrypt);
      entries.push({ rel, kind: 'file', sha1, content, mode: args.mode === 'preserve' ? modeText(entry.mode) : args.mode });
    }
  };
  await visit(path, contents ? '' : baseName(path), []);
  return { src: contents ? `${path}/` : path, target, entries };
}

export function probeTree({ target, entries }: Tree): Script {
  return lines(
    sh`${ENTRY}p=${pathWord(target.dest.replace(/(?<=.)\/+$/, ''))}
printf 'at=%s\\0' "$p"
qp_s=`,
    readIds(target),
    ...entries.map(({ rel }) => sh`qp_entry "\${p%/}" ${rel}`),
  );
}

export function planTree(tree: Tree, output: Observed, _before: Observed | undefined): Plan {
  const records = recordsOf(output);
  const root = (records.get('at') ?? tree.target.dest).replace(/\/$/, '');
  const plan = planEntries(root, tree.entries, seenEntries(groupsBy(records, 'rel')), records, tree.target);
  return { ...plan, result: { ...plan.result, dest: root + '/', src: tree.src } };
}
