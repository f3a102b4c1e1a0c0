import { randomBytes } from 'node:crypto';
import { type ArgsOf, defineModule, type Plan, type Result, raw, sh } from '../../engine/module/contract.ts';
import { pathWord } from '../files/path.ts';
import type { Records } from '../files/records.ts';
import { type Certificate, readCertificate, toBeSigned } from './certificate.ts';
import { AKI, authorityKey, type Extension, keyIdOf, meaning, SKI, subjectKey } from './extensions.ts';
import { bytesOf, FILE, type Judgement, planFile, prepareFile, printFile, probeFile } from './file.ts';
import { printPublic } from './key.ts';
import { type Part, partName } from './names.ts';
import { readRequest } from './request.ts';
import { algorithm, BACKEND, isSignedBy, publicKey, signWith } from './sign.ts';
import { asn1Time, moment } from './time.ts';

const CREATE = { type: 'str', default: 'create_if_not_provided', choices: ['create_if_not_provided', 'always_create', 'never_create'] } as const;

const options = {
  ...FILE,
  provider: {
    type: 'str',
    choices: ['acme', 'entrust', 'ownca', 'selfsigned'],
    description: '`selfsigned`, or `ownca` for a CA of one’s own. The others are not known here.',
  },
  csr_path: { type: 'path', description: 'The request on the host.' },
  csr_content: { type: 'str', description: 'The request itself.' },
  ignore_timestamps: { type: 'bool', default: true, description: 'A certificate that is right but for its times stays.' },
  privatekey_path: { type: 'path', description: 'The private key on the host.' },
  privatekey_content: { type: 'str', secret: true, description: 'The private key itself.' },
  privatekey_passphrase: { type: 'str', secret: true, description: 'What the key is encrypted with.' },
  selfsigned_version: { type: 'int', default: 3, description: 'Only 3.' },
  selfsigned_digest: { type: 'str', default: 'sha256', description: 'Digest that is signed.' },
  selfsigned_not_before: {
    type: 'str',
    default: '+0s',
    aliases: ['selfsigned_notBefore'],
    description: 'From when: `YYYYMMDDHHMMSSZ`, or `+1w2d3h4m5s` from now.',
  },
  selfsigned_not_after: { type: 'str', default: '+3650d', aliases: ['selfsigned_notAfter'], description: 'Until when.' },
  selfsigned_create_subject_key_identifier: { ...CREATE, description: 'Whether it has a number of its key, made of it.' },
  ownca_path: { type: 'path', description: 'Certificate of the CA on the host.' },
  ownca_content: { type: 'str', description: 'The certificate itself.' },
  ownca_privatekey_path: { type: 'path', description: 'Key of the CA on the host.' },
  ownca_privatekey_content: { type: 'str', secret: true, description: 'The key itself.' },
  ownca_privatekey_passphrase: { type: 'str', secret: true, description: 'What that key is encrypted with.' },
  ownca_digest: { type: 'str', default: 'sha256', description: 'Digest that is signed.' },
  ownca_version: { type: 'int', default: 3, description: 'Only 3.' },
  ownca_not_before: { type: 'str', default: '+0s', description: 'From when.' },
  ownca_not_after: { type: 'str', default: '+3650d', description: 'Until when.' },
  ownca_create_subject_key_identifier: { ...CREATE, description: 'Whether it has a number of its key, made of it.' },
  ownca_create_authority_key_identifier: { type: 'bool', default: true, description: 'Whether it has the number of the key of the CA.' },
  select_crypto_backend: BACKEND,
} as const;

type Args = ArgsOf<typeof options>;

interface Prepared {
  readonly suffix?: string;
  readonly serial: bigint;
  readonly from: Date;
  readonly until: Date;
}

const MAKE = (name: string, subject: string, more = ''): string =>
  `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out /etc/qp-${name}.key 2>/dev/null; openssl req -new -key /etc/qp-${name}.key -subj ${subject} -out /etc/qp-${name}.csr ${more}`;

