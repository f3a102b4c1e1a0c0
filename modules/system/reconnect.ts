import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../engine/clock.ts';
import { QplayError } from '../../engine/error.ts';
import type { Host, Observed, Script } from '../../engine/module/contract.ts';

/** How long to try, in seconds. */
export interface Patience {
  readonly timeout: number;
  readonly connectTimeout: number;
  readonly sleep: number;
}

/** What was found, or the last trouble when the time was up. */
export type Found = { readonly seen: Observed; readonly seconds: number } | { readonly trouble: string; readonly seconds: number };

/** Connects anew again and again until a script ends as it should. */
export async function untilAnswers(host: Host, script: Script, patience: Patience, good: (seen: Observed) => boolean): Promise<Found> {
  const start = monotonicMs();
  const seconds = () => (monotonicMs() - start) / 1000;
  let trouble = 'it did not answer';
  for (;;) {
    host.signal.throwIfAborted();
    try {
      await host.reconnect(patience.connectTimeout);
      const seen = await host.run(script, { timeout: patience.connectTimeout });
      if (good(seen)) return { seen, seconds: seconds() };
      trouble = seen.stderr.trim() || seen.stdout.trim() || `exit status ${seen.code}`;
    } catch (error) {
      if (!(error instanceof QplayError)) throw error;
      trouble = error.message;
    }
    if (seconds() >= patience.timeout) return { trouble, seconds: seconds() };
    await sleep(patience.sleep * 1000, undefined, { signal: host.signal });
  }
}
