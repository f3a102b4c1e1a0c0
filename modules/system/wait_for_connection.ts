import { setTimeout as sleep } from 'node:timers/promises';
import { defineAction, raw } from '../../engine/module/contract.ts';
import { untilAnswers } from './reconnect.ts';

export default defineAction({
  name: 'wait_for_connection',
  fqcn: ['ansible.builtin.wait_for_connection'],
  summary: 'Waits until a host can be logged in to.',
  source: 'ansible.builtin.wait_for_connection',
  inCheck: 'unknown',
  options: {
    timeout: { type: 'int', default: 600, description: 'Seconds until it is given up.' },
    connect_timeout: { type: 'int', default: 5, description: 'Seconds that one try may take.' },
    delay: { type: 'int', default: 0, description: 'Seconds to wait before the first try.' },
    sleep: { type: 'int', default: 1, description: 'Seconds between two tries.' },
  },
  returns: { elapsed: 'How long it took, in seconds.' },
  examples: [{ title: 'Wait at most five minutes', args: { timeout: 300 } }],
  run: async (args, host) => {
    if (args.delay > 0) await sleep(args.delay * 1000, undefined, { signal: host.signal });
    const found = await untilAnswers(
      host,
      raw(':'),
      { timeout: args.timeout, connectTimeout: args.connect_timeout, sleep: args.sleep },
      (seen) => seen.code === 0,
    );
    const elapsed = Math.floor(found.seconds) + args.delay;
    if ('trouble' in found) return { status: 'failed', why: `timed out waiting for ping module test: ${found.trouble}`, result: { elapsed } };
    return { status: 'ok', result: { elapsed } };
  },
});