export default defineModule<typeof options, Prepared>({
  name: 'x509_certificate',
  fqcn: ['community.crypto.x509_certificate', 'community.crypto.openssl_certificate'],
  summary: 'Keeps a certificate, signed by its own key or by a CA of one’s own.',
  notes: ['openssl of the host signs it; the keys stay there.', 'The providers `acme` and `entrust`, and versions other than 3, are not known.'],
  source: 'community.crypto.x509_certificate; RFC 5280',
  options,
  rules: {
    mutuallyExclusive: [
      ['csr_path', 'csr_content'],
      ['privatekey_path', 'privatekey_content'],
      ['ownca_path', 'ownca_content'],
      ['ownca_privatekey_path', 'ownca_privatekey_content'],
    ],
    requiredIf: [['state', 'present', ['provider']]],
  },
  returns: {
    filename: 'The file.',
    privatekey: 'Path of the key.',
    csr: 'Path of the request.',
    ca_cert: 'Path of the certificate of the CA.',
    ca_privatekey: 'Path of its key.',
    notBefore: 'From when, `YYYYMMDDHHMMSSZ`.',
    notAfter: 'Until when.',
    serial_number: 'Its number.',
    certificate: 'The certificate, with `return_content`.',
    backup_file: 'Path of the copy of the old file.',
  },
  examples: [
    {
      title: 'Signed by its own key',
      args: { path: '/etc/qp-self.crt', privatekey_path: '/etc/qp-self.key', csr_path: '/etc/qp-self.csr', provider: 'selfsigned' },
      given: `${MAKE('self', '/CN=www.example.org', '-addext subjectAltName=DNS:www.example.org')}; rm -f /etc/qp-self.crt`,
    },
    {
      title: 'Signed by a CA of one’s own',
      args: {
        path: '/etc/qp-www.crt',
        csr_path: '/etc/qp-www.csr',
        ownca_path: '/etc/qp-ca.crt',
        ownca_privatekey_path: '/etc/qp-ca.key',
        ownca_not_after: '+825d',
        provider: 'ownca',
      },
      given: `${MAKE('ca', '/CN=ca')}; openssl req -x509 -key /etc/qp-ca.key -in /etc/qp-ca.csr -out /etc/qp-ca.crt 2>/dev/null; ${MAKE('www', '/CN=www')}; cp /etc/qp-ca.crt /etc/qp-www.crt`,
    },
  ],
  prepare: async (args): Promise<Prepared> => {
    const own = args.provider === 'ownca';
    const now = new Date();
    return {
      ...prepareFile(args),
      serial: BigInt(`0x${randomBytes(19).toString('hex')}`) + 1000n,
      from: moment(own ? args.ownca_not_before : args.selfsigned_not_before, now),
      until: moment(own ? args.ownca_not_after : args.selfsigned_not_after, now),
    };
  },
  probe: (args) =>
    probeFile(
      args,
      args.state === 'absent'
        ? undefined
        : sh`${args.csr_path !== undefined && printFile('csr', pathWord(args.csr_path))}
${(args.privatekey_path ?? args.privatekey_content) !== undefined && printPublic('public', { path: args.privatekey_path, content: args.privatekey_content, phrase: args.privatekey_passphrase })}
${args.ownca_path !== undefined && printFile('ca', pathWord(args.ownca_path))}
${(args.ownca_privatekey_path ?? args.ownca_privatekey_content) !== undefined && printPublic('capublic', { path: args.ownca_privatekey_path, content: args.ownca_privatekey_content, phrase: args.ownca_privatekey_passphrase })}`,
    ),
  plan: (args, seen, prepared, before) => {
    const wrong = args.state === 'present' ? mistake(args) : undefined;
    if (wrong !== undefined) return { is: 'impossible', why: wrong };
    const order = { ...(prepared.suffix !== undefined && { suffix: prepared.suffix }), mode: 0o666, absent: told(args, args.path) };
    return planFile(args, seen, order, before, (content, records) => judge(args, prepared, content, records, before !== undefined));
  },
});

