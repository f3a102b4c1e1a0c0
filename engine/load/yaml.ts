import { readFileSync, statSync } from 'node:fs';
import { type DocumentEvent, EVENT_ID, parseEvents, YAMLException } from 'js-yaml';
import { type At, type Diagnostic, inputError, QplayError } from '../error.ts';
import type { Origin } from '../jinja/api.ts';
import type { Data } from '../value.ts';
import { Builder } from './build.ts';
import { yamlMistake } from './mistakes.ts';
import { ScalarOrigin } from './origin.ts';
import { atOf, writtenOf } from './positions.ts';
import { Source } from './source.ts';

export { type Container, isUnsafe, keyOriginOf, keyPositionOf, originOf, placesOf, positionOf, rememberOrigins } from './positions.ts';
export { Source } from './source.ts';

/** One YAML document: its value, and where the value stands. Entries of containers are asked with `positionOf` and its kin. */
export interface Document {
  readonly source: Source;
  /** Not to be changed: files are cached and shared. `null` for an empty file. */
  readonly value: Data;
  readonly at: At;
  /** Origin of `value` when it is text itself. */
  readonly origin: Origin;
  /** Duplicate keys. */
  readonly warnings: readonly Diagnostic[];
}

/** Nesting beyond which a file is refused rather than the stack exhausted. */
const MOST_DEPTH = 200;

/**
 * Reads one YAML 1.1 document as PyYAML and Ansible do. Mappings are `Map`s; where each key and value stands is asked with
 * `positionOf`, `keyPositionOf`, `originOf` and `isUnsafe`.
 * @param file name for messages
 * @throws QplayError code `yaml`, with the place
 */
export function parseYaml(text: string, file: string): Document {
  const documents = parseYamlAll(text, file);
  const second = documents[1];
  if (second)
    throw inputError('yaml', `The file holds ${documents.length} documents, one is expected.`, {
      at: second.at,
      hint: 'A line "---" begins a new document: keep only the first one, at the top.',
    });
  return documents[0] ?? empty(new Source(file, text));
}

/** Reads all documents of a text that may hold several. */
export function parseYamlAll(text: string, file: string): readonly Document[] {
  const source = new Source(file, text);
  try {
    return documentsOf(source);
  } catch (error) {
    if (error instanceof QplayError) throw error;
    if (error instanceof YAMLException) throw yamlMistake(error, source);
    if (error instanceof RangeError) throw inputError('yaml', 'Lists and mappings are nested too deeply in this file.', { at: source.at(0) });
    throw error;
  }
}

function documentsOf(source: Source): readonly Document[] {
  const events = parseEvents(source.text, { filename: source.file, maxDepth: MOST_DEPTH });
  const json = isJson(source.text);
  const documents: Document[] = [];
  for (let i = 0; i < events.length; i++) {
    const event = events[i]!;
    if (event.type !== EVENT_ID.DOCUMENT) continue;
    const builder = new Builder(source, events, i + 1, json, handlesOf(event));
    const built = builder.node(false);
    documents.push({ source, value: built.value, at: atOf(source, built), origin: new ScalarOrigin(source, writtenOf(built)), warnings: builder.warnings });
  }
  return documents;
}

const handlesOf = (event: DocumentEvent): ReadonlyMap<string, string> =>
  new Map(event.directives.flatMap((one) => (one.kind === 'tag' ? [[one.handle, one.prefix] as const] : [])));

const empty = (source: Source): Document => ({
  source,
  value: null,
  at: source.at(0),
  origin: { at: (offset) => source.at(offset) },
  warnings: [],
});

/** JSON is read by JSON's rules of numbers, as Ansible tries it first. */
function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Turns the content of an encrypted file into what it was; throws a diagnostic when it cannot. */
export type Decrypt = (envelope: string, file: string) => Buffer;

interface Cached {
  readonly mtimeMs: number;
  readonly size: number;
  readonly isVault: boolean;
  readonly document: Document;
}
const cache = new Map<string, Cached>();

/** Documents that are in no file: what a command makes of its arguments. */
const held = new Map<string, Document>();

/** From now on reading this path gives this text, which need not be on disk. */
export function holdYaml(path: string, text: string): void {
  held.set(path, parseYaml(text, path));
}

const VAULT_HEADER = '$ANSIBLE_VAULT;';

/**
 * Reads a YAML or JSON file, decrypting one that is a vault as a whole. Cached by path, size and time of change.
 * @throws QplayError `missing-file`, `unreadable-file`, `yaml`, `vault-no-secret`, `vault-password`
 */
export function loadYamlFile(path: string, options: { readonly vault?: Decrypt | undefined; readonly at?: At | undefined } = {}): Document {
  const place = options.at === undefined ? {} : { at: options.at };
  const kept = held.get(path);
  if (kept) return kept;
  try {
    const { mtimeMs, size } = statSync(path);
    const known = cache.get(path);
    if (known && known.mtimeMs === mtimeMs && known.size === size && (options.vault || !known.isVault)) return known.document;
    const bytes = readFileSync(path);
    const document = parseFile(path, bytes, options.vault);
    cache.set(path, { mtimeMs, size, isVault: isEncrypted(bytes), document });
    return document;
  } catch (error) {
    if (error instanceof QplayError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw inputError('missing-file', `There is no file ${path}.`, place);
    throw inputError('unreadable-file', `The file ${path} cannot be read.`, { ...place, cause: message });
  }
}

const isEncrypted = (bytes: Buffer): boolean => bytes.subarray(0, VAULT_HEADER.length).toString('latin1') === VAULT_HEADER;

function parseFile(path: string, bytes: Buffer, vault: Decrypt | undefined): Document {
  if (!isEncrypted(bytes)) return parseYaml(decode(bytes, path), path);
  if (!vault)
    throw inputError('vault-no-secret', `${path} is encrypted and no vault password was given.`, {
      says: 'Attempting to decrypt but no vault secrets found',
      at: { file: path, line: 1, column: 1 },
      hint: 'Give one with --vault-id, --vault-password-file or --ask-vault-pass.',
    });
  try {
    return parseYaml(decode(vault(bytes.toString('utf8'), path), path), path);
  } catch (error) {
    if (error instanceof QplayError) throw new QplayError(error.diagnostics.map((one) => (one.code === 'yaml' ? hushed(one) : one)));
    throw error;
  }
}

/** A mistake inside an encrypted file, without anything of its content: a code frame, too, would show it. */
const hushed = ({ hint: _, ...one }: Diagnostic): Diagnostic => ({ ...one, message: one.message.replace(/".*"/gs, '"…"'), source: '(encrypted)' });

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const line = bytes.subarray(0, badByte(bytes)).toString('latin1').split('\n').length;
    throw inputError('yaml', 'The file is not UTF-8 text.', { at: { file: path, line, column: 1 } });
  }
}

/** Offset of the first byte that is not UTF-8, by halves. */
function badByte(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const decoder = new TextDecoder('utf-8', { fatal: true });
    try {
      decoder.decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return good;
}
