import { raw, type Script, sh } from '../engine/module/contract.ts';

/**
 * Several answers out of one probe. Each section's output stands between two lines that no tool prints, the second with
 * the exit status, so that one trip can ask many questions.
 */
export const section = (name: string, script: Script): Script => sh`printf '\n--qp:%s--\n' ${raw(name)}
( ${script}
); printf '\n--qp=%s--\n' "$?"`;

/** What one section of a probe printed. */
export interface Section {
  readonly code: number;
  readonly text: string;
}

const SECTION = /\n--qp:(\w+)--\n([\s\S]*?)\n--qp=(\d+)--\n/g;

/** The sections in a probe's output by name. */
export function sections(stdout: string): ReadonlyMap<string, Section> {
  const found = new Map<string, Section>();
  for (const [, name, text, code] of stdout.matchAll(SECTION)) found.set(name as string, { text: text as string, code: Number(code) });
  return found;
}

/** A section that must be there; a probe that did not get so far is told by its own stderr. */
export const sectionOf = (all: ReadonlyMap<string, Section>, name: string): Section => all.get(name) ?? { code: 127, text: '' };

/** JSON of a section; undefined when the command failed or printed none. */
export function jsonOf(part: Section): unknown {
  if (part.code !== 0 || part.text.trim() === '') return undefined;
  try {
    return JSON.parse(part.text);
  } catch {
    return undefined;
  }
}

/** First line of a tool's complaint without its prefix, for a `why`. */
export const complaint = (text: string): string => (text.trim().split('\n').at(-1) ?? '').replace(/^(?:Error|ERROR|FATAL|psql: error):\s*/, '').trim();
