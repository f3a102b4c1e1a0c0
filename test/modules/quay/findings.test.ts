import { expect, test } from 'vitest';
import { withDefaults } from '../../../modules/quay/defaults.ts';
import { findingsOf } from '../../../modules/quay/findings.ts';
import { sample } from './sample.ts';

const find = (changes: Record<string, unknown>, version = '3.12.0', how = { ha: true, settingUp: false }) =>
  findingsOf(withDefaults({ ...sample(), ...changes }, version), version, how);
const errors = (changes: Record<string, unknown>, version?: string) =>
  find(changes, version)
    .filter(({ severity }) => severity === 'error')
    .map(({ message }) => message);
const warnings = (changes: Record<string, unknown>, version?: string) =>
  find(changes, version)
    .filter(({ severity }) => severity === 'warning')
    .map(({ message }) => message);

test.each(['3.2.2', '3.6.8', '3.7.14', '3.8.0', '3.9.25', '3.12.0', '3.13.11', '3.18.0'])(
  'the configuration of an installation has no finding for %s',
  (version) => {
    expect(find({}, version)).toEqual([]);
  },
);

test.each<[Record<string, unknown>, string]>([
  [{ DEFAULT_TAG_EXPIRATION: '3w' }, 'DEFAULT_TAG_EXPIRATION is 3w, which is not among TAG_EXPIRATION_OPTIONS (0s, 1d, 1w, 2w, 4w)'],
  [{ USER_RECOVERY_TOKEN_LIFETIME: 'soon' }, 'USER_RECOVERY_TOKEN_LIFETIME must be a time such as 2w, 1d or 30m'],
  [
    { DISTRIBUTED_STORAGE_PREFERENCE: ['elsewhere'] },
    'DISTRIBUTED_STORAGE_PREFERENCE names the storage "elsewhere", which is not in DISTRIBUTED_STORAGE_CONFIG (radosgw)',
  ],
  [{ DISTRIBUTED_STORAGE_CONFIG: { radosgw: ['LocalStorage', {}] } }, 'LocalStorage cannot be shared between nodes: use an object store'],
  [
    { DISTRIBUTED_STORAGE_CONFIG: { radosgw: ['RadosGWStorage', { hostname: 'a', access_key: 'a', secret_key: 'b' }] } },
    'DISTRIBUTED_STORAGE_CONFIG.radosgw.1.bucket_name is missing',
  ],
  [{ FEATURE_STORAGE_REPLICATION: true }, 'FEATURE_STORAGE_REPLICATION needs two or more storages'],
  [{ FEATURE_SECURITY_SCANNER: true, SECURITY_SCANNER_V4_PSK: 'bm90IHNlY3JldA==' }, 'SECURITY_SCANNER_V4_ENDPOINT is missing: FEATURE_SECURITY_SCANNER is on'],
  [
    { FEATURE_SECURITY_SCANNER: true, SECURITY_SCANNER_V4_ENDPOINT: 'http://c:8081', SECURITY_SCANNER_V4_PSK: 'no base64!' },
    'SECURITY_SCANNER_V4_PSK is not base64',
  ],
  [{ FEATURE_MAILING: true }, 'MAIL_SERVER is missing: FEATURE_MAILING is on'],
  [{ FEATURE_DIRECT_LOGIN: false }, 'Nobody could log in: FEATURE_DIRECT_LOGIN is off, and GitHub, Google and OIDC login are too'],
  [{ FEATURE_INVITE_ONLY_USER_CREATION: true, FEATURE_USER_CREATION: false }, 'FEATURE_INVITE_ONLY_USER_CREATION needs FEATURE_USER_CREATION'],
  [
    { DB_URI: 'postgresql://quayuser:p@ss@db01/quaydb' },
    'The password in DB_URI is not percent-encoded. Characters such as @ / : % in the password must be percent-encoded.',
  ],
  [
    { DB_URI: 'sqlite:///test.db' },
    'DB_URI must be of the form postgresql://user:password@host:port/database. Characters such as @ / : % in the password must be percent-encoded.',
  ],
  [{ SECRET_KEY: 12e45 }, 'SECRET_KEY is a number, not text: digits alone, or digits around one e, must be quoted in YAML'],
  [{ DATABASE_SECRET_KEY: 'f'.repeat(96) }, 'DATABASE_SECRET_KEY has 96 characters; at most 63 are allowed. 48 hexadecimal digits are right'],
  [{ FEATURE_LISTEN_IP_VERSION: 'IPv5' }, 'FEATURE_LISTEN_IP_VERSION must be one of IPv4, IPv6, dual-stack'],
  [
    { LOGS_MODEL: 'elasticsearch', LOGS_MODEL_CONFIG: { elasticsearch_config: { host: 'e', port: 1, access_key: 'a' } } },
    'LOGS_MODEL_CONFIG.elasticsearch_config.secret_key is missing: LOGS_MODEL is elasticsearch',
  ],
  [{ SERVER_HOSTNAME: 'https://quay.example.com' }, 'SERVER_HOSTNAME must be a host name, with a port if need be, and no scheme: quay.example.com'],
  [{ SETUP_COMPLETE: false }, 'SETUP_COMPLETE must be true'],
  [{ BUILDLOGS_REDIS: { port: 6379 } }, 'BUILDLOGS_REDIS.host is missing'],
  [{ SUPER_USERS: ['a', 'a'] }, 'SUPER_USERS must NOT have duplicate items (items ## 1 and 0 are identical)'],
])('%j: %s', (changes, message) => expect(errors(changes)).toEqual([message]));

