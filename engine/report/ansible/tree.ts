import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Reporter } from '../event.ts';
import { pythonJson } from './json.ts';
import { kept } from './result.ts';

/** Writes the result of each host into a file of its name (`ansible -t DIR`). */
export function treeReporter(folder: string): Reporter {
  return {
    on(event) {
      if (event.type !== 'task.end') return;
      mkdirSync(resolve(folder), { recursive: true });
      const values = event.values ?? (event.outcome.status === 'unreachable' ? {} : event.outcome.result);
      writeFileSync(join(resolve(folder), event.host), pythonJson(kept(values, event.outcome, 0)), { mode: 0o600 });
    },
    close: async () => {},
  };
}
