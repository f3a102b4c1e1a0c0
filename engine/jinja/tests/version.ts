import { PyError } from '../values.ts';

type Part = number | string;

/** Below 0, 0 or above 0, as the two versions are ordered by this kind of version. */
export function compareVersions(a: string, b: string, kind: string): number {
  switch (kind) {
    case 'loose':
      return compareParts(loose(a), loose(b));
    case 'strict':
      return compareStrict(a, b);
    case 'semver':
    case 'semantic':
      return compareSemantic(a, b);
    case 'pep440':
      return comparePep440(a, b);
    default:
      throw new PyError(`Invalid version type (${kind}). Must be one of 'loose', 'strict', 'semver', 'semantic', 'pep440'`);
  }
}

const bad = (text: string): PyError => new PyError(`Version comparison failed: invalid version number '${text}'`);

/** Runs of digits and of small letters; dots part them, other characters stand for themselves. */
function loose(text: string): Part[] {
  return text
    .split(/(\d+|[a-z]+|\.)/)
    .filter((part) => part !== '' && part !== '.')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function compareParts(a: readonly Part[], b: readonly Part[]): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const [x, y] = [a[index] as Part, b[index] as Part];
    if (x === y) continue;
    if (typeof x !== typeof y)
      throw new PyError(
        `Version comparison failed: '<' not supported between instances of '${typeof x === 'number' ? 'int' : 'str'}' and '${typeof y === 'number' ? 'int' : 'str'}'`,
      );
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

function compareStrict(a: string, b: string): number {
  const [x, y] = [strict(a), strict(b)];
  const order = compareParts(x.numbers, y.numbers);
  if (order !== 0) return order;
  if (x.pre === undefined || y.pre === undefined) return x.pre === y.pre ? 0 : x.pre === undefined ? 1 : -1;
  return compareParts(x.pre, y.pre);
}

function strict(text: string): { numbers: number[]; pre: Part[] | undefined } {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(text);
  if (match === null) throw bad(text);
  return { numbers: [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)], pre: match[4] === undefined ? undefined : [match[4], Number(match[5])] };
}

function compareSemantic(a: string, b: string): number {
  const [x, y] = [semantic(a), semantic(b)];
  const order = compareParts(x.numbers, y.numbers);
  if (order !== 0) return order;
  if (x.pre.length === 0 || y.pre.length === 0) return (x.pre.length === 0 ? 1 : 0) - (y.pre.length === 0 ? 1 : 0);
  for (const [index, left] of x.pre.entries()) {
    const right = y.pre[index];
    if (right === undefined) return 1;
    if (left === right) continue;
    // numbers come before words
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return x.pre.length - y.pre.length;
}

function semantic(text: string): { numbers: number[]; pre: Part[] } {
  const match = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*))?(?:\+[\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*)?$/.exec(text);
  if (match === null) throw bad(text);
  const pre = match[4] === undefined ? [] : match[4].split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return { numbers: [Number(match[1]), Number(match[2]), Number(match[3])], pre };
}

const PEP440 =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z\d]+(?:[-_.][a-z\d]+)*))?$/i;
const PHASES: Readonly<Record<string, number>> = { a: 0, alpha: 0, b: 1, beta: 1, c: 2, rc: 2, pre: 2, preview: 2 };

function comparePep440(a: string, b: string): number {
  const [x, y] = [pep440(a), pep440(b)];
  for (const [index, left] of x.entries()) {
    const order = compareParts(left, y[index] as Part[]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Keys in the order they count: epoch, release, pre-release, post-release, development, local. */
function pep440(text: string): Part[][] {
  const match = PEP440.exec(text.trim());
  if (match === null) throw bad(text);
  const [, epoch, release, phase, phaseNumber, postShort, post, postNumber, dev, devNumber, local] = match;
  const numbers = (release as string).split('.').map(Number);
  while (numbers.length > 1 && numbers[numbers.length - 1] === 0) numbers.pop();
  const hasPost = postShort !== undefined || post !== undefined;
  const before = phase === undefined ? (dev !== undefined && !hasPost ? [-1] : [3]) : [PHASES[phase.toLowerCase()] as number, Number(phaseNumber || 0)];
  const after = hasPost ? [Number(postShort ?? (postNumber || 0))] : [-1];
  const development = dev === undefined ? [Number.POSITIVE_INFINITY] : [Number(devNumber || 0)];
  const localParts =
    local === undefined
      ? []
      : local
          .toLowerCase()
          .split(/[-_.]/)
          .flatMap((part): Part[] => (/^\d+$/.test(part) ? [1, Number(part)] : [0, part]));
  return [[Number(epoch ?? 0)], numbers, before, after, development, localParts];
}
