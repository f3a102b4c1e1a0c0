import { isObject } from './yaml.ts';

const SECRET = /(secret|password|passwd|passphrase|private_key|access_key|psk|token|_dsn|signing_key)/i;
/** Fields whose names sound secret and are not. */
const HARMLESS = /^(PAGE_TOKEN_KEY_.*|FEATURE_.*|.*_TOKEN_(EXPIRATION|LIFETIME|PATH|SCOPE|OWNER|GC)|.*TOKEN_LIFETIME|LABEL_KEY_.*|OAUTH_.*_COUNT)$/;

const isSecret = (key: string): boolean => SECRET.test(key) && !HARMLESS.test(key);

/** Every secret text in a configuration: values of fields that sound secret, and passwords inside addresses. */
export function secretsOf(value: unknown, key = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => secretsOf(one, key));
  if (isObject(value)) return Object.entries(value).flatMap(([name, member]) => secretsOf(member, name));
  if (typeof value !== 'string' || value === '') return [];
  if (isSecret(key)) return [value];
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]*?:([^/?#@\s]+)@/i.exec(value)?.[1];
  return password === undefined ? [] : [value, password, decoded(password)];
}

/**
 * A configuration to be shown: secrets replaced by words that tell only whether they are those of `other`, so that a changed
 * secret is still a visible change.
 */
export function masked(value: unknown, other: unknown, word: string, key = ''): unknown {
  if (Array.isArray(value)) return value.map((one, i) => masked(one, Array.isArray(other) ? other[i] : undefined, word, key));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, masked(member, isObject(other) ? other[name] : undefined, word, name)]));
  if (typeof value !== 'string' || value === '') return isSecret(key) && value !== null && typeof value !== 'boolean' ? hidden(value === other, word) : value;
  if (isSecret(key)) return hidden(value === other, word);
  const [, before, password, after] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#@\s]*?:)([^/?#@\s]+)(@.*)$/i.exec(value) ?? [];
  if (password === undefined) return value;
  return `${before}${hidden(typeof other === 'string' && other.includes(`:${password}@`), word)}${after}`;
}

const hidden = (same: boolean, word: string): string => (same ? '(secret)' : `(${word} secret)`);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
