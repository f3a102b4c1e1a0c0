import type { Body, Expr, Statement, Target } from './ast.ts';

/** Visits every node below a value, depth first. */
export function walk(node: unknown, visit: (node: Expr | Statement | Target) => void): void {
  if (Array.isArray(node)) {
    for (const member of node) walk(member, visit);
    return;
  }
  if (typeof node !== 'object' || node === null || node instanceof Map) return;
  const { kind } = node as { kind?: string };
  if (kind !== undefined) visit(node as Expr);
  for (const member of Object.values(node)) if (typeof member === 'object') walk(member, visit);
}

/** Whether a body reads a name. */
export function readsName(body: Body, name: string): boolean {
  let found = false;
  walk(body, (node) => {
    if (node.kind === 'name' && node.name === name) found = true;
  });
  return found;
}

/** Whether nodes of one of these kinds stand in a body. */
export function holdsKind(body: Body, kinds: ReadonlySet<string>): boolean {
  let found = false;
  walk(body, (node) => {
    found ||= kinds.has(node.kind);
  });
  return found;
}

/** Whether methods of these names are called below a node. */
export function callsMethod(node: Body | Expr, names: ReadonlySet<string>): boolean {
  let found = false;
  walk(node, (inner) => {
    if (inner.kind === 'attribute' && names.has(inner.name)) found = true;
    if (inner.kind === 'item' && inner.key.kind === 'const' && typeof inner.key.value === 'string' && names.has(inner.key.value)) found = true;
  });
  return found;
}

/** Names that a template or an expression reads and does not bind itself; best effort. */
export function freeNames(node: Body | Expr): Set<string> {
  const read = new Set<string>();
  const bound = new Set<string>();
  const bind = (target: Target): void => {
    if (target.kind === 'name') bound.add(target.name);
    else if (target.kind === 'members') target.targets.forEach(bind);
  };
  walk(node, (inner) => {
    switch (inner.kind) {
      case 'name':
        read.add(inner.name);
        break;
      case 'for':
        bind(inner.target);
        bound.add('loop');
        break;
      case 'set':
      case 'set-block':
        bind(inner.target);
        break;
      case 'with':
        for (const one of inner.targets) bind(one.target);
        break;
      case 'macro':
        bound.add(inner.name);
        for (const one of inner.parameters) bound.add(one.name);
        for (const name of ['varargs', 'kwargs', 'caller']) bound.add(name);
        break;
      case 'call-block':
        for (const one of inner.parameters) bound.add(one.name);
        break;
      case 'import':
        bound.add(inner.target);
        break;
      case 'from':
        for (const one of inner.names) bound.add(one.alias);
        break;
      case 'block':
        bound.add('super');
        break;
      default:
    }
  });
  for (const name of bound) read.delete(name);
  return read;
}
