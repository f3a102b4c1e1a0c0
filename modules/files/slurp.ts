import { defineRead, type Observed, sh } from '../../engine/module/contract.ts';
import { pathWord } from './path.ts';
import { recordsOf } from './records.ts';

const options = {
  src: { type: 'path', required: true, aliases: ['path'], description: 'File of the host. It is held in memory, so it should be small.' },
} as const;

export default defineRead({
  name: 'slurp',
  fqcn: ['ansible.builtin.slurp'],
  summary: 'Reads a file of the host into a variable, as base64.',
  notes: ['`{{ result.content | b64decode }}` is the text.'],
  options,
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/slurp_module.html',
  returns: { content: 'The bytes, as base64.', encoding: 'Always `base64`.', source: 'Path of the file.' },
  examples: [
    { title: 'Read the name of the host', args: { src: '/etc/hostname' } },
    { title: 'Read a file of the kernel, whose size is not known beforehand', args: { src: '/proc/mounts' } },
  ],

  probe: ({ src }) => sh`p=${pathWord(src)}
printf 'at=%s\\0' "$p"
if [ -d "$p" ]; then printf 'is=folder\\0'
elif [ ! -e "$p" ]; then printf 'is=none\\0'
elif [ ! -r "$p" ]; then printf 'is=closed\\0'
else printf '\\0'; cat -- "$p"; fi`,
  result: ({ src }, output: Observed) => {
    const seen = recordsOf(output);
    const path = seen.get('at') ?? src;
    const is = seen.get('is');
    if (is === 'none') return { failed: `file not found: ${path}` };
    if (is === 'closed') return { failed: `file is not readable: ${path}`, hint: 'Set become: true' };
    if (is === 'folder') return { failed: `source is a directory and must be a file: ${path}` };
    if (output.code !== 0) return { failed: `${path} could not be read: ${output.stderr.trim()}` };
    return { result: { content: seen.rest.toString('base64'), encoding: 'base64', source: path } };
  },
});
