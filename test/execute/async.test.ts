import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LOCAL, player } from '../rig.ts';

const play = player();
const HOSTS = `${LOCAL('here')}ansible_async_dir={{ playbook_dir }}/jobs\n`;
const playOf = (tasks: string): Record<string, string> => ({ hosts: HOSTS, 'play.yaml': `- hosts: here\n  gather_facts: false\n  tasks:\n${tasks}` });

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !holds(); i++) await sleep(50);
  expect(holds()).toBe(true);
}

const jobsIn = (folder: string): string[] => readdirSync(join(folder, 'jobs')).filter((name) => !name.startsWith('.'));

test('a job outlives the run, its files are readable by nobody else, and a later run reads its result', async () => {
  const begun = await play(
    playOf(`    - name: begin
      shell: 'umask; echo "secret $WORD"; while [ ! -e go ]; do sleep 0.05; done; exit 7'
      args: {chdir: "{{ playbook_dir }}"}
      environment: {WORD: "it's"}
      async: 30
      poll: 0
`),
  );
  expect(begun.exit).toBe(0);
  const jobs = join(begun.folder, 'jobs');
  const [jid] = jobsIn(begun.folder) as [string];
  expect(statSync(jobs).mode & 0o777).toBe(0o700);
  expect(statSync(join(jobs, jid)).mode & 0o777).toBe(0o600);
  expect(statSync(join(jobs, `.${jid}`)).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(join(jobs, jid), 'utf8'))).toEqual({ started: 1, finished: 0, ansible_job_id: jid });
  writeFileSync(join(begun.folder, 'go'), '');
  await until(() => !existsSync(join(jobs, `.${jid}`)));
  expect(statSync(join(jobs, jid)).mode & 0o777).toBe(0o600);
  const asked = await play({
    hosts: `${LOCAL('here')}ansible_async_dir=${jobs}\n`,
    'play.yaml': `- hosts: here\n  gather_facts: false\n  tasks:\n    - name: ask\n      async_status: {jid: ${jid}}\n`,
  });
  const umask = execFileSync('/bin/sh', ['-c', 'umask'], { encoding: 'utf8' }).trim();
  expect(asked.outcome('ask', 'here')).toMatchObject({
    status: 'failed',
    result: { rc: 7, finished: 1, changed: true, msg: 'non-zero return code', stdout: `${umask}\nsecret it's` },
  });
});

test('at its limit the whole process group of a job is killed', async () => {
  const ran = await play(
    playOf(`    - name: begin
      shell: '(sleep 60; touch late) & echo $$ > pid; sleep 60'
      args: {chdir: "{{ playbook_dir }}"}
      async: 1
      poll: 0
      register: job
    - name: ask
      async_status: {jid: "{{ job.ansible_job_id }}"}
      register: status
      until: status is finished
      retries: 50
      delay: 0.2
`),
  );
  const outcome = ran.outcome('ask', 'here');
  expect(outcome).toMatchObject({ status: 'failed', result: { msg: 'Timeout exceeded', finished: 1 } });
  const group = Number((outcome as { result: Record<string, unknown> }).result.child_pid);
  expect(group).toBeGreaterThan(1);
  const members = execFileSync('ps', ['-A', '-o', 'pgid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([id, state]) => Number(id) === group && !state?.startsWith('Z'));
  expect(members).toEqual([]);
});

test('a change in the background is proven when it is asked for', async () => {
  const ran = await play(
    playOf(`    - name: begin
      lineinfile: {path: "{{ playbook_dir }}/x", line: hello, create: true, mode: "0640"}
      async: 30
      poll: 0
      register: job
    - name: ask
      async_status: {jid: "{{ job.ansible_job_id }}"}
      register: status
      until: status is finished
      retries: 50
      delay: 0.1
    - name: nothing to do
      lineinfile: {path: "{{ playbook_dir }}/x", line: hello}
      async: 30
      poll: 0
      register: job
    - name: ask of nothing
      async_status: {jid: "{{ job.ansible_job_id }}"}
`),
  );
  expect(ran.exit).toBe(0);
  expect(ran.outcome('ask', 'here')).toMatchObject({ status: 'changed', result: { finished: 1 } });
  expect(ran.outcome('ask of nothing', 'here')).toMatchObject({ status: 'ok', result: { finished: 1 } });
  expect(readFileSync(join(ran.folder, 'x'), 'utf8')).toBe('hello\n');
});

test('a module that works from the control node is done before the run ends, and does not hold up other tasks', async () => {
  const ran = await play(
    playOf(`    - name: wait
      wait_for: {path: "{{ playbook_dir }}/come", timeout: 20, sleep: 1}
      async: 30
      poll: 0
      register: job
    - name: look
      async_status: {jid: "{{ job.ansible_job_id }}"}
    - command: touch {{ playbook_dir }}/come
`),
  );
  expect(ran.outcome('look', 'here')).toMatchObject({ status: 'ok', result: { finished: 0, started: 1 } });
  const [jid] = jobsIn(ran.folder) as [string];
  expect(JSON.parse(readFileSync(join(ran.folder, 'jobs', jid), 'utf8'))).toMatchObject({ ansible_job_id: jid, path: join(ran.folder, 'come') });
});

test('a result that Ansible left is understood', async () => {
  const ask = (name: string, jid: string) => `    - name: ${name}\n      async_status: {jid: ${jid}}\n      ignore_errors: true\n`;
  const ran = await play({
    ...playOf(`${ask('good', 'j1.1')}${ask('bad', 'j2.2')}${ask('running', 'j3.3')}`),
    'jobs/j1.1': '{"changed": true, "stdout": "x", "stderr": "", "rc": 0, "invocation": {}}',
    'jobs/j2.2': '{"rc": 2, "msg": "no"}',
    'jobs/j3.3': '{"started": 1, "finished": 0, "ansible_job_id": "j3.3"}',
  });
  expect(ran.outcome('good', 'here')).toMatchObject({ status: 'changed', result: { finished: 1, rc: 0, stdout: 'x', ansible_job_id: 'j1.1' } });
  expect(ran.outcome('bad', 'here')).toMatchObject({ status: 'failed', result: { finished: 1, rc: 2, msg: 'no' } });
  expect(ran.outcome('running', 'here')).toMatchObject({ status: 'ok', result: { finished: 0 } });
});

test('where the folder of jobs cannot be made the task fails, and says so', async () => {
  const ran = await play({ ...playOf('    - name: begin\n      command: echo\n      async: 5\n      poll: 0\n'), jobs: 'a file' });
  expect(ran.outcome('begin', 'here')).toMatchObject({ status: 'failed', error: { code: 'job' } });
});
