import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { inputError } from '../error.ts';

/** Asks the person at the terminal. What is typed for a secret is not shown. Throws when there is no terminal. */
export async function ask(prompt: string, secret: boolean): Promise<string> {
  if (!process.stdin.isTTY)
    throw inputError('no-terminal', `"${prompt.trim()}" must be asked, and there is no terminal`, { hint: 'give it in a file or a variable' });
  const quiet = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stderr.write(prompt);
  const reader = createInterface({ input: process.stdin, output: secret ? quiet : process.stderr, terminal: true });
  try {
    return await reader.question('');
  } finally {
    reader.close();
    if (secret) process.stderr.write('\n');
  }
}
