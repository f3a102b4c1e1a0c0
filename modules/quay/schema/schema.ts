import { compareVersions } from '../heads.ts';
import { FIELDS, UNTYPED } from './fields.ts';
import { storageSchema } from './storage.ts';

const DURATION = { type: 'string', pattern: '^[0-9]+(w|m|d|h|s)$' };

const redis = {
  type: 'object',
  required: ['host'],
  properties: {
    host: { type: 'string', minLength: 1 },
    port: { type: 'integer', minimum: 1, maximum: 65535 },
    password: { type: 'string' },
    ssl: { type: 'boolean' },
    db: { type: 'integer', minimum: 0 },
  },
};

const texts = { type: 'array', items: { type: 'string' } };

/** Fields whose type in the table does not say enough. */
const SPECIAL: Readonly<Record<string, object>> = {
  AUTHENTICATION_TYPE: { enum: ['Database', 'LDAP', 'JWT', 'Keystone', 'OIDC', 'AppToken'] },
  AVATAR_KIND: { enum: ['local', 'gravatar'] },
  BUILDLOGS_REDIS: redis,
  USER_EVENTS_REDIS: redis,
  PULL_METRICS_REDIS: redis,
  DB_CONNECTION_ARGS: {
    type: 'object',
    required: ['autorollback', 'threadlocals'],
    properties: { autorollback: { const: true }, threadlocals: { const: true } },
  },
  DISTRIBUTED_STORAGE_CONFIG: storageSchema,
  DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS: texts,
  DISTRIBUTED_STORAGE_PREFERENCE: { ...texts, minItems: 1 },
  FEATURE_LISTEN_IP_VERSION: { enum: ['IPv4', 'IPv6', 'dual-stack'] },
  LOGS_MODEL: { enum: ['database', 'transition_reads_both_writes_es', 'elasticsearch', 'splunk'] },
  MAXIMUM_LAYER_SIZE: { type: 'string', pattern: '^[0-9]+(G|M)$' },
  PREFERRED_URL_SCHEME: { enum: ['http', 'https'] },
  REGISTRY_STATE: { enum: ['normal', 'readonly'] },
  SERVER_HOSTNAME: { type: 'string', pattern: '^[a-zA-Z0-9.-]+(:[0-9]+)?$' },
  SETUP_COMPLETE: { const: true },
  SUPER_USERS: { ...texts, uniqueItems: true, minItems: 1 },
  TAG_EXPIRATION_OPTIONS: { type: 'array', items: DURATION, minItems: 1 },
  V3_UPGRADE_MODE: { enum: ['background', 'complete', 'production-transition', 'post-oci-rollout', 'post-oci-roll-back-compat'] },
};

const REQUIRED = [
  'AUTHENTICATION_TYPE',
  'BUILDLOGS_REDIS',
  'DB_URI',
  'DEFAULT_TAG_EXPIRATION',
  'DISTRIBUTED_STORAGE_CONFIG',
  'DISTRIBUTED_STORAGE_PREFERENCE',
  'PREFERRED_URL_SCHEME',
  'SECRET_KEY',
  'SERVER_HOSTNAME',
  'SETUP_COMPLETE',
  'TAG_EXPIRATION_OPTIONS',
  'USER_EVENTS_REDIS',
];

/** When a field came and went; `until` is the last minor line that has it. */
export interface Era {
  readonly type: string;
  readonly since: string;
  readonly until?: string;
}

const ERAS: ReadonlyMap<string, Era> = new Map([
  ...FIELDS.flatMap(({ names, ...era }) =>
    names
      .trim()
      .split(/\s+/)
      .map((name): [string, Era] => [name, era]),
  ),
  ...UNTYPED.trim()
    .split(/\s+/)
    .map((name): [string, Era] => [name, { type: 'any', since: '3.2' }]),
]);

/** `3.12.4` to `3.12`. */
export const minorOf = (version: string): string => /^v?(\d+\.\d+)/.exec(version)?.[1] ?? version;

/** What is known of a field in a release: it is there, it came or went, or nobody knows it. Any `NAME_LOGIN_CONFIG` is an OIDC provider. */
export function eraOf(name: string): Era | undefined {
  return ERAS.get(name) ?? (/^[A-Z0-9_]+_LOGIN_CONFIG$/.test(name) ? { type: 'object', since: '3.2' } : undefined);
}

/** Names of the fields that a release knows, for did-you-mean. */
export const fieldsOf = (version: string): string[] => [...ERAS].filter(([, era]) => inEra(era, version)).map(([name]) => name);

/** Whether a release is not outside the years of a field; 3.2 stands for everything before, too. */
export function inEra({ since, until }: Era, version: string): boolean {
  const minor = minorOf(version);
  return (since === '3.2' || compareVersions(minor, since) >= 0) && (until === undefined || compareVersions(minor, until) <= 0);
}

/** JSON Schema (2020-12) of config.yaml for one release, ready for ajv. */
export function schemaOf(version: string): Record<string, unknown> {
  const minor = minorOf(version);
  const properties = Object.fromEntries([...ERAS].filter(([, era]) => inEra(era, version)).map(([name, era]) => [name, SPECIAL[name] ?? typed(era.type)]));
  const required = [
    ...REQUIRED,
    ...(compareVersions(minor, '3.2') >= 0 ? ['DATABASE_SECRET_KEY'] : []),
    ...(compareVersions(minor, '3.2') <= 0 ? ['V3_UPGRADE_MODE'] : []),
  ];
  const secrets = { SECRET_KEY: { type: 'string', minLength: 1 }, DATABASE_SECRET_KEY: { type: 'string', minLength: 1 } };
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', required, properties: { ...properties, ...secrets } };
}

function typed(type: string): object {
  if (type === 'any') return {};
  const kinds = type.split('|');
  if (!kinds.includes('duration')) return { type: kinds.length === 1 ? kinds[0] : kinds };
  return kinds.includes('null') ? { anyOf: [DURATION, { type: 'null' }] } : DURATION;
}
