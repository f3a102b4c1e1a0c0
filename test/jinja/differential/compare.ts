import { fileURLToPath } from 'node:url';
import { answer, CRASH } from '../../oracle/own.ts';
import { type Answer, ENVIRONMENT, type Json, type TemplateServer } from '../../oracle/templates.ts';
import { contextIn } from '../support.ts';
import type { Call } from './calls.ts';

/** Folder that files of the calls are looked for in. */
export const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

export interface Compared {
  readonly call: Call;
  readonly ansible: Answer;
  readonly qplay: Answer;
  readonly same: boolean;
}

const BATCH = 500;

/** Puts each call to both and compares: the same value with the same types, or both fail. */
export async function compare(server: TemplateServer, calls: readonly Call[]): Promise<Compared[]> {
  const batches: Call[][] = [];
  for (let at = 0; at < calls.length; at += BATCH) batches.push(calls.slice(at, at + BATCH));
  const asked = batches.map((cases) =>
    server.ask({ cases: cases.map(({ text, mode, vars }) => ({ text, ...(mode && { mode }), ...(vars && { vars }) })), basedir: FIXTURES }),
  );
  const answers = (await Promise.all(asked)).flat();
  Object.assign(process.env, ENVIRONMENT);
  const context = contextIn(FIXTURES);
  return calls.map((call, index) => judge(call, answers[index] as Answer, answer(call, context)));
}

function judge(call: Call, ansible: Answer, qplay: Answer): Compared {
  const same = 'value' in ansible ? 'value' in qplay && isSame(call, ansible.value, qplay.value) : 'error' in qplay && qplay.error !== CRASH;
  return { call, ansible, qplay, same };
}

/** Text that Python's Markup holds: qplay has no such type, see the reference. */
const plain = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && '$' in value && value.$ === 'Markup' ? (value as unknown as { v: unknown }).v : value;

const isSame = (call: Call, a: Json, b: Json): boolean => text(call, a) === text(call, b);

const text = (call: Call, value: Json): string =>
  call.unordered && Array.isArray(value) ? JSON.stringify(value.map((member) => JSON.stringify(member, plain)).sort()) : JSON.stringify(value, plain);

const shown = (given: Answer): string => ('value' in given ? JSON.stringify(given.value) : `fails: ${given.error}: ${given.message}`);

/** A difference in words. */
export const describeDifference = ({ call, ansible, qplay }: Compared): string =>
  `${call.text}\n  ansible-core  ${shown(ansible).slice(0, 400)}\n  qplay         ${shown(qplay).slice(0, 400)}`;
