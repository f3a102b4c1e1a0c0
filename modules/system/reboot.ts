import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../engine/clock.ts';
import { QplayError } from '../../engine/error.ts';
import { type ActionOutcome, type ArgsOf, defineAction, type Host, lines, raw, type Script, sh } from '../../engine/module/contract.ts';
import { untilAnswers } from './reconnect.ts';

const options = {
  reboot_timeout: {
    type: 'int',
    default: 600,
    aliases: ['reboot_timeout_sec'],
    description: 'Seconds for the host to come up, and again for the test command to succeed.',
  },
  connect_timeout: { type: 'int', aliases: ['connect_timeout_sec'], description: 'Seconds that one try to connect may take; 5 when absent.' },
  pre_reboot_delay: { type: 'int', default: 0, aliases: ['pre_reboot_delay_sec'], description: 'Seconds to wait before.' },
  post_reboot_delay: { type: 'int', default: 0, aliases: ['post_reboot_delay_sec'], description: 'Seconds to wait after the host has come up.' },
  msg: { type: 'str', default: 'Reboot initiated by Ansible', description: 'What users of the host are told.' },
  test_command: { type: 'str', default: 'whoami', description: 'Command that must succeed before the host counts as up.' },
  boot_time_command: { type: 'str', default: 'cat /proc/sys/kernel/random/boot_id', description: 'Command whose output differs after a boot.' },
  reboot_command: { type: 'str', description: 'Command that reboots, in place of the host’s own.' },
  search_paths: {
    type: 'list',
    elements: 'str',
    default: ['/sbin', '/bin', '/usr/sbin', '/usr/bin', '/usr/local/sbin'],
    description: 'Where `shutdown` is looked for.',
  },
} as const;

type Args = ArgsOf<typeof options>;

export default defineAction({
  name: 'reboot',
  fqcn: ['ansible.builtin.reboot'],
  summary: 'Reboots a host and waits until it is up again.',
  notes: ['That it was booted is proven: the boot id must differ from the one before.'],
  source: 'ansible.builtin.reboot; shutdown(8)',
  inCheck: 'decide',
  options,
  returns: { rebooted: 'Whether it was booted.', elapsed: 'How long it took, in seconds.' },
  examples: [
    { title: 'Reboot', args: {}, untested: 'takes the host down' },
    { title: 'Wait until a service is up', args: { test_command: 'systemctl is-active sshd', reboot_timeout: 120 }, untested: 'takes the host down' },
  ],
  run: async (args, host, controller) => {
    if (controller.check) return { status: 'changed', result: { rebooted: true, elapsed: 0 } };
    const start = monotonicMs();
    const elapsed = () => Math.floor((monotonicMs() - start) / 1000);
    const before = await host.run(sh`exec /bin/sh -c ${args.boot_time_command}`);
    if (before.code !== 0 || before.stdout.trim() === '')
      return failed(`The host does not tell when it was booted: ${before.stderr.trim() || args.boot_time_command}`, false, elapsed());
    if (args.pre_reboot_delay > 0) await sleep(args.pre_reboot_delay * 1000, undefined, { signal: host.signal });
    const refused = await goDown(args, host);
    if (refused !== undefined) return failed(`Reboot command failed: ${refused}`, false, elapsed());
    const patience = { timeout: args.reboot_timeout, connectTimeout: args.connect_timeout ?? 5, sleep: 1 };
    // a host that still answers with the old id has not gone down yet
    const up = await untilAnswers(
      host,
      sh`exec /bin/sh -c ${args.boot_time_command}`,
      patience,
      (seen) => seen.code === 0 && seen.stdout.trim() !== '' && seen.stdout !== before.stdout,
    );
    if ('trouble' in up)
      return failed(
        `Timed out waiting for last boot time check (timeout=${args.reboot_timeout}): ${up.trouble === before.stdout.trim() ? 'the host was not booted' : up.trouble}`,
        false,
        elapsed(),
      );
    if (args.post_reboot_delay > 0) await sleep(args.post_reboot_delay * 1000, undefined, { signal: host.signal });
    const tested = await untilAnswers(host, sh`exec /bin/sh -c ${args.test_command}`, patience, (seen) => seen.code === 0);
    if ('trouble' in tested)
      return failed(`Timed out waiting for post-reboot test command (timeout=${args.reboot_timeout}): ${tested.trouble}`, true, elapsed());
    return { status: 'changed', result: { rebooted: true, elapsed: elapsed() } };
  },
});

const failed = (why: string, rebooted: boolean, elapsed: number): ActionOutcome => ({ status: 'failed', why, result: { rebooted, elapsed, msg: why } });

/** Starts the reboot so that this connection ends in peace before the host goes down; the words of a refusal, if any. */
async function goDown(args: Args, host: Host): Promise<string | undefined> {
  try {
    const seen = await host.run(command(args), { timeout: 60 });
    return seen.code === 0 ? undefined : seen.stderr.trim() || seen.stdout.trim() || `exit status ${seen.code}`;
  } catch (error) {
    // the host may have been quicker than its answer
    if (error instanceof QplayError && error.diagnostics.some((one) => one.kind === 'unreachable')) return undefined;
    throw error;
  }
}

function command(args: Args): Script {
  const path = sh`PATH=${[...args.search_paths].join(':')}:$PATH; export PATH`;
  if (args.reboot_command !== undefined) return lines(path, sh`exec /bin/sh -c ${args.reboot_command}`);
  return lines(
    path,
    sh`if command -v shutdown >/dev/null 2>&1; then exec shutdown -r now ${args.msg}; fi`,
    raw('if command -v systemctl >/dev/null 2>&1; then exec systemctl reboot; fi\nexec reboot'),
  );
}
