import { spawnSync } from 'node:child_process';
import { truth } from '../python/compare.ts';
import { splitLines } from '../python/strings.ts';
import type { Value } from '../values.ts';
import { type Lookup, lookup, lookupError, termText } from './lookup.ts';

const OPTIONS = [
  'validate_certs',
  'split_lines',
  'use_proxy',
  'username',
  'password',
  'headers',
  'force',
  'timeout',
  'http_agent',
  'force_basic_auth',
  'follow_redirects',
];

/** Fetches one page; a template cannot wait, so a child process does. What it asks for comes on stdin, secrets too. */
const FETCH = `
let input = '';
process.stdin.on('data', (chunk) => { input += chunk; }).on('end', async () => {
  const { url, headers, timeout } = JSON.parse(input);
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeout) });
    if (!response.ok) throw new Error('HTTP status ' + response.status + ' ' + response.statusText);
    process.stdout.write(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    process.stderr.write(String(error.cause?.message ?? error.message));
    process.exitCode = 1;
  }
});`;

function fetchPage(url: string, options: ReadonlyMap<string, Value>): string {
  const headers: Record<string, string> = { 'user-agent': options.has('http_agent') ? termText(options.get('http_agent') as Value) : 'ansible-httpget' };
  const given = options.get('headers');
  if (given instanceof Map) for (const [name, value] of given) headers[termText(name).toLowerCase()] = termText(value);
  const user = options.get('username');
  if (user !== undefined && user !== null)
    headers.authorization = `Basic ${Buffer.from(`${termText(user)}:${termText(options.get('password') ?? '')}`).toString('base64')}`;
  const seconds = Number(termText(options.get('timeout') ?? 10));
  const environment = truth(options.get('validate_certs') ?? true) ? process.env : { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' };
  const result = spawnSync(process.execPath, ['-e', FETCH], {
    input: JSON.stringify({ url, headers, timeout: seconds * 1000 }),
    env: environment,
    maxBuffer: 64 * 1024 * 1024,
    encoding: 'utf8',
  });
  if (result.status !== 0) throw lookupError(`Failed lookup url for ${url}: ${result.error?.message ?? result.stderr.trim()}`);
  return result.stdout;
}

export const urlLookup: Lookup = lookup(OPTIONS, (_rt, terms, options) =>
  terms.flatMap((term): Value[] => {
    const page = fetchPage(termText(term), options);
    return truth(options.get('split_lines') ?? true) ? splitLines(page) : [page];
  }),
);
