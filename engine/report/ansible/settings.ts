import { settings } from '../../load/settings.ts';
import type { Showing } from '../choose.ts';
import { DEFAULT_LOOK, type Look } from './look.ts';

/** How this process is to show things: the command line, ansible.cfg, the environment, the terminal. */
export function lookOf(showing: Showing): Look {
  const set = settings();
  return {
    ...DEFAULT_LOOK,
    colour: hasColour(),
    verbosity: showing.verbosity,
    diff: showing.diff,
    check: showing.mode !== 'run',
    columns: Math.max(79, (process.stdout.columns ?? 0) - 1),
    skippedHosts: set.boolean('DISPLAY_SKIPPED_HOSTS') ?? true,
    okHosts: set.boolean('DISPLAY_OK_HOSTS') ?? true,
    failedToStderr: set.boolean('DISPLAY_FAILED_STDERR') ?? false,
    customStats: set.boolean('SHOW_CUSTOM_STATS') ?? false,
    perHostStart: set.boolean('SHOW_PER_HOST_START') ?? false,
    taskPathOnFailure: set.boolean('SHOW_TASK_PATH_ON_FAILURE') ?? false,
    checkMarkers: set.boolean('CHECK_MODE_MARKERS') ?? false,
    playbooks: showing.playbooks ?? [],
  };
}

function hasColour(): boolean {
  const set = settings();
  if (set.boolean('ANSIBLE_FORCE_COLOR')) return true;
  return process.stdout.isTTY === true && set.boolean('ANSIBLE_NOCOLOR') !== true;
}
