import { ATTRIBUTES } from './attributes.ts';

export const fileOptions = {
  path: { type: 'path', required: true, aliases: ['dest', 'name'], description: 'What is managed.' },
  state: {
    type: 'str',
    choices: ['absent', 'directory', 'file', 'hard', 'link', 'touch'],
    description: 'What the path shall be. `file` changes only what is there, `touch` makes it. When absent: what is there stays what it is.',
  },
  src: { type: 'path', description: 'What a link points at. Relative paths are meant from the folder of the link.' },
  ...ATTRIBUTES,
  recurse: { type: 'bool', default: false, description: 'Set owner and mode of everything in the folder too.' },
  force: { type: 'bool', default: false, description: 'Make a link although its source is missing, or in place of a file.' },
  follow: { type: 'bool', default: true, description: 'Where the path is a link, manage what it points at.' },
  modification_time: { type: 'str', description: 'Time of the last change: `preserve`, `now`, or a time in the format below. `touch` means `now` by default.' },
  modification_time_format: { type: 'str', default: '%Y%m%d%H%M.%S', description: 'How `modification_time` is written, in the letters of strftime.' },
  access_time: { type: 'str', description: 'Time of the last reading, as `modification_time`.' },
  access_time_format: { type: 'str', default: '%Y%m%d%H%M.%S', description: 'How `access_time` is written.' },
  unsafe_writes: { type: 'bool', default: false, description: 'Taken for compatibility; nothing is written here that could be unsafe.' },
} as const;
