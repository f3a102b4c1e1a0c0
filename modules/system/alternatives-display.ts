/** One program that a name may stand for. */
export interface Alternative {
  readonly priority: number;
  /** On RHEL; empty elsewhere. */
  readonly family: string;
  readonly subcommands: readonly { readonly name: string; readonly path: string; readonly link: string | undefined }[];
}

/** What `update-alternatives --display` tells, of Debian as of RHEL. */
export interface Display {
  readonly mode: string | undefined;
  /** Where the link leads now. */
  readonly current: string | undefined;
  readonly link: string | undefined;
  readonly alternatives: ReadonlyMap<string, Alternative>;
}

/** @param links links of subcommands, where the host's tool does not tell them */
export function readDisplay(text: string, links: ReadonlyMap<string, string>): Display {
  const first = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1];
  const told = new Map([...text.matchAll(/^\s*(?:slave|follower) (\S+) is (.*)$/gm)].map(([, name, link]) => [name as string, link as string]));
  const of = told.size > 0 ? told : links;
  const alternatives = new Map<string, Alternative>();
  for (const found of text.matchAll(/^(\/.*)\s-\s(?:family\s(\S+)\s)?priority\s(-?\d+)((?:\s+(?:slave|follower).*)*)/gm)) {
    const [, path, family, priority, rest] = found;
    const subcommands = [...(rest ?? '').matchAll(/^\s+(?:slave|follower) (.*): (.*)$/gm)]
      .filter(([, , to]) => to !== '(null)')
      .map(([, name, to]) => ({ name: name as string, path: to as string, link: of.get(name as string) }));
    alternatives.set(path as string, { priority: Number(priority), family: family ?? '', subcommands });
  }
  return {
    mode: first(/\s-\s(?:status\sis\s)?(\w*)(?:\smode|.)$/m),
    current: first(/^\s*link currently points to (.*)$/m),
    link: first(/^\s*link \S+ is (.*)$/m),
    alternatives,
  };
}
