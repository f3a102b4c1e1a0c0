import { appendFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Colour } from './paint.ts';

/** Adds a line to the file of `log_path`, with what Ansible puts before it. A file that cannot be written is passed over. */
export function appendToLog(file: string, text: string, colour: Colour | undefined): void {
  const level = colour === 'error' ? 'ERROR' : colour === 'warn' ? 'WARNING' : 'INFO';
  const message = text.replace(/^\n+/, '').replace(/\n$/, '');
  if (message === '') return;
  try {
    appendFileSync(file, `${stamp(new Date())} p=${process.pid} u=${userInfo().username} n=ansible ${level}| ${message}\n`, { mode: 0o600 });
  } catch {
    // Ansible goes on without the log, too
  }
}

function stamp(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${day} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())},${String(now.getMilliseconds()).padStart(3, '0')}`;
}
