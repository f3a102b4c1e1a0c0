import { createHmac } from 'node:crypto';

/**
 * The cephx key of an entity, derived from the cluster's one secret, so that every host makes the same keyrings without asking
 * another. Layout of a key (ceph, src/auth/Crypto.h): type 1 as u16, seconds and nanoseconds of its making as u32 each,
 * length 16 as u16, 16 bytes of AES key; little endian, base64.
 */
export function cephxKey(secret: string, entity: string): string {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt16LE(1, 0);
  bytes.writeUInt16LE(16, 10);
  createHmac('sha256', secret).update(`qplay cephx ${entity}`).digest().copy(bytes, 12, 0, 16);
  return bytes.toString('base64');
}

/** Text of a keyring file: one section an entity, capabilities by daemon kind in alphabetical order. */
export function keyring(entries: readonly { readonly entity: string; readonly key: string; readonly caps?: Readonly<Record<string, string>> }[]): string {
  return entries
    .map(({ entity, key, caps = {} }) => {
      const lines = Object.keys(caps)
        .sort()
        .map((kind) => `\tcaps ${kind} = "${caps[kind]}"\n`);
      return `[${entity}]\n\tkey = ${key}\n${lines.join('')}`;
    })
    .join('');
}
