import { createHash } from 'node:crypto';
import { load } from 'js-yaml';
import { type ArgsOf, type Controller, defineModule, lines, type Observed, type Options, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { PUT } from '../files/shell.ts';
import { section, sectionOf, sections } from '../sections.ts';
import { certificateFindings } from './certificate.ts';
import { withDefaults } from './defaults.ts';
import { findingsOf } from './findings.ts';
import { masked, secretsOf } from './mask.ts';
import type { Finding } from './schema/types.ts';
import { isObject, toYaml } from './yaml.ts';

const options = {
  config: { type: 'dict', required: true, description: 'Fields of config.yaml; they replace the defaults field by field.' },
  version: {
    type: 'str',
    required: true,
    aliases: ['quay_version'],
    pattern: '^v?\\d+\\.\\d+',
    patternHint: 'a release such as 3.12.0',
    description: 'Release that is to read it.',
  },
  dest: {
    type: 'path',
    default: '/mnt/quay/config/config.yaml',
    aliases: ['path'],
    description: 'The file on the host; ssl.cert and ssl.key are looked for beside it.',
  },
  owner: { type: 'str', default: 'root', description: 'Owner of the file.' },
  group: { type: 'str', default: 'root', description: 'Group of the file; Quay runs as UID 1001 in group 0 and reads it through this one.' },
  mode: { type: 'str', default: '0640', pattern: '^0?[0-7]{3}$', patternHint: 'octal digits, such as "0640"', description: 'Mode of the file.' },
  ha: { type: 'bool', default: true, description: 'Several nodes share this configuration, so a local storage directory is an error.' },
  setting_up: { type: 'bool', default: false, description: 'The first user is being made: FEATURE_USER_INITIALIZE may be on.' },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

interface Prepared {
  readonly config: Record<string, unknown>;
  readonly text: string;
  readonly findings: readonly Finding[];
  readonly controller: Controller;
}

async function prepare(args: Args, controller: Controller): Promise<Prepared> {
  const config = withDefaults(structuredClone(args.config), args.version);
  const findings = findingsOf(config, args.version, { ha: args.ha, settingUp: args.setting_up });
  for (const secret of secretsOf(config)) controller.secret(secret);
  return { config, text: toYaml(config), findings, controller };
}

const folderOf = (dest: string): string => dest.replace(/\/[^/]*$/, '') || '/';
const ownTls = (config: Record<string, unknown>): boolean => config.PREFERRED_URL_SCHEME === 'https' && config.EXTERNAL_TLS_TERMINATION !== true;

function probe({ dest }: Args, { config }: Prepared): Script {
  const folder = folderOf(dest);
  return lines(
    section('folder', sh`[ -d ${folder} ] && echo yes`),
    section('stat', sh`[ -e ${dest} ] && stat -c '%U %G %u %g %04a' -- ${dest}`),
    section('config', sh`[ -e ${dest} ] && cat -- ${dest}`),
    ownTls(config) && section('cert', sh`cat -- ${`${folder}/ssl.cert`} 2>/dev/null`),
    ownTls(config) && section('key', sh`cat -- ${`${folder}/ssl.key`} 2>/dev/null`),
  );
}

function plan(args: Args, seen: Observed, prepared: Prepared, before?: Observed): Plan {
  const found = sections(seen.stdout);
  const { config, text, controller } = prepared;
  if (sectionOf(found, 'folder').text.trim() !== 'yes') return { is: 'premature', why: `The folder ${folderOf(args.dest)} is not there` };
  const pair = { certificate: sectionOf(found, 'cert').text, key: sectionOf(found, 'key').text };
  const errors = prepared.findings.filter(({ severity }) => severity === 'error');
  const tls =
    ownTls(config) && typeof config.SERVER_HOSTNAME === 'string' && pair.certificate !== '' && pair.key !== ''
      ? certificateFindings(pair, config.SERVER_HOSTNAME, new Date())
      : [];
  const all = [...errors, ...tls.filter(({ severity }) => severity === 'error')];
  if (all.length > 0) return refusal(all);
  if (ownTls(config) && (pair.certificate === '' || pair.key === '')) {
    return {
      is: 'premature',
      why: `${pair.certificate === '' ? 'ssl.cert' : 'ssl.key'} is not in ${folderOf(args.dest)}`,
      hint: 'Quay serves TLS itself unless EXTERNAL_TLS_TERMINATION is true.',
    };
  }
  if (before === undefined) for (const { severity, message } of [...prepared.findings, ...tls]) if (severity === 'warning') controller.warn(message);
  return compare(args, text, config, sectionOf(found, 'stat').text.trim(), sectionOf(found, 'config'));
}

function refusal(errors: readonly Finding[]): Plan {
  const [first] = errors as readonly [Finding];
  if (errors.length === 1) return { is: 'impossible', why: first.message };
  return { is: 'impossible', why: `config.yaml has ${errors.length} mistakes:\n${errors.map(({ message }) => `- ${message}`).join('\n')}` };
}

function compare(args: Args, text: string, config: Record<string, unknown>, stat: string, old: { readonly code: number; readonly text: string }): Plan {
  const [user, group, uid, gid, mode] = stat.split(' ');
  const wantedMode = args.mode.padStart(4, '0');
  const attributes = (args.owner === user || args.owner === uid) && (args.group === group || args.group === gid) && mode === wantedMode;
  const result = { path: args.dest, checksum: createHash('sha256').update(text).digest('hex'), mode: wantedMode };
  const same = old.code === 0 && old.text === text;
  if (same && attributes) return { is: 'right', result };
  const current = old.code === 0 ? parsed(old.text) : undefined;
  const content = {
    label: args.dest,
    before: old.code === 0 ? shown(current, config, 'old') : '',
    after: shown(config, current, current === undefined ? '' : 'new'),
  };
  const rights = {
    label: `${args.dest} (rights)`,
    before: { owner: `${user}:${group}`, mode },
    after: { owner: `${args.owner}:${args.group}`, mode: wantedMode },
  };
  return {
    is: 'wrong',
    diff: [...(same ? [] : [content]), ...(stat !== '' && !attributes ? [rights] : [])],
    apply: sh`${PUT}qp_put "$up_config" ${args.dest} ${wantedMode} ${`${args.owner}:${args.group}`} '' '' ''`,
    uploads: { config: text },
    result,
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value = load(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const shown = (config: Record<string, unknown> | undefined, other: Record<string, unknown> | undefined, word: string): string =>
  config === undefined ? '(not the YAML of a configuration)\n' : toYaml(masked(config, word === '' ? config : other, word) as Record<string, unknown>);

export default defineModule<typeof options, Prepared>({
  name: 'quay_config',
  fqcn: ['qplay.quay.quay_config'],
  summary: "Writes Quay's config.yaml, checked for the release that is to read it.",
  notes: [
    'Checked before it is written: types and required fields, unknown fields with the nearest known name, fields the release does not know, rules between fields, and ssl.cert and ssl.key when Quay serves TLS.',
    'Keys are sorted and every text is quoted, so the same configuration is always the same file.',
    'Secrets are shown as (secret) in the diff.',
  ],
  source: 'quay/quay, util/config/schema.py; config-tool, validators',
  options,
  returns: { path: 'The file.', checksum: 'SHA-256 of its content.', mode: 'Its mode.' },
  examples: [
    {
      title: 'A registry behind another TLS end point',
      args: {
        dest: '/tmp/qplay-law-quay/config.yaml',
        version: '3.12.0',
        config: {
          SERVER_HOSTNAME: 'quay.example.com',
          EXTERNAL_TLS_TERMINATION: true,
          SECRET_KEY: '3a5f0f7c9f5d4c0e8a1b2c3d4e5f6071',
          DATABASE_SECRET_KEY: '12e45678901234567890123456789012345678901234567a',
          DB_URI: 'postgresql://quayuser:quaypass@db01:5432/quaydb',
          BUILDLOGS_REDIS: { host: 'db01', port: 6379, password: 'redispass' },
          USER_EVENTS_REDIS: { host: 'db01', port: 6379, password: 'redispass' },
          DISTRIBUTED_STORAGE_CONFIG: {
            radosgw: [
              'RadosGWStorage',
              {
                hostname: 'db01',
                port: 7480,
                is_secure: false,
                access_key: 'key',
                secret_key: 'secret',
                bucket_name: 'quay',
                storage_path: '/datastorage/registry',
              },
            ],
          },
        },
      },
      given: 'rm -rf /tmp/qplay-law-quay; mkdir /tmp/qplay-law-quay',
    },
  ],
  prepare,
  probe,
  plan,
});
