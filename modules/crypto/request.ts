import { fromPem, type Node, oid, read } from './der.ts';
import { type Extension, readExtensions } from './extensions.ts';
import { type Part, partsOf } from './names.ts';
import { isSignedBy, publicKey, readSigned } from './sign.ts';

/** What a request says. */
export interface Request {
  readonly subject: readonly Part[];
  readonly extensions: readonly Extension[];
  readonly spki: Buffer;
  /** Whether it is signed by its own key. */
  readonly valid: boolean;
  /** The subject as it is written. */
  readonly name: Buffer;
}

export const EXTENSION_REQUEST = oid('1.2.840.113549.1.9.14');

export function readRequest(text: string): Request | undefined {
  const der = fromPem(text, /^(NEW )?CERTIFICATE REQUEST$/);
  const signed = der === undefined ? undefined : readSigned(der);
  if (signed === undefined) return undefined;
  const [, name, key, attributes] = signed.parts as [Node, Node, Node, Node | undefined];
  const spki = key.bytes;
  const object = publicKey(spki);
  const asked = (attributes === undefined ? [] : read(attributes.content)).map((one) => read(one.content) as [Node, Node]);
  const extensions = asked.filter(([number]) => number.bytes.equals(EXTENSION_REQUEST)).flatMap(([, values]) => read(values.content).flatMap(readExtensions));
  return { subject: partsOf(name), extensions, spki, valid: object !== undefined && isSignedBy(signed, object), name: name.bytes };
}
