import { expect, test } from 'vitest';
import { masked, secretsOf } from '../../../modules/quay/mask.ts';

const config = {
  DB_URI: 'postgresql://quayuser:p%40ss@db01:5432/quaydb',
  SECRET_KEY: 'aaaa',
  BUILDLOGS_REDIS: { host: 'db01', password: 'redis' },
  DISTRIBUTED_STORAGE_CONFIG: { s: ['RadosGWStorage', { access_key: 'AK', secret_key: 'SK', bucket_name: 'quay' }] },
  USER_RECOVERY_TOKEN_LIFETIME: '30m',
  SERVER_HOSTNAME: 'quay.example.com',
};

test('every secret is found, passwords in addresses encoded and decoded', () => {
  expect(secretsOf(config).sort()).toEqual(['AK', 'SK', 'aaaa', 'p%40ss', 'p@ss', 'postgresql://quayuser:p%40ss@db01:5432/quaydb', 'redis'].sort());
});

test('a shown configuration tells which secrets change, and nothing of them', () => {
  const other = { ...config, SECRET_KEY: 'bbbb', DB_URI: 'postgresql://quayuser:other@db01:5432/quaydb' };
  const shown = masked(config, other, 'new') as Record<string, unknown>;
  expect(shown).toEqual({
    DB_URI: 'postgresql://quayuser:(new secret)@db01:5432/quaydb',
    SECRET_KEY: '(new secret)',
    BUILDLOGS_REDIS: { host: 'db01', password: '(secret)' },
    DISTRIBUTED_STORAGE_CONFIG: { s: ['RadosGWStorage', { access_key: '(secret)', secret_key: '(secret)', bucket_name: 'quay' }] },
    USER_RECOVERY_TOKEN_LIFETIME: '30m',
    SERVER_HOSTNAME: 'quay.example.com',
  });
});
