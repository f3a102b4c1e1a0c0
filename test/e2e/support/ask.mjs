// Asks one address by HTTPS for a path, as a client of the registry would; prints {code, body} as JSON.
//   node ask.mjs ADDRESS NAME PATH CA
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const [address, name, path, ca] = process.argv.slice(2);
const options = { host: address, servername: name, path, headers: { host: name }, ca: readFileSync(ca), timeout: 15_000 };
const ask = request(options, (response) => {
  let body = '';
  response.on('data', (part) => {
    body += part;
  });
  response.on('end', () => console.log(JSON.stringify({ code: response.statusCode, body })));
});
ask.on('timeout', () => ask.destroy(new Error('no answer in 15 s')));
ask.on('error', (error) => console.log(JSON.stringify({ code: 0, body: error.message })));
ask.end();
