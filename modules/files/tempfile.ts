import { randomBytes } from 'node:crypto';
import { defineAction, raw, sh } from '../../engine/module/contract.ts';
import { describe, lookOf } from './attributes.ts';
import { pathWord } from './path.ts';
import { recordsOf } from './records.ts';
import { LOOK } from './shell.ts';

const options = {
  state: { type: 'str', default: 'file', choices: ['file', 'directory'], description: 'What is made.' },
  path: { type: 'path', description: 'Folder in which it is made; the host’s own for temporary files when absent.' },
  prefix: { type: 'str', default: 'ansible.', description: 'How the name begins.' },
  suffix: { type: 'str', default: '', description: 'How the name ends.' },
} as const;

/** Another name is tried this often when one is taken. */
const TRIES = 5;

export default defineAction({
  name: 'tempfile',
  fqcn: ['ansible.builtin.tempfile'],
  summary: 'Makes an empty temporary file or folder that only its owner can read.',
  notes: ['It stays until a task removes it.'],
  inCheck: 'unknown',
  options,
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/tempfile_module.html',
  returns: { path: 'Path of what was made.' },
  examples: [
    { title: 'A folder to unpack into', args: { state: 'directory', suffix: '.unpack' } },
    { title: 'A file in a folder of its own', args: { path: '/var/tmp', prefix: 'quay.' } },
  ],

  async run(args, host) {
    const names = Array.from({ length: TRIES }, () => args.prefix + randomBytes(6).toString('base64url').replaceAll('-', '0') + args.suffix);
    const make = args.state === 'directory' ? raw('mkdir -m 700 -- "$p"') : raw('( set -C; : >"$p" )');
    const done = await host.run(sh`${LOOK}umask 077
d=${args.path === undefined ? raw('"${TMPDIR:-/tmp}"') : pathWord(args.path)}
for n in ${names}; do
  p=\${d%/}/$n
  if ${make} 2>/dev/null; then printf 'at=%s\\0' "$p"; qp_look "$p"; exit 0; fi
done
${make}
exit 1`);
    if (done.code !== 0) return { status: 'failed', why: `No temporary ${args.state} could be made: ${done.stderr.trim()}` };
    const seen = recordsOf(done);
    const look = lookOf(seen.get('look'));
    return { status: 'changed', result: { path: seen.get('at'), ...(look && describe(look)) } };
  },
});
