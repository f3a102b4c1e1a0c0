import { type ArgsOf, defineModule, lines, type Plan, type Result, raw, type Script, sh } from '../../engine/module/contract.ts';
import { pathWord } from '../files/path.ts';
import { type Records, recordsOf } from '../files/records.ts';
import { bytesOf, FILE, type Judgement, planFile, prepareFile, probeFile } from './file.ts';
import { curveForOpenssl, fingerprints, kindOf, printPublic } from './key.ts';
import { passphrase, publicKey } from './sign.ts';

const CURVES = [
  'secp224r1',
  'secp256k1',
  'secp256r1',
  'secp384r1',
  'secp521r1',
  'secp192r1',
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
  'sect163k1',
  'sect163r2',
  'sect233k1',
  'sect233r1',
  'sect283k1',
  'sect283r1',
  'sect409k1',
  'sect409r1',
  'sect571k1',
  'sect571r1',
] as const;

const options = {
  ...FILE,
  size: { type: 'int', default: 4096, description: 'Bits of a key of type RSA or DSA.' },
  type: { type: 'str', default: 'RSA', choices: ['DSA', 'ECC', 'Ed25519', 'Ed448', 'RSA', 'X25519', 'X448'], description: 'Kind of key.' },
  curve: { type: 'str', choices: CURVES, description: 'Curve of a key of type ECC.' },
  passphrase: { type: 'str', secret: true, description: 'What the key is encrypted with.' },
  cipher: { type: 'str', default: 'auto', description: 'Only `auto`.' },
  format: {
    type: 'str',
    default: 'auto_ignore',
    choices: ['pkcs1', 'pkcs8', 'raw', 'auto', 'auto_ignore'],
    description: '`auto`: PKCS #1, or PKCS #8 for the kinds with X and Ed; `auto_ignore`: the same, but a key that is there may have any.',
  },
  format_mismatch: { type: 'str', default: 'regenerate', choices: ['regenerate', 'convert'], description: 'What is done with a key of another format.' },
  regenerate: {
    type: 'str',
    default: 'full_idempotence',
    choices: ['never', 'fail', 'partial_idempotence', 'full_idempotence', 'always'],
    description: 'When a key that is there gives way to a new one.',
  },
  select_crypto_backend: {
    type: 'str',
    default: 'auto',
    choices: ['auto', 'cryptography'],
    description: 'Taken for compatibility: openssl of the host does it.',
  },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule<typeof options, { readonly suffix?: string }>({
  name: 'openssl_privatekey',
  fqcn: ['community.crypto.openssl_privatekey'],
  summary: 'Keeps a private key for TLS.',
  notes: ['openssl of the host makes the key, and it never leaves the host, unless `return_content`.', 'The format `raw` is not known.'],
  source: 'community.crypto.openssl_privatekey; openssl-genpkey(1)',
  options,
  rules: { requiredIf: [['type', 'ECC', ['curve']]] },
  returns: {
    filename: 'The file.',
    type: 'Kind of key.',
    size: 'Its size in bits.',
    curve: 'Its curve.',
    fingerprint: 'Fingerprints of the public key, by algorithm.',
    privatekey: 'The key, with `return_content`.',
    backup_file: 'Path of the copy of the old file.',
  },
  examples: [
    { title: 'A key for a web server', args: { path: '/etc/qp-key.pem', size: 2048, mode: '0640', group: 'adm' }, given: 'rm -f /etc/qp-key.pem' },
    { title: 'On a curve, encrypted', args: { path: '/etc/qp-ec.pem', type: 'ECC', curve: 'secp256r1', passphrase: 'ansible' }, given: 'rm -f /etc/qp-ec.pem' },
    {
      title: 'Another kind, keeping the old one',
      args: { path: '/etc/qp-ed.pem', type: 'Ed25519', backup: true },
      given: 'openssl genpkey -algorithm X25519 -out /etc/qp-ed.pem',
    },
    { title: 'No key', args: { path: '/etc/qp-key.pem', state: 'absent' }, given: 'echo key >/etc/qp-key.pem' },
  ],
  prepare: async (args) => prepareFile(args),
  probe: (args) => probeFile(args, args.state === 'present' ? printPublic('public', { path: args.path, phrase: args.passphrase }) : undefined),
  plan: (args, seen, prepared, before) => {
    const unknown = mistake(args);
    if (unknown !== undefined) return { is: 'impossible', why: unknown };
    const absent = { filename: args.path, type: args.type, size: args.size, fingerprint: {} };
    const was = before === undefined ? undefined : recordsOf(before).get('public');
    return planFile(args, seen, { ...prepared, mode: 0o600, absent }, before, (content, records) => judge(args, content, records, was));
  },
});

function mistake(args: Args): string | undefined {
  if (args.format === 'raw') return 'The format raw is not known here';
  return args.cipher === 'auto' ? undefined : 'Only "auto" is known for cipher';
}

const WORDS = 'Will not proceed. To force regeneration, call the module with `generate` set to';

/** @param was the public half before the change, on the proving call */
function judge(args: Args, content: Buffer | undefined, seen: Records, was: string | undefined): Judgement | Plan {
  const spki = bytesOf(seen, 'public');
  const key = spki === undefined || spki.length === 0 ? undefined : publicKey(spki);
  const kind = key === undefined ? undefined : kindOf(key);
  const curve = kind?.curve ?? args.curve;
  const result: Result = {
    filename: seen.get('at'),
    type: args.type,
    size: args.size,
    fingerprint: spki === undefined || key === undefined ? {} : fingerprints(spki),
    ...(args.type === 'ECC' && { curve }),
    ...(args.return_content && { privatekey: content?.toString() ?? null }),
  };
  const now = kind === undefined ? {} : { ...kind, format: formatOf(content) };
  const make = (conversion: boolean): Judgement => ({
    result,
    making: {
      diff: {
        before: now,
        after: conversion ? { format: wantedFormat(args) } : { type: args.type, ...(args.type === 'ECC' ? { curve: args.curve } : { size: args.size }) },
      },
      make: conversion ? convert(args, pathWord(args.path)) : generate(args),
    },
  });
  if (content === undefined) return make(false);
  const always = args.force || args.regenerate === 'always';
  if (always && (was === undefined || was === seen.get('public'))) return make(false);
  if (always) return { result };
  const encrypted = /ENCRYPTED/.test(content.toString('latin1'));
  if (key === undefined || encrypted !== (args.passphrase !== undefined)) {
    if (args.regenerate === 'full_idempotence') return make(false);
    return {
      is: 'impossible',
      why: `Unable to read the key. The key is protected with a another passphrase / no passphrase or broken. ${WORDS} \`full_idempotence\` or \`always\`, or with \`force=true\`.`,
    };
  }
  const same = kind?.type === args.type && (args.type === 'ECC' ? kind.curve === args.curve : !['RSA', 'DSA'].includes(args.type) || kind.size === args.size);
  if (!same && args.regenerate !== 'never') {
    if (args.regenerate !== 'fail') return make(false);
    return {
      is: 'impossible',
      why: `Key has wrong type and/or size. ${WORDS} \`partial_idempotence\`, \`full_idempotence\` or \`always\`, or with \`force=true\`.`,
    };
  }
  if (args.format === 'auto_ignore' || formatOf(content) === wantedFormat(args) || args.regenerate === 'never') return { result };
  if (args.format_mismatch === 'convert') return make(true);
  if (args.regenerate !== 'fail') return make(false);
  return { is: 'impossible', why: `Key has wrong format. ${WORDS} \`partial_idempotence\`, \`full_idempotence\` or \`always\`, or with \`force=true\`.` };
}

const formatOf = (content: Buffer | undefined): string =>
  /-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(content?.toString('latin1') ?? '') ? 'pkcs8' : 'pkcs1';
const wantedFormat = (args: Args): string =>
  args.format === 'auto' || args.format === 'auto_ignore' ? (['RSA', 'DSA', 'ECC'].includes(args.type) ? 'pkcs1' : 'pkcs8') : args.format;

function convert(args: Args, from: Script): Script {
  const traditional = wantedFormat(args) === 'pkcs1' && raw('-traditional');
  const out = args.passphrase !== undefined && raw('-aes256 -passin env:QP_PASS -passout env:QP_PASS');
  return lines(passphrase(args.passphrase), sh`openssl pkey -in ${from} ${traditional} ${out} -out "$qp_t/new" >&2 || exit`);
}

function generate(args: Args): Script {
  const { type } = args;
  const plain: Script =
    type === 'RSA'
      ? sh`openssl genpkey -quiet -algorithm RSA -pkeyopt ${`rsa_keygen_bits:${args.size}`} -out "$qp_t/key" 2>/dev/null || openssl genpkey -algorithm RSA -pkeyopt ${`rsa_keygen_bits:${args.size}`} -out "$qp_t/key" >&2 || exit`
      : type === 'ECC'
        ? sh`openssl genpkey -algorithm EC -pkeyopt ${`ec_paramgen_curve:${curveForOpenssl(args.curve as string)}`} -pkeyopt ec_param_enc:named_curve -out "$qp_t/key" >&2 || exit`
        : type === 'DSA'
          ? sh`openssl dsaparam -out "$qp_t/param" ${args.size} 2>/dev/null && openssl genpkey -paramfile "$qp_t/param" -out "$qp_t/key" >&2 || exit`
          : sh`openssl genpkey -algorithm ${type} -out "$qp_t/key" >&2 || exit`;
  // the passphrase is for what is written; the key in the private folder has none
  const out = args.passphrase !== undefined && raw('-aes256 -passout env:QP_PASS');
  return lines(
    plain,
    passphrase(args.passphrase),
    sh`openssl pkey -in "$qp_t/key" ${wantedFormat(args) === 'pkcs1' && raw('-traditional')} ${out} -out "$qp_t/new" >&2 || exit`,
  );
}
