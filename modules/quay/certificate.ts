import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Finding } from './schema/types.ts';

/** PEM texts of ssl.cert (the server's certificate first) and ssl.key. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

const DAY = 86_400_000;

/** What is wrong with a certificate and key for a host name: names, dates, and whether they belong together. */
export function certificateFindings({ certificate, key }: Pair, hostname: string, now: Date): Finding[] {
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(certificate);
  } catch {
    return [{ severity: 'error', field: 'ssl.cert', message: 'ssl.cert is not a PEM certificate' }];
  }
  return [...nameFindings(parsed, hostname), ...dateFindings(parsed, now), ...keyFindings(parsed, key)];
}

function nameFindings(certificate: X509Certificate, hostname: string): Finding[] {
  const name = hostname.replace(/:\d+$/, '');
  const names = certificate.subjectAltName;
  if (names === undefined)
    return [{ severity: 'error', field: 'ssl.cert', message: 'ssl.cert has no subject alternative names: container clients ignore the common name' }];
  const fits = (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name, { subject: 'never' })) !== undefined;
  return fits ? [] : [{ severity: 'error', field: 'ssl.cert', message: `ssl.cert is not for ${name} (SERVER_HOSTNAME) but for ${names}` }];
}

function dateFindings(certificate: X509Certificate, now: Date): Finding[] {
  const from = new Date(certificate.validFrom);
  const to = new Date(certificate.validTo);
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  if (from > now) return [{ severity: 'error', field: 'ssl.cert', message: `ssl.cert is not valid before ${day(from)}` }];
  if (to <= now) return [{ severity: 'error', field: 'ssl.cert', message: `ssl.cert expired on ${day(to)}` }];
  const left = Math.floor((to.getTime() - now.getTime()) / DAY);
  return left < 30 ? [{ severity: 'warning', field: 'ssl.cert', message: `ssl.cert expires in ${left} days, on ${day(to)}` }] : [];
}

function keyFindings(certificate: X509Certificate, key: string): Finding[] {
  try {
    if (certificate.checkPrivateKey(createPrivateKey(key))) return [];
    return [{ severity: 'error', field: 'ssl.key', message: 'ssl.key does not belong to ssl.cert' }];
  } catch {
    return [{ severity: 'error', field: 'ssl.key', message: 'ssl.key is not an unencrypted PEM private key' }];
  }
}
