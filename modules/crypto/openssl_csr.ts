import { inputError } from '../../engine/error.ts';
import { type ArgsOf, defineModule, type Plan, type Result, raw } from '../../engine/module/contract.ts';
import { pathWord } from '../files/path.ts';
import type { Records } from '../files/records.ts';
import { context, integer, sequence, set } from './der.ts';
import {
  alternativeNames,
  authorityKey,
  basicConstraints,
  type Extension,
  extendedKeyUsage,
  extensionsDer,
  keyIdOf,
  keyUsage,
  meaning,
  mustStaple,
  nameConstraints,
  subjectKey,
} from './extensions.ts';
import { bytesOf, FILE, type Judgement, planFile, prepareFile, probeFile } from './file.ts';
import { printPublic } from './key.ts';
import { nameDer, type Part, partName, partOid } from './names.ts';
import { EXTENSION_REQUEST, readRequest } from './request.ts';
import { algorithm, BACKEND, publicKey, signWith } from './sign.ts';

const options = {
  ...FILE,
  digest: { type: 'str', default: 'sha256', description: 'Digest that is signed.' },
  privatekey_path: { type: 'path', description: 'The private key on the host.' },
  privatekey_content: { type: 'str', secret: true, description: 'The private key itself.' },
  privatekey_passphrase: { type: 'str', secret: true, description: 'What the key is encrypted with.' },
  version: { type: 'int', default: 1, choices: [1], description: 'Version of the request.' },
  subject: { type: 'dict', description: 'Parts of the name, by their short or long names; a list for several of one.' },
  subject_ordered: { type: 'list', elements: 'dict', description: 'The same, in an order that matters.' },
  country_name: { type: 'str', aliases: ['C', 'countryName'], description: 'Country, two letters.' },
  state_or_province_name: { type: 'str', aliases: ['ST', 'stateOrProvinceName'], description: 'State or province.' },
  locality_name: { type: 'str', aliases: ['L', 'localityName'], description: 'Town.' },
  organization_name: { type: 'str', aliases: ['O', 'organizationName'], description: 'Organisation.' },
  organizational_unit_name: { type: 'str', aliases: ['OU', 'organizationalUnitName'], description: 'Part of the organisation.' },
  common_name: { type: 'str', aliases: ['CN', 'commonName'], description: 'Name, usually of a host.' },
  email_address: { type: 'str', aliases: ['E', 'emailAddress'], description: 'Address for mail.' },
  subject_alt_name: {
    type: 'list',
    elements: 'str',
    aliases: ['subjectAltName'],
    description: 'Other names: `DNS:`, `IP:`, `email:`, `URI:` and `RID:`. `DNS:` and the common name when absent.',
  },
  subject_alt_name_critical: { type: 'bool', default: false, aliases: ['subjectAltName_critical'], description: 'Whether they must be understood.' },
  use_common_name_for_san: {
    type: 'bool',
    default: true,
    aliases: ['useCommonNameForSAN'],
    description: 'Take the common name where no other names are given.',
  },
  key_usage: { type: 'list', elements: 'str', aliases: ['keyUsage'], description: 'What the key is for, such as `digitalSignature`.' },
  key_usage_critical: { type: 'bool', default: false, aliases: ['keyUsage_critical'], description: 'Whether that must be understood.' },
  extended_key_usage: { type: 'list', elements: 'str', aliases: ['extKeyUsage', 'extendedKeyUsage'], description: 'The same, such as `serverAuth`.' },
  extended_key_usage_critical: {
    type: 'bool',
    default: false,
    aliases: ['extKeyUsage_critical', 'extendedKeyUsage_critical'],
    description: 'Whether that must be understood.',
  },
  basic_constraints: { type: 'list', elements: 'str', aliases: ['basicConstraints'], description: '`CA:TRUE` and `pathlen:0`.' },
  basic_constraints_critical: { type: 'bool', default: false, aliases: ['basicConstraints_critical'], description: 'Whether they must be understood.' },
  ocsp_must_staple: { type: 'bool', default: false, aliases: ['ocspMustStaple'], description: 'Whether the server must staple an answer of OCSP.' },
  ocsp_must_staple_critical: { type: 'bool', default: false, aliases: ['ocspMustStaple_critical'], description: 'Whether that must be understood.' },
  name_constraints_permitted: { type: 'list', elements: 'str', description: 'Names that a CA may sign.' },
  name_constraints_excluded: { type: 'list', elements: 'str', description: 'Names that it may not.' },
  name_constraints_critical: { type: 'bool', default: false, description: 'Whether that must be understood.' },
  create_subject_key_identifier: { type: 'bool', default: false, description: 'Add a number of the key, made of it.' },
  subject_key_identifier: { type: 'str', description: 'The number, in hexadecimal.' },
  authority_key_identifier: { type: 'str', description: 'Number of the key of the CA, in hexadecimal.' },
  authority_cert_issuer: { type: 'list', elements: 'str', description: 'Who issued the certificate of the CA.' },
  authority_cert_serial_number: { type: 'int', description: 'Its serial number.' },
  select_crypto_backend: BACKEND,
} as const;

