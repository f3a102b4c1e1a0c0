import type { Block, Layer, Node, Task } from '../load/model.ts';

/** Which part of a block a host is in. */
type Part = 'block' | 'rescue' | 'always' | 'done';

/** The parts of a block in which a task failed. */
const IN_BLOCK = 1;
const IN_RESCUE = 2;
const IN_ALWAYS = 4;

type Parts = Pick<Block, 'block' | 'rescue' | 'always' | 'brought'>;

/** A block that a host is in. Never changed: a step makes new ones. */
interface Level {
  readonly parts: Parts;
  readonly part: Part;
  /** Of the next node of the part. */
  readonly index: number;
  /** Parts that failed and were not rescued, as bits. */
  readonly failed: number;
  readonly rescued: boolean;
}

/** A task with the variables that the includes around it hand to it. */
export interface Placed {
  readonly task: Task;
  readonly frame: readonly Layer[];
}

/** Where a host stands in a play: the blocks around it, outermost first, and the handlers it is running. */
export interface Cursor {
  readonly levels: readonly Level[];
  readonly flush?: { readonly handlers: readonly Placed[]; readonly index: number };
  /** Where a handler failed: as in Ansible, the next flush goes on behind it. */
  readonly resume?: number;
}

/** What decides whether a host does a task. */
export interface Asked {
  /** Whether the host has been notified of the handler. */
  readonly notified: (handler: Task) => boolean;
  /** Whether the end of a section has no handlers to run. */
  readonly nothingToFlush: () => boolean;
}

export interface Next extends Placed {
  /** Where the host stands once it has begun the task. */
  readonly after: Cursor;
}

export const cursorAt = (nodes: readonly Node[]): Cursor => ({ levels: [enter({ block: nodes, rescue: [], always: [] })] });

const enter = (parts: Parts): Level => ({ parts, part: 'block', index: 0, failed: 0, rescued: false });

/** The next task of a host; `undefined` when it has done all of the play. */
export function nextOf(cursor: Cursor, asked: Asked): Next | undefined {
  const handler = nextHandler(cursor, asked);
  if (handler !== undefined) return handler;
  let { levels } = cursor;
  const resume = resumeOf(cursor);
  for (;;) {
    const step = stepOf(levels);
    if (step === undefined) return undefined;
    levels = step.levels;
    const { task } = step;
    if (task === undefined || (task.implicit === 'flush_handlers' && asked.nothingToFlush())) continue;
    return { task, frame: levels.flatMap(({ parts }) => parts.brought ?? []), after: { levels, ...resume } };
  }
}

/** Where a host stands when it has done all of the play: out of every block, with what failed in them known. */
export function finalOf(cursor: Cursor): Cursor {
  let { levels } = cursor;
  for (;;) {
    const step = stepOf(levels);
    if (step === undefined) return { levels };
    if (step.task !== undefined && step.task.implicit !== 'flush_handlers') return cursor;
    levels = step.levels;
  }
}

function nextHandler({ levels, flush }: Cursor, { notified }: Asked): Next | undefined {
  if (flush === undefined) return undefined;
  for (let index = flush.index; index < flush.handlers.length; index++) {
    const placed = flush.handlers[index] as Placed;
    if (notified(placed.task)) return { ...placed, after: { levels, flush: { ...flush, index: index + 1 } } };
  }
  return undefined;
}

interface Step {
  readonly levels: readonly Level[];
  readonly task?: Task;
}

/** One move within the innermost block, into one or out of it. `undefined` at the end of the play. */
function stepOf(levels: readonly Level[]): Step | undefined {
  const top = levels.at(-1) as Level;
  const around = levels.slice(0, -1);
  const become = (level: Partial<Level>): Step => ({ levels: [...around, { ...top, index: 0, ...level }] });
  if (top.part === 'done') return around.length === 0 ? undefined : { levels: unresolved(top) ? failTop(around) : around };
  if (top.part === 'rescue' && (top.failed & IN_RESCUE) !== 0) return become({ part: 'always' });
  const node = top.parts[top.part][top.index];
  if (node === undefined) {
    if (top.part === 'block') return become({ part: 'always' });
    return top.part === 'rescue' ? become({ part: 'always', failed: 0, rescued: true }) : become({ part: 'done' });
  }
  const here = [...around, { ...top, index: top.index + 1 }];
  return node.kind === 'task' ? { levels: here, task: node } : { levels: [...here, enter(node)] };
}

