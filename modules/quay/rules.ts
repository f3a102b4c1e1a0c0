import { compareVersions } from './heads.ts';
import { minorOf } from './schema/schema.ts';
import type { Config, Finding } from './schema/types.ts';
import { isObject } from './yaml.ts';

/** What a rule looks at. */
interface Case {
  readonly config: Config;
  readonly minor: string;
  /** Several nodes: local directories cannot be shared. */
  readonly ha: boolean;
  /** The first user is being made right now. */
  readonly settingUp: boolean;
}

type Rule = (it: Case) => readonly Finding[];

const error = (field: string, message: string): Finding => ({ severity: 'error', field, message });
const warning = (field: string, message: string): Finding => ({ severity: 'warning', field, message });
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : typeof value === 'string' && value !== '' ? [value] : [];
const missing = (config: Config, fields: readonly string[], reason: string): Finding[] =>
  fields
    .filter((field) => config[field] === undefined || config[field] === null || config[field] === '')
    .map((field) => error(field, `${field} is missing: ${reason}`));

const tagExpiration: Rule = ({ config }) => {
  const { DEFAULT_TAG_EXPIRATION: chosen, TAG_EXPIRATION_OPTIONS: options } = config;
  if (!Array.isArray(options) || options.includes(chosen)) return [];
  return [error('DEFAULT_TAG_EXPIRATION', `DEFAULT_TAG_EXPIRATION is ${String(chosen)}, which is not among TAG_EXPIRATION_OPTIONS (${options.join(', ')})`)];
};

const LOCATIONS = [
  'DISTRIBUTED_STORAGE_PREFERENCE',
  'DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS',
  'ACTION_LOG_ARCHIVE_LOCATION',
  'LOG_ARCHIVE_LOCATION',
  'USERFILES_LOCATION',
];

const locations: Rule = ({ config }) => {
  const stores = isObject(config.DISTRIBUTED_STORAGE_CONFIG) ? Object.keys(config.DISTRIBUTED_STORAGE_CONFIG) : [];
  return LOCATIONS.flatMap((field) =>
    texts(config[field])
      .filter((id) => !stores.includes(id))
      .map((id) => error(field, `${field} names the storage "${id}", which is not in DISTRIBUTED_STORAGE_CONFIG (${stores.join(', ') || 'empty'})`)),
  );
};

const drivers = (config: Config): string[] =>
  isObject(config.DISTRIBUTED_STORAGE_CONFIG)
    ? Object.values(config.DISTRIBUTED_STORAGE_CONFIG).flatMap((one) => texts(Array.isArray(one) ? one[0] : undefined))
    : [];

const storage: Rule = ({ config, ha }) => {
  const found: Finding[] = [];
  const kinds = drivers(config);
  const replicated = config.FEATURE_STORAGE_REPLICATION === true;
  if (kinds.includes('LocalStorage') && (ha || replicated))
    found.push(error('DISTRIBUTED_STORAGE_CONFIG', 'LocalStorage cannot be shared between nodes: use an object store'));
  if (replicated && kinds.length < 2) found.push(error('FEATURE_STORAGE_REPLICATION', 'FEATURE_STORAGE_REPLICATION needs two or more storages'));
  return found;
};

const scanner: Rule = ({ config, minor }) => {
  if (config.FEATURE_SECURITY_SCANNER !== true || compareVersions(minor, '3.4') < 0) return [];
  const found = missing(config, ['SECURITY_SCANNER_V4_ENDPOINT', 'SECURITY_SCANNER_V4_PSK'], 'FEATURE_SECURITY_SCANNER is on');
  const psk = config.SECURITY_SCANNER_V4_PSK;
  if (typeof psk === 'string' && (psk.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(psk)))
    found.push(error('SECURITY_SCANNER_V4_PSK', 'SECURITY_SCANNER_V4_PSK is not base64'));
  if (compareVersions(minor, '3.8') >= 0 && config.SECURITY_SCANNER_ENDPOINT !== undefined)
    found.push(error('SECURITY_SCANNER_ENDPOINT', 'SECURITY_SCANNER_ENDPOINT is of Clair v2, which Quay no longer speaks from 3.8 on'));
  return found;
};

const mail: Rule = ({ config }) => {
  if (config.FEATURE_MAILING !== true) return [];
  const found = missing(config, ['MAIL_SERVER'], 'FEATURE_MAILING is on');
  if (config.FEATURE_FIPS === true && config.MAIL_USE_TLS !== true) found.push(error('MAIL_USE_TLS', 'MAIL_USE_TLS must be true with FEATURE_FIPS'));
  return found;
};

