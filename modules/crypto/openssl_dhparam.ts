import { type ArgsOf, defineModule, raw, sh } from '../../engine/module/contract.ts';
import { FILE, planFile, prepareFile, probeFile } from './file.ts';

const options = {
  ...FILE,
  size: { type: 'int', default: 4096, description: 'Bits of the prime. Many take minutes.' },
  select_crypto_backend: {
    type: 'str',
    default: 'auto',
    choices: ['auto', 'cryptography', 'openssl'],
    description: 'Taken for compatibility: openssl of the host makes them.',
  },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule<typeof options, { readonly suffix?: string }>({
  name: 'openssl_dhparam',
  fqcn: ['community.crypto.openssl_dhparam'],
  summary: 'Keeps parameters of Diffie and Hellman for TLS.',
  source: 'community.crypto.openssl_dhparam; openssl-dhparam(1)',
  options,
  returns: {
    filename: 'The file.',
    size: 'Bits of the prime.',
    dhparams: 'What is in it, with `return_content`.',
    backup_file: 'Path of the copy of the old file.',
  },
  examples: [
    { title: 'Parameters', args: { path: '/etc/qp-dh.pem', size: 512 }, given: 'echo none >/etc/qp-dh.pem' },
    { title: 'No parameters', args: { path: '/etc/qp-dh.pem', state: 'absent' }, given: 'echo x >/etc/qp-dh.pem' },
  ],
  prepare: async (args) => prepareFile(args),
  probe: (args: Args) => probeFile(args, raw('[ -r "$p" ] && printf \'bits=%s\\0\' "$(openssl dhparam -in "$p" -noout -text 2>/dev/null | head -n 1)"')),
  plan: (args, seen, prepared, before) =>
    planFile(args, seen, { ...prepared, mode: 0o666, absent: { filename: args.path, size: args.size } }, before, (content, records) => {
      const result = { filename: records.get('at'), size: args.size, ...(args.return_content && { dhparams: content?.toString() ?? null }) };
      const bits = Number(/\((\d+) bit/.exec(records.get('bits') ?? '')?.[1] ?? 0);
      if (bits === args.size && (!args.force || before !== undefined)) return { result };
      return {
        result,
        making: {
          diff: { before: bits === 0 ? {} : { size: bits }, after: { size: args.size } },
          make: sh`openssl dhparam -out "$qp_t/new" ${args.size} 2>/dev/null || exit`,
        },
      };
    }),
});
