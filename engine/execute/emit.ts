import type { Event, Happening } from '../report/event.ts';
import type { Secrets } from './secrets.ts';

export type Emit = (happening: Happening) => void;

/** Adds version and time to what happens and masks every secret in it, before anybody sees it. */
export function emitter(sink: (event: Event) => void, secrets: Secrets): Emit {
  return (happening) => sink(secrets.mask({ v: 1, time: Date.now(), ...happening } as Event));
}
