import { defineAction } from '../../engine/module/contract.ts';

export default defineAction({
  name: 'async_status',
  fqcn: ['ansible.builtin.async_status'],
  summary: 'Tells how a task stands that was begun with `async` and `poll: 0`, or removes what is kept of it.',
  notes: [
    'What a job left on a host can be asked for by a later run, too; a change that was proven then says `rc`, `stdout` and `stderr` in place of the module’s own values.',
  ],
  source: 'ansible.builtin.async_status',
  inCheck: 'run',
  options: {
    jid: { type: 'str', required: true, description: 'The `ansible_job_id` of the task.' },
    mode: { type: 'str', choices: ['status', 'cleanup'], default: 'status', description: '`cleanup` removes the file of the job.' },
  },
  returns: {
    ansible_job_id: 'The job.',
    started: '1 once it was begun.',
    finished: '1 when it is over, 0 before.',
    results_file: 'File of the host that holds its result.',
    erased: 'That file, with `mode: cleanup`.',
  },
  examples: [
    {
      title: 'Wait for a job',
      args: { jid: '{{ begun.ansible_job_id }}' },
      untested: 'needs a task before it, and is repeated with `until: job.finished`',
    },
  ],
  run: async ({ jid, mode }, host, controller) =>
    (await controller.job?.(host, jid, mode)) ?? { status: 'failed', why: 'there are jobs only while a playbook is run' },
});
