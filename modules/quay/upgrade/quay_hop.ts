import { QplayError } from '../../../engine/error.ts';
import { type ActionOutcome, type ArgsOf, defineAction, type Options } from '../../../engine/module/contract.ts';
import { hopOf } from './hop.ts';

const options = {
  from: { type: 'str', required: true, description: 'Release that runs, such as 3.7.0; a line such as 3.7 means the release its book names.' },
  to: { type: 'str', required: true, description: 'Release or line to go to.' },
} as const satisfies Options;

function run({ from, to }: ArgsOf<typeof options>): ActionOutcome {
  try {
    return { status: 'ok', result: { hop: hopOf(from, to) } };
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    const [first] = error.diagnostics;
    return { status: 'failed', why: error.message, ...(first?.hint !== undefined && { hint: first.hint }) };
  }
}

export default defineAction({
  name: 'quay_hop',
  fqcn: ['qplay.quay.quay_hop'],
  summary: 'Tells what one upgrade of a standalone Quay needs, does and breaks.',
  notes: ['Touches no host: the facts come with qplay. Fails, naming the supported route, where no single step leads from one release to the other.'],
  source: 'modules/quay/upgrade/graph.json, which names its sources',
  options,
  returns: {
    hop: 'Members: kind (none, rolling, z, minor); from and to (version, line, head, user, ports, validates, modes, services); images (quay, clair, builder); services (postgresql, clair_postgresql, redis, clair, each with from, to, changes, image); clair (replaces, come, gone, from, to, stricter, asked, ready); config (set, generate, remove, optional, swift_tenant); environment; migration (needed, by, rewrites, indexes, drops, blocking); irreversible; downtime (kind, text); does, needs, breaks, verify; sources.',
  },
  inCheck: 'run',
  examples: [{ title: 'What 3.8 brings', args: { from: '3.7.0', to: '3.8.0' } }],
  run: (args) => Promise.resolve(run(args)),
});
