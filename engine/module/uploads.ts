import { stat } from 'node:fs/promises';
import type { Shell } from '../connect/connection.ts';
import { QplayError } from '../error.ts';
import { quote } from '../quote.ts';
import type { Content, Controller } from './contract.ts';
import { sharedStream } from './shared-file.ts';

/** Bytes up to which content rides in the script itself. */
export const INLINE_LIMIT = 64 * 1024;

/** Content that is ready to leave: in memory when small, else a file that is streamed. */
export type Parcel = { readonly bytes: Buffer } | { readonly file: string; readonly size: number; readonly version: string };

/** Reads small files; large ones stay where they are. */
export async function parcel(content: Content, controller: Controller): Promise<Parcel> {
  if (typeof content === 'string') return { bytes: Buffer.from(content, 'utf8') };
  if (Buffer.isBuffer(content)) return { bytes: content };
  const { size, mtimeMs } = await stat(content.file);
  return size < INLINE_LIMIT ? { bytes: await controller.read(content.file) } : { file: content.file, size, version: `${size} ${mtimeMs}` };
}

export const isSmall = (one: Parcel): one is { readonly bytes: Buffer } => 'bytes' in one && one.bytes.length < INLINE_LIMIT;

/** Streams a parcel to a new file of the host. */
export async function deliver(shell: Shell, path: string, one: Parcel): Promise<void> {
  if ('bytes' in one) return shell.put(path, one.bytes, one.bytes.length);
  return shell.put(path, sharedStream(one.file, one.version), one.size);
}

/** Shell text that makes a private folder `$qp_d` and sees to it that it goes whatever happens. */
export const FOLDER = `qp_d=$(umask 077; mktemp -d "\${TMPDIR:-/tmp}/qplay.XXXXXX") || exit
trap 'rm -rf "$qp_d"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
`;

/** Shell text that adopts a folder made before, so that it goes when the script ends. */
export const adopt = (folder: string): string => FOLDER.replace(/^qp_d=.*$/m, `qp_d=${quote(folder)}`);

/** Shell text that writes small content to a file: text as it is, anything else in base64; whichever is shorter. */
export function write(bytes: Buffer, path: string): string {
  const text = bytes.toString('utf8');
  const faithful = !bytes.includes(0) && Buffer.from(text, 'utf8').equals(bytes);
  // a quote inside grows when the frame quotes it once more
  const plain = faithful ? quote(text) : undefined;
  if (plain !== undefined && quote(plain).length <= bytes.length * 1.4 + 64) return `(umask 077; printf %s ${plain} >${path}) || exit\n`;
  return `(umask 077; printf %s ${bytes.toString('base64')} | base64 -d >${path}) || exit\n`;
}

/** A name that may stand behind `up_`. */
export function uploadName(name: string): string {
  if (/^\w+$/.test(name)) return name;
  throw new QplayError({ kind: 'internal', severity: 'error', code: 'upload-name', message: `"${name}" cannot name an upload: letters, digits and _ only` });
}