const logins: Rule = ({ config }) => {
  const found: Finding[] = [];
  const oidc = Object.keys(config).some((field) => /_LOGIN_CONFIG$/.test(field) && !/^(GITHUB|GOOGLE)_/.test(field));
  const way = config.FEATURE_DIRECT_LOGIN !== false || config.FEATURE_GITHUB_LOGIN === true || config.FEATURE_GOOGLE_LOGIN === true || oidc;
  if (!way) found.push(error('FEATURE_DIRECT_LOGIN', 'Nobody could log in: FEATURE_DIRECT_LOGIN is off, and GitHub, Google and OIDC login are too'));
  if (config.FEATURE_INVITE_ONLY_USER_CREATION === true && config.FEATURE_USER_CREATION === false) {
    found.push(error('FEATURE_INVITE_ONLY_USER_CREATION', 'FEATURE_INVITE_ONLY_USER_CREATION needs FEATURE_USER_CREATION'));
  }
  return found;
};

const database: Rule = ({ config }) => {
  const uri = config.DB_URI;
  if (typeof uri !== 'string') return [];
  const shape = /^([a-z0-9+]+):\/\/([^/?#]*)@([^/?#@]+)\/([^/?#]+)/i.exec(uri);
  const rest = 'Characters such as @ / : % in the password must be percent-encoded.';
  if (shape === null || !URL.canParse(uri)) return [error('DB_URI', `DB_URI must be of the form postgresql://user:password@host:port/database. ${rest}`)];
  const [, scheme, login = ''] = shape;
  if (!/^(postgresql|mysql\+pymysql)$/.test(scheme as string))
    return [error('DB_URI', `DB_URI begins with ${scheme}://, but only postgresql:// and mysql+pymysql:// are known`)];
  if (login.includes('@') || /%(?![0-9A-Fa-f]{2})/.test(login)) return [error('DB_URI', `The password in DB_URI is not percent-encoded. ${rest}`)];
  return scheme === 'postgresql' ? [] : [warning('DB_URI', 'MySQL is deprecated since Quay 3.6')];
};

const keys: Rule = ({ config }) =>
  ['SECRET_KEY', 'DATABASE_SECRET_KEY'].flatMap((field) => {
    const value = config[field];
    if (value === undefined) return [];
    if (typeof value !== 'string')
      return [error(field, `${field} is a ${typeof value}, not text: digits alone, or digits around one e, must be quoted in YAML`)];
    if (field === 'DATABASE_SECRET_KEY' && value.length > 63)
      return [error(field, `${field} has ${value.length} characters; at most 63 are allowed. 48 hexadecimal digits are right`)];
    return value.length < 16 ? [warning(field, `${field} is short: ${value.length} characters`)] : [];
  });

const logs: Rule = ({ config }) => {
  if (config.LOGS_MODEL !== 'elasticsearch') return [];
  const model = isObject(config.LOGS_MODEL_CONFIG) ? config.LOGS_MODEL_CONFIG : {};
  const store = isObject(model.elasticsearch_config) ? model.elasticsearch_config : {};
  return ['host', 'port', 'access_key', 'secret_key']
    .filter((name) => store[name] === undefined)
    .map((name) => error('LOGS_MODEL_CONFIG', `LOGS_MODEL_CONFIG.elasticsearch_config.${name} is missing: LOGS_MODEL is elasticsearch`));
};

const setUp: Rule = ({ config, settingUp }) => {
  const found: Finding[] = [];
  if (config.FEATURE_USER_INITIALIZE === true && !settingUp)
    found.push(warning('FEATURE_USER_INITIALIZE', 'FEATURE_USER_INITIALIZE should be false once the first user is there'));
  if (config.IGNORE_VALIDATION !== undefined) found.push(warning('IGNORE_VALIDATION', 'IGNORE_VALIDATION lets Quay start with a configuration it refuses'));
  return found;
};

const RULES: readonly Rule[] = [tagExpiration, locations, storage, scanner, mail, logins, database, keys, logs, setUp];

/** Rules between fields, which a schema cannot say. */
export const crossFindings = (config: Config, version: string, { ha, settingUp }: { readonly ha: boolean; readonly settingUp: boolean }): Finding[] =>
  RULES.flatMap((rule) => rule({ config, minor: minorOf(version), ha, settingUp }));