type Args = ArgsOf<typeof options>;

interface Prepared {
  readonly suffix?: string;
  readonly subject: readonly Part[];
  readonly extensions: readonly Extension[];
  /** What is returned of the names. */
  readonly told: Result;
}

const KEY = 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out /etc/qp-csr-key.pem 2>/dev/null';

export default defineModule<typeof options, Prepared>({
  name: 'openssl_csr',
  fqcn: ['community.crypto.openssl_csr'],
  summary: 'Keeps a request for a certificate.',
  notes: [
    'openssl of the host signs it; the private key stays there.',
    '`crl_distribution_points`, and `dirName:` and `otherName:` among names, are not known.',
  ],
  source: 'community.crypto.openssl_csr; RFC 2986',
  options,
  rules: {
    requiredTogether: [['authority_cert_issuer', 'authority_cert_serial_number']],
    mutuallyExclusive: [
      ['privatekey_path', 'privatekey_content'],
      ['subject', 'subject_ordered'],
    ],
  },
  returns: {
    filename: 'The file.',
    privatekey: 'Path of the key.',
    subject: 'Parts of the name, as pairs.',
    subjectAltName: 'Other names.',
    keyUsage: 'As asked.',
    extendedKeyUsage: 'As asked.',
    basicConstraints: 'As asked.',
    ocspMustStaple: 'As asked.',
    name_constraints_permitted: 'As asked.',
    name_constraints_excluded: 'As asked.',
    csr: 'The request, with `return_content`.',
    backup_file: 'Path of the copy of the old file.',
  },
  examples: [
    {
      title: 'For a web server',
      args: {
        path: '/etc/qp.csr',
        privatekey_path: '/etc/qp-csr-key.pem',
        common_name: 'www.example.org',
        subject_alt_name: ['DNS:www.example.org', 'IP:192.0.2.1', 'IP:2001:db8::1'],
        key_usage: ['digitalSignature', 'keyAgreement'],
        extended_key_usage: ['serverAuth'],
      },
      given: `rm -f /etc/qp.csr; ${KEY}`,
    },
    {
      title: 'For a CA, in place of another',
      args: {
        path: '/etc/qp.csr',
        privatekey_path: '/etc/qp-csr-key.pem',
        subject: { C: 'CH', O: 'Example', CN: 'Example CA' },
        use_common_name_for_san: false,
        basic_constraints: ['CA:TRUE'],
        basic_constraints_critical: true,
        key_usage: ['keyCertSign'],
        key_usage_critical: true,
      },
      given: `${KEY}; openssl req -new -key /etc/qp-csr-key.pem -subj /CN=x -out /etc/qp.csr`,
    },
  ],
  prepare: async (args) => {
    if (args.state === 'present' && args.privatekey_path === undefined && args.privatekey_content === undefined)
      throw inputError('value', 'openssl_csr needs one of the options "privatekey_path", "privatekey_content"');
    return { ...prepareFile(args), ...wanted(args) };
  },
  probe: (args) =>
    probeFile(
      args,
      args.state === 'present'
        ? printPublic('public', { path: args.privatekey_path, content: args.privatekey_content, phrase: args.privatekey_passphrase })
        : undefined,
    ),
  plan: (args, seen, prepared, before) => {
    const order = { ...(prepared.suffix !== undefined && { suffix: prepared.suffix }), mode: 0o666, absent: { filename: args.path, ...prepared.told } };
    return planFile(args, seen, order, before, (content, records) => judge(args, prepared, content, records, before !== undefined));
  },
});

const SHORT: readonly (readonly [string, keyof Args])[] = [
  ['C', 'country_name'],
  ['ST', 'state_or_province_name'],
  ['L', 'locality_name'],
  ['O', 'organization_name'],
  ['OU', 'organizational_unit_name'],
  ['CN', 'common_name'],
  ['emailAddress', 'email_address'],
];

/** Parts of the name by the names they were given under. */
function subjectOf(args: Args): [name: string, text: string][] {
  const pairs = (dict: Readonly<Record<string, unknown>>, option: string): [string, string][] =>
    Object.entries(dict).flatMap(([name, value]) => {
      partOid(name, option);
      return (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]);
    });
  const own = SHORT.flatMap(([name, option]): [string, string][] => (args[option] === undefined ? [] : [[name, String(args[option])]]));
  const ordered = (args.subject_ordered ?? []).flatMap((one) => pairs(one as Record<string, unknown>, 'subject_ordered'));
  return [...own, ...ordered, ...pairs(args.subject ?? {}, 'subject')];
}

const CN = '2.5.4.3';

