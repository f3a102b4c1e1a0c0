import { type Data, isDict } from '../value.ts';
import { OMIT } from '../vars/magic.ts';

/** A value without what `omit` stands for, at any depth. */
export function withoutOmit(value: Data): Data {
  if (Array.isArray(value)) return value.some(holdsOmit) ? value.filter((one) => one !== OMIT).map(withoutOmit) : value;
  if (isDict(value) && !('names' in value))
    return holdsOmit(value) ? new Map([...value].filter(([, one]) => one !== OMIT).map(([key, one]) => [key, withoutOmit(one)])) : value;
  return value;
}

const holdsOmit = (value: Data): boolean =>
  value === OMIT || (Array.isArray(value) && value.some(holdsOmit)) || (isDict(value) && !('names' in value) && [...value.values()].some(holdsOmit));
