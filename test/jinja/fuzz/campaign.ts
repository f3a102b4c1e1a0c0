import type { Dict } from '../../../engine/value.ts';
import type { Mode, TemplateServer } from '../../oracle/templates.ts';
import { compareAll, type Difference } from './judge.ts';
import { Random } from './random.ts';
import { shrink } from './shrink.ts';
import { Templates } from './statements.ts';
import { type Piece, textOf } from './tree.ts';
import { variables } from './variables.ts';

/** Templates that share one set of variables. */
const BATCH = 50;

export interface Campaign {
  /** Decides every template and every value. */
  readonly seed: number;
  /** How many templates, rounded up to whole batches of 50. */
  readonly count: number;
  readonly servers: readonly TemplateServer[];
  /** Where included files would be. */
  readonly folder: string;
  /** The campaign ends after so many differences. */
  readonly most: number;
  readonly progress?: (done: number, differences: number) => void;
  /** Hears of each difference as soon as it is made small. */
  readonly found?: (one: Found) => void;
}

export interface Found extends Difference {
  /** Seed of the batch it was met in. */
  readonly seed: number;
  readonly vars: Dict;
}

export interface Result {
  readonly templates: number;
  readonly differences: readonly Found[];
}

interface Made {
  readonly piece: Piece;
  readonly mode: Mode;
}

function make(templates: Templates, random: Random): Made {
  const piece = templates.template(1 + random.below(4));
  // once a variable that is a template was read, Ansible converts what blocks capture even in text: an accident of its own
  const mode = random.chance(0.7) || textOf(piece).includes('endblock') ? 'value' : 'text';
  return { piece, mode };
}

/** One batch: its templates through both, and what differs made small. */
async function batch(seed: number, server: TemplateServer, folder: string): Promise<Found[]> {
  const random = new Random(seed);
  const vars = variables(random);
  const templates = new Templates(random);
  const made = Array.from({ length: BATCH }, () => make(templates, random));
  const judge = (all: readonly Made[]) =>
    compareAll(
      server,
      all.map(({ piece, mode }) => ({ text: textOf(piece), mode })),
      vars,
      folder,
    );
  const found: Found[] = [];
  for (const [index, difference] of (await judge(made)).entries()) {
    if (difference === undefined) continue;
    const { piece, mode } = made[index] as Made;
    const small = await shrink(piece, async (candidates) => (await judge(candidates.map((one) => ({ piece: one, mode })))).map((one) => one !== undefined));
    const [shrunk] = await judge([{ piece: small, mode }]);
    found.push({ ...(shrunk ?? difference), seed, vars });
  }
  return found;
}

/** Random templates through ansible-core and qplay, until the count or too many differences are reached. */
export async function campaign({ seed, count, servers, folder, most, progress, found: told }: Campaign): Promise<Result> {
  const batches = Math.ceil(count / BATCH);
  const differences: Found[] = [];
  let next = 0;
  let done = 0;
  const work = async (server: TemplateServer): Promise<void> => {
    while (next < batches && differences.length < most) {
      const found = await batch((seed * 1_000_003 + next++) >>> 0, server, folder);
      differences.push(...found);
      if (told !== undefined) found.forEach(told);
      done += BATCH;
      progress?.(done, differences.length);
    }
  };
  await Promise.all(servers.map(work));
  return { templates: done, differences };
}
