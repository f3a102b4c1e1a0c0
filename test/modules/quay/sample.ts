import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from '../harness.ts';

/** A configuration without a mistake, as a fresh object. */
export const sample = (): Record<string, unknown> => ({
  SERVER_HOSTNAME: 'quay.example.com',
  EXTERNAL_TLS_TERMINATION: true,
  SECRET_KEY: '3a5f0f7c9f5d4c0e8a1b2c3d4e5f6071',
  DATABASE_SECRET_KEY: '12e45678901234567890123456789012345678901234567a',
  DB_URI: 'postgresql://quayuser:quaypass@db01:5432/quaydb',
  BUILDLOGS_REDIS: { host: 'db01', port: 6379, password: 'redispass' },
  USER_EVENTS_REDIS: { host: 'db01', port: 6379, password: 'redispass' },
  DISTRIBUTED_STORAGE_CONFIG: {
    radosgw: ['RadosGWStorage', { hostname: 'db01', port: 7480, is_secure: false, access_key: 'key', secret_key: 'secret', bucket_name: 'quay' }],
  },
});

/** A certificate and key made by openssl for these names. */
export function pair(names: readonly string[], days = 90): { certificate: string; key: string } {
  const folder = scratch();
  const subject = names.length === 0 ? [] : ['-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`];
  const files = { key: join(folder, 'ssl.key'), cert: join(folder, 'ssl.cert') };
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', String(days), '-subj', '/CN=quay.example.com'];
  execFileSync('openssl', [...args, ...subject, '-keyout', files.key, '-out', files.cert], { stdio: 'ignore' });
  return { certificate: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
}
