import type { Event, Reporter } from './event.ts';

/** One JSON object a line, each an event with its version. */
export function jsonReporter(write: (text: string) => void): Reporter {
  return {
    on: (event: Event) => write(`${JSON.stringify(event)}\n`),
    close: async () => {},
  };
}
