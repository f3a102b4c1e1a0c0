import { context, dateOf, fromPem, integer, type Node, read, sequence, time } from './der.ts';
import { type Extension, extensionsDer, readExtensions } from './extensions.ts';
import { nameDer, type Part, partsOf } from './names.ts';
import { readSigned, type Signed } from './sign.ts';

interface Name {
  readonly parts: readonly Part[];
  /** As it is written. */
  readonly bytes: Buffer;
}

/** What a certificate says. RFC 5280, section 4.1. */
export interface Certificate {
  readonly version: number;
  readonly serial: bigint;
  readonly issuer: Name;
  readonly subject: Name;
  readonly from: Date;
  readonly until: Date;
  readonly spki: Buffer;
  readonly extensions: readonly Extension[];
  readonly signed: Signed;
}

/** The first certificate of a PEM text; `undefined` when there is none that can be read. */
export function readCertificate(text: string): Certificate | undefined {
  const der = fromPem(text, /^(X509 |TRUSTED )?CERTIFICATE$/);
  const signed = der === undefined ? undefined : readSigned(der);
  if (signed === undefined) return undefined;
  try {
    const versioned = signed.parts[0]?.tag === 0xa0;
    const version = versioned ? ((read((signed.parts[0] as Node).content)[0] as Node).content[0] as number) + 1 : 1;
    const [serial, , issuer, validity, subject, key, ...rest] = signed.parts.slice(versioned ? 1 : 0) as [Node, Node, Node, Node, Node, Node, ...Node[]];
    const [from, until] = read(validity.content) as [Node, Node];
    const extensions = rest.find(({ tag }) => tag === 0xa3);
    const name = (node: Node): Name => ({ parts: partsOf(node), bytes: node.bytes });
    return {
      version,
      serial: BigInt(`0x${serial.content.toString('hex')}`),
      issuer: name(issuer),
      subject: name(subject),
      from: dateOf(from),
      until: dateOf(until),
      spki: key.bytes,
      extensions: extensions === undefined ? [] : read(extensions.content).flatMap(readExtensions),
      signed,
    };
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The part of a certificate that is signed. The issuer is the subject where none is given, and is else kept as it was written. */
export function toBeSigned(order: {
  readonly serial: bigint;
  readonly alg: Buffer;
  readonly issuer: Name | undefined;
  readonly subject: readonly Part[];
  readonly from: Date;
  readonly until: Date;
  readonly spki: Buffer;
  readonly extensions: readonly Extension[];
}): Buffer {
  const subject = nameDer(order.subject);
  return sequence(
    context(0, integer(2)),
    integer(order.serial),
    order.alg,
    order.issuer?.bytes ?? subject,
    sequence(time(order.from), time(order.until)),
    subject,
    order.spki,
    ...(order.extensions.length === 0 ? [] : [context(3, extensionsDer(order.extensions))]),
  );
}
