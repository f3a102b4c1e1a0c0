// Prints what the registry says of its health through the balancer. Run in the control node's namespace:
//   lab/lab ctl node lab/demo-health.mjs [FOLDER OF SECRETS]
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const name = process.env.QPLAY_DEMO_HOST ?? 'quay.example.com';
const folder = process.argv[2] ?? `${process.env.QLAB_DIR ?? '/var/lib/qplay-lab/qlab'}/secrets`;
const ca = readCa();
let healthy = true;

console.log(`\nhttps://${name}, through the balancer on db01`);
for (const path of ['/health/instance', '/health/endtoend', '/health/warning']) {
  const answer = await get(path);
  healthy &&= answer.status === 200;
  const services = Object.entries(answer.services).map(([service, well]) => `${well ? '✓' : '✗'} ${service}`);
  console.log(`  ${answer.status} ${path.padEnd(18)} ${services.join('  ')}${answer.error ?? ''}`);
}
process.exitCode = healthy ? 0 : 1;

function readCa() {
  try {
    return readFileSync(`${folder}/tls/ca.crt`);
  } catch {
    return undefined;
  }
}

function get(path) {
  return new Promise((resolve) => {
    const ask = request({ host: name, path, ca, timeout: 10_000 }, (response) => {
      let body = '';
      response.on('data', (part) => {
        body += part;
      });
      response.on('end', () => resolve({ status: response.statusCode, services: servicesOf(body) }));
    });
    ask.on('timeout', () => ask.destroy(new Error('no answer in 10 s')));
    ask.on('error', (error) => resolve({ status: '---', services: {}, error: error.message }));
    ask.end();
  });
}

function servicesOf(body) {
  try {
    return JSON.parse(body).data.services;
  } catch {
    return {};
  }
}
