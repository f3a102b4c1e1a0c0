import { createRequire } from 'node:module';
import { fromPlain } from '../../../value.ts';
import { compare, dictGet, equal, numeric, truth } from '../../python/compare.ts';
import { slice } from '../../python/sequence.ts';
import { PyError, type Value } from '../../values.ts';
import { type Argument, callFunction, Reference } from './query-functions.ts';

/** A node of jmespath's syntax tree. */
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly value?: unknown;
  readonly children?: readonly Node[];
}

interface Library {
  compile(expression: string): Node;
}

let library: Library | undefined;
const trees = new Map<string, Node>();

/** Whether every node is there: of `a.` the library reads a half. */
function isWhole(node: Node | undefined): boolean {
  if (node === undefined) return false;
  if (node.type === 'Slice') return true;
  const value = node.type === 'KeyValuePair' ? isWhole(node.value as Node | undefined) : true;
  return value && (node.children ?? []).every(isWhole);
}

/** The expression's tree. The library reads it; what it means for Python's values is said below. */
function treeOf(expression: string): Node {
  const known = trees.get(expression);
  if (known !== undefined) return known;
  library ??= createRequire(import.meta.url)('jmespath') as Library;
  try {
    const tree = library.compile(expression);
    if (!isWhole(tree)) throw new Error(`Unexpected end of the expression: ${expression}`);
    if (trees.size > 1000) trees.clear();
    trees.set(expression, tree);
    return tree;
  } catch (error) {
    throw new PyError(`JMESPathError in json_query filter plugin:\n${error instanceof Error ? error.message : String(error)}`);
  }
}

const isFalse = (value: Value): boolean =>
  value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0) || (value instanceof Map && value.size === 0);

const isNumber = (value: Value): boolean => typeof value !== 'boolean' && numeric(value) !== undefined;

function compared(operator: string, a: Value, b: Value): Value {
  const same = typeof a === 'boolean' || typeof b === 'boolean' ? a === b : equal(a, b);
  if (operator === 'EQ') return same;
  if (operator === 'NE') return !same;
  if (!(isNumber(a) || typeof a === 'string') || !(isNumber(b) || typeof b === 'string')) return null;
  const order = compare(a, b);
  if (operator === 'LT') return order < 0;
  if (operator === 'LTE') return order <= 0;
  return operator === 'GT' ? order > 0 : order >= 0;
}

/** What a projection makes of each member; what is none falls out. */
const project = (members: Iterable<Value>, node: Node): Value[] => Array.from(members, (member) => visit(node, member)).filter((one) => one !== null);

function filterProjection([base, projected, condition]: readonly [Node, Node, Node], value: Value): Value {
  const members = visit(base, value);
  if (!Array.isArray(members)) return null;
  return project(
    members.filter((member) => !isFalse(visit(condition, member))),
    projected,
  );
}

function flatten(node: Node, value: Value): Value {
  const members = visit(node, value);
  return Array.isArray(members) ? members.flatMap((member) => (Array.isArray(member) ? [...member] : [member])) : null;
}

/** Nodes that look at the value, by type. */
const VISIT: Readonly<Record<string, (node: Node, value: Value, children: readonly Node[]) => Value>> = {
  Field: ({ name }, value) => (value instanceof Map ? (dictGet(value, name as string) ?? null) : null),
  Subexpression: (_node, value, children) => children.reduce((current, child) => visit(child, current), value),
  IndexExpression: (_node, value, children) => children.reduce((current, child) => visit(child, current), value),
  Pipe: (_node, value, children) => children.reduce((current, child) => visit(child, current), value),
  Index: (node, value) => (Array.isArray(value) ? (value.at(node.value as number) ?? null) : null),
  Slice: (_node, value, children) => {
    if (!Array.isArray(value)) return null;
    const [start, stop, step] = children as unknown as [Value, Value, Value];
    return slice(value, start, stop, step) ?? null;
  },
  Projection: (_node, value, [base, projected]) => {
    const members = visit(base as Node, value);
    return Array.isArray(members) ? project(members, projected as Node) : null;
  },
  ValueProjection: (_node, value, [base, projected]) => {
    const dict = visit(base as Node, value);
    return dict instanceof Map ? project(dict.values(), projected as Node) : null;
  },
  FilterProjection: (_node, value, children) => filterProjection(children as readonly [Node, Node, Node], value),
  Comparator: ({ name }, value, [a, b]) => compared(name as string, visit(a as Node, value), visit(b as Node, value)),
  Flatten: (_node, value, [inner]) => flatten(inner as Node, value),
  Identity: (_node, value) => value,
  Current: (_node, value) => value,
  MultiSelectList: (_node, value, children) => (value === null ? null : children.map((child) => visit(child, value))),
  MultiSelectHash: (_node, value, children) =>
    value === null ? null : new Map(children.map((pair): [Value, Value] => [pair.name as string, visit(pair.value as Node, value)])),
  OrExpression: (_node, value, [a, b]) => {
    const first = visit(a as Node, value);
    return isFalse(first) ? visit(b as Node, value) : first;
  },
  AndExpression: (_node, value, [a, b]) => {
    const first = visit(a as Node, value);
    return isFalse(first) ? first : visit(b as Node, value);
  },
  NotExpression: (_node, value, [inner]) => {
    const found = visit(inner as Node, value);
    return isNumber(found) ? false : !truth(found);
  },
  Literal: (node) => fromPlain(node.value) as Value,
  Function: ({ name }, value, children) =>
    callFunction(
      name as string,
      children.map((child) => argument(child, value)),
    ),
};

const argument = (node: Node, value: Value): Argument =>
  node.type === 'ExpressionReference' ? new Reference((member) => visit(node.children?.[0] as Node, member)) : visit(node, value);

function visit(node: Node, value: Value): Value {
  const work = VISIT[node.type];
  if (work === undefined) throw new PyError(`json_query does not know ${node.type}`);
  return work(node, value, node.children ?? []);
}

/** What a JMESPath expression finds in data. */
export const search = (expression: string, data: Value): Value => visit(treeOf(expression), data);