const told = (args: Args, path: string | undefined): Result => ({
  filename: path,
  privatekey: args.privatekey_path ?? null,
  csr: args.csr_path ?? null,
  ...(args.provider === 'ownca' && { ca_cert: args.ownca_path ?? null, ca_privatekey: args.ownca_privatekey_path ?? null }),
});

function mistake(args: Args): string | undefined {
  const { provider } = args;
  if (provider !== 'selfsigned' && provider !== 'ownca') return `The provider ${provider} is not known here: "selfsigned" and "ownca" are`;
  if ((provider === 'ownca' ? args.ownca_version : args.selfsigned_version) !== 3) return 'Only version 3 is known';
  if (provider === 'selfsigned')
    return (args.privatekey_path ?? args.privatekey_content) === undefined
      ? 'One of privatekey_path and privatekey_content must be specified for the selfsigned provider.'
      : undefined;
  if ((args.csr_path ?? args.csr_content) === undefined) return 'One of csr_path or csr_content is required for the ownca provider';
  if ((args.ownca_path ?? args.ownca_content) === undefined) return 'One of ownca_path and ownca_content must be specified for the ownca provider.';
  return (args.ownca_privatekey_path ?? args.ownca_privatekey_content) === undefined
    ? 'One of ownca_privatekey_path and ownca_privatekey_content must be specified for the ownca provider.'
    : undefined;
}

/** What a certificate shall say, and who signs it. */
interface Wish {
  readonly subject: readonly Part[];
  readonly spki: Buffer;
  readonly extensions: readonly Extension[];
  readonly issuer: Certificate['issuer'] | undefined;
  readonly signer: Buffer;
}

const missing = (what: string, path: string | undefined, by: string): Plan => ({
  is: 'premature',
  why: `${what} ${path ?? ''} cannot be read`,
  hint: `A task of ${by} before this one makes it`,
});

function wish(args: Args, seen: Records): Wish | Plan {
  const csrText = args.csr_content ?? bytesOf(seen, 'csr')?.toString('latin1');
  if (args.csr_path !== undefined && csrText === undefined) return missing('The request', args.csr_path, 'openssl_csr');
  const request = csrText === undefined ? undefined : readRequest(csrText);
  if (csrText !== undefined && request === undefined) return { is: 'impossible', why: 'The request cannot be read: it is none' };
  if (request?.valid === false) return { is: 'impossible', why: 'The CSR signature is invalid' };
  const own = bytesOf(seen, 'public');
  const hasKey = own !== undefined && own.length > 0;
  if ((args.privatekey_path ?? args.privatekey_content) !== undefined && !hasKey)
    return seen.get('public_there') === undefined
      ? missing('The private key', args.privatekey_path, 'openssl_privatekey')
      : { is: 'impossible', why: 'The private key cannot be read: it is none, or has another passphrase' };
  if (args.provider === 'ownca') return ownWish(args, seen, request as NonNullable<typeof request>);
  const spki = own as Buffer;
  if (request !== undefined && !request.spki.equals(spki)) return { is: 'impossible', why: 'The request is for another key than the private key' };
  const extensions = withKeyId(request?.extensions ?? [], spki, args.selfsigned_create_subject_key_identifier);
  return { subject: request?.subject ?? [], spki, extensions, issuer: undefined, signer: spki };
}

