import type { Event, Reporter } from '../../report/event.ts';
import type { Parsed } from '../flags.ts';
import { interruptible, type Manner, runOptions } from '../run-options.ts';
import { ANSIBLE_EXIT, Ending } from './ending.ts';
import { retryFile } from './retry.ts';

/** Runs playbooks and ends as Ansible's programs end. */
export async function runAs(parsed: Parsed, playbooks: readonly string[], manner: Manner, reporter: Reporter): Promise<number> {
  const controller = new AbortController();
  const stop = interruptible(controller, ANSIBLE_EXIT.interrupted);
  const ending = new Ending();
  let done = 0;
  const emit = (event: Event): void => {
    ending.on(event);
    if (event.type === 'playbook.end' || (event.type === 'run.end' && ending.ran)) {
      const said = retryFile(playbooks[done++] ?? '', event.counts);
      if (said !== undefined) reporter.on({ v: 1, time: event.time, type: 'text', text: said });
    }
    reporter.on(event);
  };
  try {
    const options = await runOptions(parsed, playbooks, { ...manner, asAnsible: true }, controller.signal);
    const [{ run }, { registry }] = await Promise.all([import('../../execute/run.ts'), import('../registry.ts')]);
    return ending.exit(await run({ ...options, emit }, registry));
  } finally {
    await reporter.close();
    stop();
  }
}
