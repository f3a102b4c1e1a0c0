const FIRST = 0xdc00;

/** Length of the valid UTF-8 character that begins at an index, 0 when none does. */
function validLength(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const part = bytes.subarray(at, at + length);
  return Buffer.from(part.toString('utf8'), 'utf8').equals(part) ? length : 0;
}

/** UTF-8 as text; each byte that is none becomes a lone surrogate, Python's `surrogateescape`. */
export function decodeEscaped(bytes: Buffer): string {
  const plain = bytes.toString('utf8');
  if (Buffer.from(plain, 'utf8').equals(bytes)) return plain;
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = validLength(bytes, at);
    text += length === 0 ? String.fromCharCode(FIRST + (bytes[at] as number)) : bytes.toString('utf8', at, at + length);
    at += Math.max(1, length);
  }
  return text;
}

/** The bytes that `decodeEscaped` made a text of. */
export function encodeEscaped(text: string): Buffer {
  const parts = text.split(/([\udc80-\udcff])/);
  const isLone = (index: number): boolean => index % 2 === 1 && !/[\ud800-\udbff]$/.test(parts[index - 1] as string);
  if (parts.length === 1 || !parts.some((_part, index) => isLone(index))) return Buffer.from(text, 'utf8');
  const bytes: Buffer[] = [];
  let held = '';
  parts.forEach((part, index) => {
    if (!isLone(index)) {
      held += part;
      return;
    }
    bytes.push(Buffer.from(held, 'utf8'), Buffer.from([part.charCodeAt(0) - FIRST]));
    held = '';
  });
  return Buffer.concat([...bytes, Buffer.from(held, 'utf8')]);
}
