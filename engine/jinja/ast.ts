import type { Value } from './values.ts';

interface Placed {
  readonly offset: number;
  readonly length: number;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

export interface Arguments {
  readonly positional: readonly Expr[];
  readonly named: readonly { readonly name: string; readonly value: Expr; readonly offset: number }[];
  readonly rest?: Expr;
  readonly restNamed?: Expr;
}

export type Name = Placed & { readonly kind: 'name'; readonly name: string };
export type Attribute = Placed & { readonly kind: 'attribute'; readonly of: Expr; readonly name: string };

export type Expr =
  /** `raw` is the text with its backslashes, which counts within `{{ }}` of a playbook. */
  | (Placed & { readonly kind: 'const'; readonly value: Value; readonly raw?: string })
  | Name
  | (Placed & { readonly kind: 'list' | 'tuple'; readonly items: readonly Expr[] })
  | (Placed & { readonly kind: 'dict'; readonly pairs: readonly (readonly [Expr, Expr])[] })
  | Attribute
  | (Placed & { readonly kind: 'item'; readonly of: Expr; readonly key: Expr })
  | (Placed & { readonly kind: 'slice'; readonly start: Expr | undefined; readonly stop: Expr | undefined; readonly step: Expr | undefined })
  | (Placed & { readonly kind: 'call'; readonly callee: Expr; readonly args: Arguments })
  /** `of` is absent in `{% filter %}` and `{% set x | f %}`: there the block's text is meant. */
  | (Placed & { readonly kind: 'filter'; readonly of: Expr | undefined; readonly name: string; readonly args: Arguments })
  | (Placed & { readonly kind: 'test'; readonly of: Expr; readonly name: string; readonly args: Arguments; readonly negated: boolean })
  | (Placed & { readonly kind: 'not' | 'neg' | 'pos'; readonly of: Expr })
  | (Placed & { readonly kind: 'and' | 'or'; readonly left: Expr; readonly right: Expr })
  | (Placed & { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expr; readonly right: Expr })
  | (Placed & { readonly kind: 'concat'; readonly parts: readonly Expr[] })
  | (Placed & {
      readonly kind: 'compare';
      readonly first: Expr;
      readonly rest: readonly { readonly operator: CompareOperator; readonly operand: Expr; readonly offset: number }[];
    })
  | (Placed & { readonly kind: 'if'; readonly test: Expr; readonly yes: Expr; readonly no: Expr | undefined });

/** What a `for` or a `set` binds. */
export type Target =
  | (Placed & { readonly kind: 'name'; readonly name: string })
  | (Placed & { readonly kind: 'members'; readonly targets: readonly Target[] })
  | (Placed & { readonly kind: 'namespace'; readonly name: string; readonly member: string });

export interface Parameter {
  readonly name: string;
  readonly otherwise: Expr | undefined;
}

export type Statement =
  | (Placed & { readonly kind: 'data'; readonly text: string })
  | (Placed & { readonly kind: 'output'; readonly value: Expr /** Of `{% print %}`, not of `{{ }}`. */; readonly printed?: true })
  | (Placed & { readonly kind: 'if'; readonly branches: readonly { readonly test: Expr; readonly body: Body }[]; readonly otherwise: Body })
  | (Placed & {
      readonly kind: 'for';
      readonly target: Target;
      readonly of: Expr;
      readonly test: Expr | undefined;
      readonly recursive: boolean;
      readonly body: Body;
      readonly otherwise: Body;
    })
  | (Placed & { readonly kind: 'set'; readonly target: Target; readonly value: Expr })
  | (Placed & { readonly kind: 'set-block'; readonly target: Target; readonly filter: Expr | undefined; readonly body: Body })
  | (Placed & { readonly kind: 'with'; readonly targets: readonly { readonly target: Target; readonly value: Expr }[]; readonly body: Body })
  | (Placed & { readonly kind: 'macro'; readonly name: string; readonly parameters: readonly Parameter[]; readonly body: Body })
  | (Placed & { readonly kind: 'call-block'; readonly call: Expr; readonly parameters: readonly Parameter[]; readonly body: Body })
  | (Placed & { readonly kind: 'filter-block'; readonly filter: Expr; readonly body: Body })
  | (Placed & { readonly kind: 'block'; readonly name: string; readonly scoped: boolean; readonly required: boolean; readonly body: Body })
  | (Placed & { readonly kind: 'extends'; readonly template: Expr })
  | (Placed & { readonly kind: 'include'; readonly template: Expr; readonly ignoreMissing: boolean; readonly withContext: boolean })
  | (Placed & { readonly kind: 'import'; readonly template: Expr; readonly target: string; readonly withContext: boolean })
  | (Placed & {
      readonly kind: 'from';
      readonly template: Expr;
      readonly names: readonly { readonly name: string; readonly alias: string; readonly offset: number }[];
      readonly withContext: boolean;
    })
  | (Placed & { readonly kind: 'scope'; readonly body: Body });

export type Body = readonly Statement[];
