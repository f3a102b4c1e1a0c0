import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { address, lab, NAME, QUAY, SECRETS } from './lab.ts';

const ASK = fileURLToPath(new URL('ask.mjs', import.meta.url));

/** What an endpoint answered: its HTTP status and, when it was JSON, its body. */
export interface Answer {
  readonly code: number;
  readonly body: unknown;
}

/** The three endpoints and the services each must name (quay-domain A.13). */
export const ENDPOINTS: Readonly<Record<string, readonly string[]>> = {
  instance: ['auth', 'database', 'disk_space', 'registry_gunicorn', 'service_key', 'web_gunicorn'],
  endtoend: ['auth', 'database', 'redis', 'storage'],
  warning: ['disk_space_warning'],
};

/** Asks a host for a health endpoint under the registry's name, trusting the generated CA alone. db01 is the balancer. */
export async function health(host: string, endpoint: string): Promise<Answer> {
  const text = await lab('ctl', process.execPath, ASK, address(host), NAME, `/health/${endpoint}`, join(SECRETS, 'tls/ca.crt'));
  const { code, body } = JSON.parse(text) as { code: number; body: string };
  return { code, body: body.startsWith('{') ? JSON.parse(body) : body };
}

/** What a healthy endpoint answers. */
export const healthy = (endpoint: string): Answer => ({
  code: 200,
  body: { data: { services: Object.fromEntries((ENDPOINTS[endpoint] ?? []).map((service) => [service, true])) }, status_code: 200 },
});

/** Waits until every node and the balancer answer well; the seconds it took. */
export async function untilHealthy(seconds: number): Promise<number> {
  const begin = Date.now();
  let last: Record<string, Answer> = {};
  while (Date.now() - begin < seconds * 1000) {
    const hosts = ['db01', ...QUAY];
    last = Object.fromEntries(await Promise.all(hosts.map(async (host) => [host, await health(host, 'endtoend')] as const)));
    if (Object.values(last).every(({ code }) => code === 200)) return (Date.now() - begin) / 1000;
    await sleep(1000);
  }
  throw new Error(`the registry is not healthy after ${seconds} s: ${JSON.stringify(last)}`);
}
