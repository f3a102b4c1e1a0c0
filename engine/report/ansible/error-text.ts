import type { Diagnostic } from '../../error.ts';
import { placeText } from './place.ts';

/** A mistake that ends a run: Ansible's sentence and place, and below them what qplay says of it. */
export function errorText({ says, message, cause, at, hint }: Diagnostic): string {
  const own = [says === undefined ? [] : [message], cause === undefined ? [] : cause.trimEnd().split('\n'), hint === undefined ? [] : [`hint: ${hint}`]].flat();
  const place = at === undefined ? '' : `\n\n${placeText(at)}`;
  return `ERROR! ${says ?? message}${place}${own.length === 0 ? '' : `\n${own.map((line) => `  = ${line}`).join('\n')}`}`;
}
