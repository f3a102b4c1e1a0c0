import { Buffer } from 'node:buffer';

/** A reply of Redis: text, number, nothing, a list, or an error. */
export type Reply = string | number | null | RedisError | readonly Reply[];

/** A reply that begins with `-`. */
export class RedisError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** A command as Redis reads it: a list of byte strings. */
export const command = (words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

interface Parsed {
  readonly reply: Reply;
  readonly end: number;
}

/** One reply from the start of the bytes, `undefined` while it is not complete. */
export function parse(bytes: Buffer, at = 0): Parsed | undefined {
  const line = bytes.indexOf('\r\n', at);
  if (line < 0) return undefined;
  const head = bytes.toString('utf8', at + 1, line);
  const next = line + 2;
  switch (String.fromCharCode(bytes[at] as number)) {
    case '+':
      return { reply: head, end: next };
    case '-':
      return { reply: new RedisError(head), end: next };
    case ':':
      return { reply: Number(head), end: next };
    case '$':
      return bulk(bytes, Number(head), next);
    case '*':
      return list(bytes, Number(head), next);
    default:
      // Whatever listens there is no Redis; its first line says what it is
      return { reply: new RedisError(`not Redis: ${bytes.toString('utf8', at, line)}`), end: next };
  }
}

function bulk(bytes: Buffer, length: number, start: number): Parsed | undefined {
  if (length < 0) return { reply: null, end: start };
  const end = start + length;
  return bytes.length < end + 2 ? undefined : { reply: bytes.toString('utf8', start, end), end: end + 2 };
}

function list(bytes: Buffer, count: number, start: number): Parsed | undefined {
  const members: Reply[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    const member = parse(bytes, at);
    if (member === undefined) return undefined;
    members.push(member.reply);
    at = member.end;
  }
  return { reply: members, end: at };
}