function wanted(args: Args): Omit<Prepared, 'suffix'> {
  const named = subjectOf(args);
  const subject = named.map(([name, text]): Part => [partOid(name, 'subject'), text]);
  const common = args.use_common_name_for_san ? subject.find(([number]) => number === CN)?.[1] : undefined;
  const names = args.subject_alt_name ?? (common === undefined ? undefined : [`DNS:${common}`]);
  const { name_constraints_permitted: permitted = [], name_constraints_excluded: excluded = [] } = args;
  const hex = (text: string): Buffer => Buffer.from(text.replaceAll(':', ''), 'hex');
  const extensions = [
    names !== undefined && names.length > 0 && alternativeNames(names, args.subject_alt_name_critical),
    args.key_usage !== undefined && keyUsage(args.key_usage, args.key_usage_critical),
    args.extended_key_usage !== undefined && extendedKeyUsage(args.extended_key_usage, args.extended_key_usage_critical),
    args.basic_constraints !== undefined && basicConstraints(args.basic_constraints, args.basic_constraints_critical),
    args.ocsp_must_staple && mustStaple(args.ocsp_must_staple_critical),
    permitted.length + excluded.length > 0 && nameConstraints(permitted, excluded, args.name_constraints_critical),
    args.subject_key_identifier !== undefined && subjectKey(hex(args.subject_key_identifier)),
    (args.authority_key_identifier ?? args.authority_cert_issuer) !== undefined &&
      authorityKey(
        args.authority_key_identifier === undefined ? undefined : hex(args.authority_key_identifier),
        args.authority_cert_issuer,
        args.authority_cert_serial_number,
      ),
  ].filter((one): one is Extension => one !== false);
  const told = {
    privatekey: args.privatekey_path ?? null,
    subject: named,
    subjectAltName: names ?? null,
    keyUsage: args.key_usage ?? null,
    extendedKeyUsage: args.extended_key_usage ?? null,
    basicConstraints: args.basic_constraints ?? null,
    ocspMustStaple: args.ocsp_must_staple,
    name_constraints_permitted: permitted,
    name_constraints_excluded: excluded,
  };
  return { subject, extensions, told };
}

function judge(args: Args, prepared: Prepared, content: Buffer | undefined, seen: Records, proving: boolean): Judgement | Plan {
  const spki = bytesOf(seen, 'public');
  const key = spki === undefined || spki.length === 0 ? undefined : publicKey(spki);
  if (seen.get('public_there') === undefined)
    return {
      is: 'premature',
      why: `The private key file ${args.privatekey_path} does not exist`,
      hint: 'A task of openssl_privatekey before this one makes it',
    };
  if (key === undefined || spki === undefined) return { is: 'impossible', why: 'The private key cannot be read: it is none, or has another passphrase' };
  const own = args.create_subject_key_identifier && args.subject_key_identifier === undefined ? [subjectKey(keyIdOf(spki))] : [];
  const extensions = [...prepared.extensions, ...own];
  const result = { filename: seen.get('at'), ...prepared.told, ...(args.return_content && { csr: content?.toString() ?? null }) };
  const now = content === undefined ? undefined : readRequest(content.toString('latin1'));
  const ordered = args.subject_ordered !== undefined;
  const same =
    now?.valid === true &&
    now.spki.equals(spki) &&
    subjectText(now.subject, ordered) === subjectText(prepared.subject, ordered) &&
    meaning(now.extensions) === meaning(extensions);
  if (same && (!args.force || proving)) return { result };
  const shown = (subject: readonly Part[]): string => subject.map(([number, text]) => `${partName(number)}=${text}`).join(', ');
  return {
    result,
    making: {
      diff: {
        before: now === undefined ? {} : { subject: shown(now.subject), extensions: meaning(now.extensions) },
        after: { subject: shown(prepared.subject), extensions: meaning(extensions) },
      },
      uploads: {
        tbs: body(prepared.subject, spki, extensions),
        alg: algorithm(key, args.digest),
        ...(args.privatekey_content !== undefined && { key: args.privatekey_content }),
      },
      make: signWith(key, args.digest, {
        label: 'CERTIFICATE REQUEST',
        key: args.privatekey_content === undefined ? pathWord(args.privatekey_path as string) : raw('"$up_key"'),
        phrase: args.privatekey_passphrase,
      }),
    },
  };
}

function subjectText(parts: readonly Part[], ordered: boolean): string {
  const all = parts.map((part) => part.join('='));
  return (ordered ? all : all.sort()).join('\n');
}

/** RFC 2986's CertificationRequestInfo. */
function body(subject: readonly Part[], spki: Buffer, extensions: readonly Extension[]): Buffer {
  const asked = extensions.length === 0 ? [] : [sequence(EXTENSION_REQUEST, set(extensionsDer(extensions)))];
  return sequence(integer(0), nameDer(subject), spki, context(0, ...asked));
}
