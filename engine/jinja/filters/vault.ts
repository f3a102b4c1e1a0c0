import { QplayError } from '../../error.ts';
import { VaultText } from '../../value.ts';
import { decrypt, encrypt, isVault } from '../../vault.ts';
import { define } from '../binder.ts';
import { truth } from '../python/compare.ts';
import { failUndefined } from '../python/sequence.ts';
import type { Family } from '../registry.ts';
import { Bytes, PyError, typeName, type Value } from '../values.ts';
import { text } from './keys.ts';

function bytesOf(value: Value, complaint: string): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (value instanceof Bytes) return value.buffer;
  failUndefined(value);
  throw new PyError(`${complaint}: <class '${typeName(value)}'>`);
}

const SECRET = 'Secret passed is required to be a string, instead we got';

/** The label: `vaultid` is the old name of `vault_id`. */
const labelOf = (id: Value, old: Value): string => (old !== null && id === 'filter_default' ? text(old) : text(id));

function open(vault: Value, secret: Value, label: string): string {
  const password = bytesOf(secret, SECRET);
  const envelope = vault instanceof VaultText ? vault.envelope : bytesOf(vault, 'Vault should be in the form of a string, instead we got').toString('utf8');
  if (!isVault(envelope)) return envelope;
  try {
    return decrypt(envelope, [{ label, password }]).toString('utf8');
  } catch (error) {
    if (error instanceof QplayError) throw new PyError(`Unable to decrypt: ${error.diagnostics[0]?.message ?? ''}`);
    throw error;
  }
}

export const vaultFilters: Family = {
  vault: define("data, secret, salt=None, vault_id='filter_default', wrap_object=False, vaultid=None", (rt, data, secret, salt, id, wrap, old) => {
    const password = bytesOf(secret, SECRET);
    const plain = bytesOf(data, 'Can only vault strings, instead we got');
    rt.context.secret(password.toString('utf8'));
    const label = labelOf(id, old);
    const given = salt === null || !truth(salt) ? undefined : bytesOf(salt, 'The salt must be a string, instead we got');
    const envelope = encrypt(plain, { label, password }, label, given);
    return truth(wrap) ? new VaultText(envelope) : envelope;
  }),
  unvault: define("vault, secret, vault_id='filter_default', vaultid=None", (rt, vault, secret, id, old) => {
    const plain = open(vault, secret, labelOf(id, old));
    rt.context.secret(plain);
    return plain;
  }),
};