const unresolved = ({ failed, rescued }: Level): boolean => failed !== 0 && !(rescued && (failed & IN_ALWAYS) === 0);

/**
 * Where a host stands once its task has failed: in the rescue or always section of the innermost block. What is around that block
 * learns of it only with the next step, so that a host that is made to fail twice for one task fails once.
 */
export const failed = (cursor: Cursor): Cursor => ({
  levels: failTop(cursor.levels),
  ...(cursor.flush === undefined ? resumeOf(cursor) : { resume: cursor.flush.index }),
});

/** A flush that was done begins anew the next time. */
const resumeOf = ({ flush, resume }: Cursor): Pick<Cursor, 'resume'> => (flush !== undefined || resume === undefined ? {} : { resume });

function failTop(levels: readonly Level[]): readonly Level[] {
  const top = levels.at(-1) as Level;
  const { rescue, always } = top.parts;
  const onward: Part = always.length > 0 ? 'always' : 'done';
  const moved: Partial<Level> = {
    block: { failed: top.failed | IN_BLOCK, part: rescue.length > 0 ? 'rescue' : onward },
    rescue: { failed: top.failed | IN_RESCUE, part: onward },
    always: { failed: top.failed | IN_ALWAYS, part: 'done' as const },
    done: {},
  }[top.part] as Partial<Level>;
  const there: Level = { ...top, index: 0, ...moved };
  // out of a block of the play itself there is no way back, also when the failure is forgotten
  if (levels.length === 2 && there.part === 'done') return [{ ...(levels[0] as Level), part: 'done', failed: there.failed, rescued: there.rescued }];
  return [...levels.slice(0, -1), there];
}

/** Whether the host has failed, with no rescue section before it. */
export const isFailed = ({ levels }: Cursor): boolean => failedFrom(levels, 0);

function failedFrom(levels: readonly Level[], depth: number): boolean {
  const level = levels[depth];
  if (level === undefined) return false;
  const inner = failedFrom(levels, depth + 1);
  if ((level.part === 'rescue' || level.part === 'always') && inner) return true;
  if (level.failed === 0) return level.part === 'block' && inner && level.parts.rescue.length === 0;
  if (level.part === 'rescue' && (level.failed & IN_RESCUE) === 0) return false;
  if (level.part === 'always' && (level.failed & IN_ALWAYS) === 0) return false;
  return unresolved(level);
}

/** Whether a failure here would be rescued. While handlers run, Ansible does not see the rescue section of the outermost block. */
export const isRescuing = ({ levels, flush }: Cursor): boolean =>
  levels.slice(flush === undefined ? 1 : 2).some(({ part, parts }) => part === 'block' && parts.rescue.length > 0);

/** The end of the play for a host (`meta: end_host` and its like). A failure that it was rescuing is forgotten. */
export function ended({ levels }: Cursor): Cursor {
  const outermost = (levels[1] ?? levels[0]) as Level;
  const forgiven = levels.at(-1)?.part === 'rescue' && levels.length > 1;
  return { levels: [{ ...(levels[0] as Level), part: 'done', failed: forgiven ? 0 : outermost.failed, rescued: outermost.rescued }] };
}

/** The same place with every failure forgotten (`meta: clear_host_errors`). */
export const forgiven = (cursor: Cursor): Cursor => ({ ...cursor, levels: cursor.levels.map((level) => ({ ...level, failed: 0 })) });

/** The host runs these handlers, as far as it is notified of them, before it goes on. */
export const flushing = ({ levels, resume = 0 }: Cursor, handlers: readonly Placed[]): Cursor => ({ levels, flush: { handlers, index: resume } });

/** What an include brings is put before the next node. */
export function inserted(cursor: Cursor, brought: Block): Cursor {
  const { levels, flush } = cursor;
  if (flush !== undefined) {
    const placed = brought.block.map((one): Placed => ({ task: one as Task, frame: brought.brought ?? [] }));
    return { levels, flush: { ...flush, handlers: flush.handlers.toSpliced(flush.index, 0, ...placed) } };
  }
  const top = levels.at(-1) as Level;
  if (top.part === 'done' || (top.part === 'block' && top.failed !== 0)) return cursor;
  const parts = { ...top.parts, [top.part]: top.parts[top.part].toSpliced(top.index, 0, brought) };
  return { ...cursor, levels: [...levels.slice(0, -1), { ...top, parts }] };
}