function ownWish(args: Args, seen: Records, request: { subject: readonly Part[]; spki: Buffer; extensions: readonly Extension[] }): Wish | Plan {
  const text = args.ownca_content ?? bytesOf(seen, 'ca')?.toString('latin1');
  if (text === undefined) return missing('The CA certificate', args.ownca_path, 'x509_certificate');
  const ca = readCertificate(text);
  if (ca === undefined) return { is: 'impossible', why: 'The CA certificate cannot be read: it is none' };
  const signer = bytesOf(seen, 'capublic');
  if (signer === undefined || signer.length === 0)
    return seen.get('capublic_there') === undefined
      ? missing('The CA private key', args.ownca_privatekey_path, 'openssl_privatekey')
      : { is: 'impossible', why: 'The CA private key cannot be read: it is none, or has another passphrase' };
  if (!signer.equals(ca.spki)) return { is: 'impossible', why: 'The CA private key does not belong to the CA certificate' };
  const own = withKeyId(request.extensions, request.spki, args.ownca_create_subject_key_identifier);
  // what the CA calls its key is an octet string in its certificate
  const id = ca.extensions.find((one) => one.oid === SKI)?.value.subarray(2) ?? keyIdOf(ca.spki);
  const extensions = args.ownca_create_authority_key_identifier ? [...own.filter((one) => one.oid !== AKI), authorityKey(id)] : own;
  return { subject: request.subject, spki: request.spki, extensions, issuer: ca.subject, signer };
}

function withKeyId(extensions: readonly Extension[], spki: Buffer, create: string): Extension[] {
  const kept = extensions.filter((one) => one.oid !== SKI || create !== 'always_create');
  return kept.some((one) => one.oid === SKI) || create === 'never_create' ? kept : [...kept, subjectKey(keyIdOf(spki))];
}

function judge(args: Args, prepared: Prepared, content: Buffer | undefined, seen: Records, proving: boolean): Judgement | Plan {
  const wanted = wish(args, seen);
  if ('is' in wanted) return wanted;
  const key = publicKey(wanted.signer);
  if (key === undefined) return { is: 'impossible', why: 'The key that signs is of a kind that is not known here' };
  const now = content === undefined ? undefined : readCertificate(content.toString('latin1'));
  const name = (parts: readonly Part[]): string => parts.map(([number, text]) => `${partName(number)}=${text}`).join(', ');
  const issuer = wanted.issuer?.parts ?? wanted.subject;
  const same =
    now !== undefined &&
    now.version === 3 &&
    now.spki.equals(wanted.spki) &&
    isSignedBy(now.signed, key) &&
    name([...now.subject.parts].sort()) === name([...wanted.subject].sort()) &&
    name(now.issuer.parts) === name(issuer) &&
    meaning(now.extensions) === meaning(wanted.extensions) &&
    (args.ignore_timestamps || (asn1Time(now.from) === asn1Time(prepared.from) && asn1Time(now.until) === asn1Time(prepared.until)));
  const right = same && (!args.force || proving);
  const shown = right ? now : { from: prepared.from, until: prepared.until, serial: prepared.serial };
  const result = {
    ...told(args, seen.get('at')),
    notBefore: asn1Time(shown.from),
    notAfter: asn1Time(shown.until),
    serial_number: shown.serial,
    ...(args.return_content && { certificate: content?.toString() ?? null }),
  };
  if (right) return { result };
  const own = args.provider === 'ownca';
  const digest = own ? args.ownca_digest : args.selfsigned_digest;
  const alg = algorithm(key, digest);
  const [path, given, phrase] = own
    ? [args.ownca_privatekey_path, args.ownca_privatekey_content, args.ownca_privatekey_passphrase]
    : [args.privatekey_path, args.privatekey_content, args.privatekey_passphrase];
  return {
    result,
    making: {
      diff: {
        before: now === undefined ? {} : { subject: name(now.subject.parts), issuer: name(now.issuer.parts), extensions: meaning(now.extensions) },
        after: { subject: name(wanted.subject), issuer: name(issuer), extensions: meaning(wanted.extensions) },
      },
      uploads: { tbs: toBeSigned({ ...wanted, alg, ...prepared }), alg, ...(given !== undefined && { key: given }) },
      make: signWith(key, digest, { label: 'CERTIFICATE', key: given === undefined ? pathWord(path as string) : raw('"$up_key"'), phrase }),
    },
  };
}
