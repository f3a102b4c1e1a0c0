/**
 * Options in the vocabulary of Ansible's argument_spec, so that one checker serves modules and roles
 * (`meta/argument_specs.yml`). JSON Schema for editors is derived from it.
 */
export interface OptionSpec {
  readonly type: 'str' | 'bool' | 'int' | 'float' | 'list' | 'dict' | 'path' | 'raw' | 'json';
  readonly description: string;
  readonly required?: boolean;
  readonly default?: unknown;
  readonly choices?: readonly (string | number | boolean)[];
  readonly aliases?: readonly string[];
  /** Type of the members of a list. */
  readonly elements?: OptionSpec['type'];
  /** Options of a dict, or of each dict in a list. */
  readonly options?: Options;
  /** The value is a secret: masked wherever it would be shown. */
  readonly secret?: boolean;
  /** Regular expression a string must match, and how to say so. */
  readonly pattern?: string;
  readonly patternHint?: string;
}

export type Options = Readonly<Record<string, OptionSpec>>;

/** Rules between options, as in Ansible. */
export interface OptionRules {
  readonly mutuallyExclusive?: readonly (readonly string[])[];
  readonly requiredOneOf?: readonly (readonly string[])[];
  readonly requiredTogether?: readonly (readonly string[])[];
  /** `[option, value, needed options]` */
  readonly requiredIf?: readonly (readonly [string, unknown, readonly string[]])[];
  /** `option -> options it needs` */
  readonly requiredBy?: Readonly<Record<string, readonly string[]>>;
}

type Scalar<O extends OptionSpec> = O extends { choices: readonly (infer C)[] }
  ? C
  : O['type'] extends 'str' | 'path' | 'json'
    ? string
    : O['type'] extends 'bool'
      ? boolean
      : O['type'] extends 'int' | 'float'
        ? number
        : O['type'] extends 'dict'
          ? O extends { options: infer S extends Options }
            ? ArgsOf<S>
            : Record<string, unknown>
          : unknown;

type ListOf<O extends OptionSpec> = O extends { options: infer S extends Options }
  ? readonly ArgsOf<S>[]
  : O extends { elements: infer E extends OptionSpec['type'] }
    ? readonly Scalar<{ type: E; description: '' }>[]
    : readonly unknown[];

type TypeOf<O extends OptionSpec> = O['type'] extends 'list' ? ListOf<O> : Scalar<O>;

// biome-ignore lint/complexity/noBannedTypes: any value that is there, which is what {} means
type Present<S extends Options> = { [K in keyof S]: S[K] extends { required: true } ? K : S[K] extends { default: {} } ? K : never }[keyof S];

/** The typed arguments a module receives: required and defaulted options are always there. */
export type ArgsOf<S extends Options> = { readonly [K in Present<S>]: TypeOf<S[K]> } & {
  readonly [K in Exclude<keyof S, Present<S>>]?: TypeOf<S[K]> | undefined;
};
