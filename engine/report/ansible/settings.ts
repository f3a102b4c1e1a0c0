import { settings } from '../../load/settings.ts';
import type { SettingName } from '../../load/settings-table.ts';
import type { Showing } from '../choose.ts';
import { DEFAULT_LOOK, type Look } from './look.ts';
import type { Colour } from './paint.ts';

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
    diffContext: set.integer('DIFF_CONTEXT') ?? 3,
    form: set.text('CALLBACK_RESULT_FORMAT') === 'yaml' ? 'yaml' : 'json',
    pretty: set.boolean('CALLBACK_FORMAT_PRETTY'),
    argsInHeadings: set.boolean('DISPLAY_ARGS_TO_STDOUT') ?? false,
    log: set.path('DEFAULT_LOG_PATH'),
    colours: coloursOf(set),
    playbooks: showing.playbooks ?? [],
  };
}

function hasColour(): boolean {
  const set = settings();
  if (set.boolean('ANSIBLE_FORCE_COLOR')) return true;
  return process.stdout.isTTY === true && set.boolean('ANSIBLE_NOCOLOR') !== true;
}

const COLOURS = {
  ok: 'COLOR_OK',
  changed: 'COLOR_CHANGED',
  error: 'COLOR_ERROR',
  skip: 'COLOR_SKIP',
  unreachable: 'COLOR_UNREACHABLE',
  debug: 'COLOR_DEBUG',
  verbose: 'COLOR_VERBOSE',
  warn: 'COLOR_WARN',
  included: 'COLOR_INCLUDED',
  'diff-add': 'COLOR_DIFF_ADD',
  'diff-remove': 'COLOR_DIFF_REMOVE',
  'diff-lines': 'COLOR_DIFF_LINES',
} as const satisfies Readonly<Record<Colour, SettingName>>;

function coloursOf(set: ReturnType<typeof settings>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(COLOURS)
      .flatMap(([kind, name]) => [[kind, set.text(name)]])
      .filter(([, colour]) => colour !== undefined),
  );
}
