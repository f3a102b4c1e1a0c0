import { type At, type Diagnostic, didYouMean, inputError, QplayError } from '../error.ts';
import type { Origin } from './api.ts';
import { UNDEFINED } from './api.ts';
import { type Place, PyError, type Undefined, UndefinedUse } from './values.ts';

/** One template text and where it stands; places count in it. */
export interface Unit {
  readonly text: string;
  readonly origin?: Origin | undefined;
}

/** Place of a part of a template in the user's file, when that is known. */
export function locate(unit: Unit, offset: number, length: number, origin = unit.origin): Partial<Diagnostic> {
  if (origin === undefined) {
    const start = unit.text.lastIndexOf('\n', offset - 1) + 1;
    const end = unit.text.indexOf('\n', offset);
    const line = unit.text.slice(start, end < 0 ? undefined : end);
    return line === '' ? {} : { cause: `in the template: ${line.length > 200 ? `${line.slice(0, 200)}…` : line}` };
  }
  const at: At = origin.at(offset);
  return { at: { ...at, length: Math.max(1, length) } };
}

/** What Ansible says of a template that cannot be read. */
function said(code: string, message: string, { text }: Unit): string {
  const name = /called '([^']*)'/.exec(message)?.[1] ?? '';
  if (code === 'unknown-lookup') return `lookup plugin (${name}) not found`;
  const why =
    code === 'unknown-filter' || code === 'unknown-test'
      ? `Could not load "${name}": '${name}'`
      : message.replace("expected an expression, got '}}'", "unexpected 'end of print statement'");
  return `template error while templating string: ${why}. String: ${text}. ${why}`;
}

/** A template that cannot be read. */
export function syntaxError(unit: Unit, offset: number, length: number, message: string, hint?: string, code = 'jinja'): QplayError {
  return inputError(code, message, { says: said(code, message, unit), ...locate(unit, offset, length), ...(hint === undefined ? {} : { hint }) });
}

/** What was thrown while a template ran, as a `QplayError`; `place` is the node that was at work. */
export function runtimeError(error: unknown, place: Place | undefined, origin: Origin | undefined, main: Unit): unknown {
  if (error instanceof UndefinedUse) {
    const where = error.value.place ?? place;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return inputError(UNDEFINED, undefinedMessage(error.value), { ...position(where, origin, main), ...hint });
  }
  if (error instanceof PyError) {
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return inputError(error.code, error.message, { ...position(place, origin, main), ...hint });
  }
  if (error instanceof RangeError) {
    return inputError('recursion', 'the template runs too deep or grows too large', position(place, origin, main));
  }
  return error;
}

function position(place: Place | undefined, origin: Origin | undefined, main: Unit): Partial<Diagnostic> {
  if (place === undefined) return {};
  const unit = place.unit as Unit;
  return locate(unit, place.offset, place.length, unit === main ? origin : unit.origin);
}

function undefinedMessage(value: Undefined): string {
  const message = value.message();
  if (value.known === undefined || typeof value.name !== 'string') return message;
  const suggestion = didYouMean(value.name, value.known());
  return suggestion === '' ? message : `${message}.${suggestion}`;
}

export const isUndefinedError = (error: unknown): error is QplayError =>
  error instanceof QplayError && error.diagnostics.length > 0 && error.diagnostics.every((one) => one.code === UNDEFINED);
