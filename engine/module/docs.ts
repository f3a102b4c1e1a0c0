import type { AnyModule, Example } from './contract.ts';
import type { OptionSpec, Options } from './options.ts';

const KINDS: Readonly<Record<AnyModule['kind'], string>> = {
  state: 'State: probed, planned, applied when it differs, and probed again to prove it.',
  ask: 'State, over an API: asked, planned, applied when it differs, and asked again to prove it.',
  read: 'Only looks; runs in check mode too.',
  action: 'Acts each time it runs.',
};

/** The page of a module in Markdown, made of nothing but its declaration. */
export function modulePage(module: AnyModule): string {
  const parts = [
    `# ${module.name}`,
    module.summary,
    `**Names**: ${[module.name, ...module.fqcn].map((one) => `\`${one}\``).join(', ')}  \n**Kind**: ${KINDS[module.kind]}`,
    ...(module.source === undefined ? [] : [`**Follows**: ${module.source}`]),
    ...(module.notes ?? []).map((note) => `- ${note}`),
    '## Options',
    optionTable(module.options),
    rulesText(module),
    '## Examples',
    ...module.examples.map((example: Example) => exampleText(module, example)),
    '## Return values',
    returnTable(module.returns),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function optionTable(options: Options): string {
  const rows = optionRows(options, '');
  return rows.length === 0 ? 'None.' : ['| option | type | default | what it does |', '|---|---|---|---|', ...rows].join('\n');
}

function optionRows(options: Options, prefix: string): string[] {
  return Object.entries(options).flatMap(([name, spec]) => [
    `| \`${prefix}${name}\`${spec.required ? ' **required**' : ''} | ${typeText(spec)} | ${spec.default === undefined ? '' : `\`${cell(JSON.stringify(spec.default))}\``} | ${cell(describe(spec))} |`,
    ...(spec.options ? optionRows(spec.options, `${prefix}${name}.`) : []),
  ]);
}

const typeText = (spec: OptionSpec): string => (spec.type === 'list' && spec.elements ? `list of ${spec.elements}` : spec.type);

function describe(spec: OptionSpec): string {
  const choices = spec.choices ? ` One of ${spec.choices.map((one) => `\`${String(one)}\``).join(', ')}.` : '';
  const aliases = spec.aliases?.length ? ` Also called ${spec.aliases.map((one) => `\`${one}\``).join(', ')}.` : '';
  return `${spec.description}${choices}${aliases}${spec.secret ? ' Secret: never shown.' : ''}`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function rulesText({ rules }: AnyModule): string {
  if (rules === undefined) return '';
  const names = (list: readonly string[]): string => list.map((one) => `\`${one}\``).join(', ');
  return [
    ...(rules.mutuallyExclusive ?? []).map((list: readonly string[]) => `- Only one of ${names(list)}.`),
    ...(rules.requiredOneOf ?? []).map((list: readonly string[]) => `- At least one of ${names(list)}.`),
    ...(rules.requiredTogether ?? []).map((list: readonly string[]) => `- ${names(list)} only together.`),
    ...(rules.requiredIf ?? []).map(([option, value, needed]) => `- With \`${option}: ${String(value)}\` it needs ${names(needed)}.`),
    ...Object.entries(rules.requiredBy ?? {}).map(([option, needed]) => `- \`${option}\` needs ${names(needed as readonly string[])}.`),
  ].join('\n');
}

function exampleText(module: AnyModule, example: Example): string {
  const untested = example.untested === undefined ? '' : `\n\nNot run by the tests: ${example.untested}`;
  return `\`\`\`yaml\n- name: ${example.title}\n  ${module.name}:\n${yaml(example.args, 4)}\n\`\`\`${untested}`;
}

/** YAML of plain data, as a person would write it. */
export function yaml(value: unknown, indent: number): string {
  const pad = ' '.repeat(indent);
  if (Array.isArray(value))
    return value.map((one) => (isNested(one) ? `${pad}- ${yaml(one, indent + 2).trimStart()}` : `${pad}- ${scalar(one, indent + 2)}`)).join('\n');
  return Object.entries(value as Record<string, unknown>)
    .map(([key, one]) => (isNested(one) ? `${pad}${key}:\n${yaml(one, indent + 2)}` : `${pad}${key}: ${scalar(one, indent + 2)}`))
    .join('\n');
}

const isNested = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0);

function scalar(value: unknown, indent: number): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (/\n/.test(value) && !/^\s/.test(value)) return `|${value.endsWith('\n') ? '' : '-'}\n${value.replace(/\n$/, '').replace(/^(?=.)/gm, ' '.repeat(indent))}`;
  const plain = /^[A-Za-z/.][\w ./@%+=,~-]*$/.test(value) && !/^(yes|no|on|off|true|false|null|y|n)$/i.test(value) && !value.endsWith(' ');
  return plain ? value : JSON.stringify(value);
}

function returnTable(returns: Readonly<Record<string, string>>): string {
  const rows = Object.entries(returns).map(([name, text]) => `| \`${name}\` | ${cell(text)} |`);
  return rows.length === 0 ? 'Only `changed`.' : ['| key | what it is |', '|---|---|', ...rows].join('\n');
}
