import { setTimeout as sleep } from 'node:timers/promises';
import { defineAction } from '../../engine/module/contract.ts';

export default defineAction({
  name: 'pause',
  fqcn: ['ansible.builtin.pause'],
  summary: 'Waits for a while, or for a person.',
  notes: ['It runs once for all hosts. Where nobody can be asked, a prompt is passed over with a warning.'],
  source: 'ansible.builtin.pause',
  inCheck: 'decide',
  once: true,
  options: {
    seconds: { type: 'float', description: 'How long to wait.' },
    minutes: { type: 'float', description: 'How long to wait.' },
    prompt: { type: 'str', description: 'What to ask.' },
    echo: { type: 'bool', default: true, description: 'Whether what is typed is shown.' },
  },
  rules: { mutuallyExclusive: [['seconds', 'minutes']] },
  returns: {
    user_input: 'What was typed.',
    stdout: 'How long it took, in words.',
    start: 'When it began.',
    stop: 'When it ended.',
    delta: 'How long it took, in seconds.',
    echo: 'As asked.',
  },
  examples: [
    { title: 'Wait', args: { seconds: 1 } },
    { title: 'Ask before going on', args: { prompt: 'Is the load balancer drained?' }, untested: 'needs a person' },
  ],
  run: async ({ seconds, minutes, prompt, echo }, host, controller) => {
    if (controller.check) return { status: 'ok', result: { user_input: '', stdout: 'Not paused in check mode', delta: 0, echo } };
    const start = new Date();
    const length = minutes !== undefined ? minutes * 60 : seconds;
    let typed = '';
    if (length !== undefined) {
      if (prompt !== undefined) controller.warn(prompt);
      await sleep(Math.max(1, length) * 1000, undefined, { signal: host.signal });
    } else if (controller.ask === undefined) controller.warn('Not waiting for response to prompt as stdin is not interactive');
    else
      typed = await controller.ask(prompt ?? 'Press enter to continue, Ctrl+C to interrupt', !echo).catch(() => {
        controller.warn('Not waiting for response to prompt as stdin is not interactive');
        return '';
      });
    const stop = new Date();
    const took = (stop.getTime() - start.getTime()) / 1000;
    const words = minutes !== undefined || seconds === undefined ? `${Math.round(took / 0.6) / 100} minutes` : `${Math.round(took * 100) / 100} seconds`;
    return {
      status: 'ok',
      result: { user_input: typed, stdout: `Paused for ${words}`, stderr: '', rc: 0, start: stamp(start), stop: stamp(stop), delta: Math.floor(took), echo },
    };
  },
});

/** A time as Python prints it, by the clock of the control node. */
function stamp(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 23)}000`;
}
