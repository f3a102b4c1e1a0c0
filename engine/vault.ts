import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { type At, type Diagnostic, inputError, type QplayError } from './error.ts';

// Ansible Vault 1.1 and 1.2. Format: https://docs.ansible.com/ansible/latest/vault_guide/vault_using_encrypted_content.html
const HEADER = '$ANSIBLE_VAULT';
const CIPHER = 'AES256';
const ITERATIONS = 10_000;
const LINE = 80;

/** Label of a secret that was given without one. */
export const DEFAULT_LABEL = 'default';

/** A vault password and the label it goes by. */
export interface VaultSecret {
  readonly label: string;
  readonly password: Buffer;
}

/** What stands in an envelope, taken apart but not decrypted. */
export interface Envelope {
  readonly version: string;
  /** Label in the header; absent in version 1.1. */
  readonly label?: string;
  readonly salt: Buffer;
  readonly mac: Buffer;
  readonly cipherText: Buffer;
}

/** What an error about an envelope can say of it. */
export interface VaultPlace {
  /** How a message calls it: a file, or the name of a variable. */
  readonly what: string;
  /** What Ansible's sentence says behind it. */
  readonly behind?: string;
  readonly at?: At | undefined;
}

const SOMETHING: VaultPlace = { what: 'This vault text' };

/** Whether text or bytes are an envelope. */
export function isVault(content: string | Buffer): boolean {
  const start = typeof content === 'string' ? content.slice(0, HEADER.length) : content.subarray(0, HEADER.length).toString('latin1');
  return start === HEADER;
}

/**
 * Takes an envelope apart.
 * @throws QplayError `vault-format`
 */
export function parseEnvelope(text: string, place: VaultPlace = SOMETHING): Envelope {
  const [header = '', ...body] = text.split(/\r\n|\r|\n/);
  const [mark, version, cipher, label] = header.split(';').map((part) => part.trim());
  if (mark !== HEADER || version === undefined || cipher === undefined)
    throw malformed(place, `its first line must be ${HEADER};1.1;${CIPHER}, found ${JSON.stringify(header.slice(0, 60))}`);
  if (version !== '1.1' && version !== '1.2') throw malformed(place, `version "${version}" is not known, only 1.1 and 1.2 are`);
  if (cipher !== CIPHER) throw malformed(place, `cipher "${cipher}" is not known, only ${CIPHER} is`);
  const parts = hex(body.map((line) => line.trim()).join(''), place)
    .toString('latin1')
    .split('\n');
  const [salt, mac, cipherText] = parts;
  if (parts.length !== 3 || salt === undefined || mac === undefined || cipherText === undefined)
    throw malformed(place, 'it does not hold salt, checksum and content');
  return { version, ...(label ? { label } : {}), salt: hex(salt, place), mac: hex(mac, place), cipherText: hex(cipherText, place) };
}

function hex(text: string, place: VaultPlace): Buffer {
  if (text.length % 2 !== 0 || /[^0-9a-fA-F]/.test(text)) throw malformed(place, 'something other than hexadecimal digits stands in it, or a part is missing');
  return Buffer.from(text, 'hex');
}

function malformed(place: VaultPlace, why: string): QplayError {
  return inputError('vault-format', `${place.what} is damaged: ${why}.`, placed(place));
}

const placed = ({ at }: VaultPlace): Partial<Diagnostic> => (at ? { at } : {});

/**
 * The plain bytes of an envelope. The secret with the label of the envelope is tried first, then all others, since the
 * label is only a hint.
 * @throws QplayError `vault-no-secret`, `vault-password`, `vault-format`
 */
export function decrypt(text: string, secrets: readonly VaultSecret[], place: VaultPlace = SOMETHING, match = false): Buffer {
  return unlock(text, secrets, place, match).plain;
}

/** As `decrypt`; also says which secret fitted, and the label in the header. */
export function unlock(
  text: string,
  secrets: readonly VaultSecret[],
  place: VaultPlace = SOMETHING,
  match = false,
): { plain: Buffer; secret: VaultSecret; label?: string } {
  const envelope = parseEnvelope(text, place);
  if (secrets.length === 0) throw noSecret(place, envelope.label);
  const label = envelope.label ?? DEFAULT_LABEL;
  const ordered = [...secrets.filter((one) => one.label === label), ...(match ? [] : secrets.filter((one) => one.label !== label))];
  for (const secret of ordered) {
    const plain = open(envelope, secret.password);
    if (plain) return { plain, secret, ...(envelope.label !== undefined && { label: envelope.label }) };
  }
  const tried = [...new Set(ordered.map((one) => one.label))].join(', ');
  throw inputError('vault-password', `${place.what} cannot be decrypted: no vault password that was given fits.`, {
    says: `Decryption failed (no vault secrets were found that could decrypt) on ${place.what}${place.behind ?? ''}`,
    ...placed(place),
    cause: `It asks for the vault id "${label}"; tried: ${tried}.`,
    hint: `Give the right password with --vault-id ${label}@FILE, or --vault-id ${label}@prompt.`,
  });
}

/** The diagnostic for encrypted content when there is no password at all. */
export function noSecret(place: VaultPlace, label?: string): QplayError {
  const id =
    label === undefined || label === DEFAULT_LABEL
      ? '--vault-password-file FILE or --ask-vault-pass'
      : `--vault-id ${label}@FILE or --vault-id ${label}@prompt`;
  return inputError('vault-no-secret', `${place.what} is encrypted, and no vault password was given.`, {
    says: 'Attempting to decrypt but no vault secrets found',
    ...placed(place),
    hint: `Give it with ${id}.`,
  });
}

function open({ salt, mac, cipherText }: Envelope, password: Buffer): Buffer | undefined {
  const keys = derive(password, salt);
  const expected = createHmac('sha256', keys.mac).update(cipherText).digest();
  if (expected.length !== mac.length || !timingSafeEqual(expected, mac)) return undefined;
  const cipher = createDecipheriv('aes-256-ctr', keys.cipher, keys.iv);
  const padded = Buffer.concat([cipher.update(cipherText), cipher.final()]);
  const padding = padded.at(-1) ?? 0;
  return padded.subarray(0, padded.length - padding);
}

/**
 * Encrypts bytes into an envelope. With a label other than `default` it is of version 1.2, which names the label. The salt is
 * 32 random bytes when absent.
 */
export function encrypt(plain: Buffer | string, secret: VaultSecret, label: string = secret.label, salt: Buffer = randomBytes(32)): string {
  const keys = derive(secret.password, salt);
  const bytes = Buffer.from(plain);
  const padding = 16 - (bytes.length % 16);
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, keys.iv);
  const cipherText = Buffer.concat([cipher.update(Buffer.concat([bytes, Buffer.alloc(padding, padding)])), cipher.final()]);
  const mac = createHmac('sha256', keys.mac).update(cipherText).digest();
  const body = Buffer.from([salt, mac, cipherText].map((part) => part.toString('hex')).join('\n'), 'latin1').toString('hex');
  const header = label === DEFAULT_LABEL ? `${HEADER};1.1;${CIPHER}` : `${HEADER};1.2;${CIPHER};${label}`;
  const lines = body.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return `${[header, ...lines].join('\n')}\n`;
}

function derive(password: Buffer, salt: Buffer): { cipher: Buffer; mac: Buffer; iv: Buffer } {
  const bytes = pbkdf2Sync(password, salt, ITERATIONS, 80, 'sha256');
  return { cipher: bytes.subarray(0, 32), mac: bytes.subarray(32, 64), iv: bytes.subarray(64) };
}