test('all mistakes come at once', () => {
  const { DB_URI: _, SECRET_KEY: __, ...rest } = sample();
  expect(
    findingsOf(withDefaults({ ...rest, AUTHENTICATION_TYPE: 'None' }, '3.12.0'), '3.12.0', { ha: true, settingUp: false }).map(({ message }) => message),
  ).toEqual(['DB_URI is missing', 'SECRET_KEY is missing', 'AUTHENTICATION_TYPE must be one of Database, LDAP, JWT, Keystone, OIDC, AppToken']);
});

test.each<[Record<string, unknown>, string, string]>([
  [{ FEATURE_MAILNG: false }, '3.12.0', 'Quay 3.12 knows no field FEATURE_MAILNG. Did you mean "FEATURE_MAILING"?'],
  [{ DISABLE_PUSHES: true }, '3.12.0', 'Quay 3.12 does not use DISABLE_PUSHES: new in 3.13'],
  [{ FEATURE_APP_REGISTRY: true }, '3.12.0', 'Quay 3.12 does not use FEATURE_APP_REGISTRY: gone after 3.6'],
  [{ FEATURE_USER_INITIALIZE: true }, '3.12.0', 'FEATURE_USER_INITIALIZE should be false once the first user is there'],
  [{ DB_URI: 'mysql+pymysql://a:b@c/d' }, '3.12.0', 'MySQL is deprecated since Quay 3.6'],
])('%j for %s only makes one doubt: %s', (changes, version, message) => {
  expect(errors(changes, version)).toEqual([]);
  expect(warnings(changes, version)).toEqual([message]);
});

test('an OIDC provider of any name is known, and is a way to log in', () =>
  expect(find({ FEATURE_DIRECT_LOGIN: false, ACME_LOGIN_CONFIG: { CLIENT_ID: 'x' } })).toEqual([]));

test('numbers and booleans that came as text out of a template are put right', () => {
  const config = withDefaults({ ...sample(), BUILDLOGS_REDIS: { host: 'a', port: '6379' }, FEATURE_MAILING: 'false' }, '3.12.0');
  expect(findingsOf(config, '3.12.0', { ha: true, settingUp: false })).toEqual([]);
  expect(config).toMatchObject({ BUILDLOGS_REDIS: { port: 6379 }, FEATURE_MAILING: false });
});
