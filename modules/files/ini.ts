/** What is asked of one section of an INI file. Texts hold a character a byte. */
export interface IniWanted {
  /** Header without brackets; lines above the first header when absent. */
  readonly section: string | undefined;
  /** The section meant is the one in which each of these options has one of its values. */
  readonly has: readonly { readonly option: string; readonly values: readonly string[] }[] | undefined;
  readonly option: string | undefined;
  readonly values: readonly string[];
  readonly present: boolean;
  readonly exclusive: boolean;
  readonly spaces: boolean;
  readonly ignoreSpaces: boolean;
  readonly allowNoValue: boolean;
  /** A commented option counts as the option. */
  readonly inactive: boolean;
}

export interface IniEdited {
  readonly text: string;
  readonly msg: string;
}

interface Found {
  readonly commented: boolean;
  readonly value: string;
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
const OPTIONS = new Map<string, RegExp>();

/** The option in a line, commented out or not. */
function optionIn(option: string, line: string): Found | undefined {
  const known = OPTIONS.get(option) ?? new RegExp(`^[ \\t]*([#;]?)[ \\t]*${escaped(option)}[ \\t]*(?:=|\\n?$)[ \\t]*(.*)`);
  OPTIONS.set(option, known);
  const match = known.exec(line);
  return match === null ? undefined : { commented: match[1] !== '', value: match[2] as string };
}

/** Options without a comment sign; blanks may stand before them. */
const activeIn = (option: string, line: string): Found | undefined => {
  const found = optionIn(option, line);
  return found?.commented ? undefined : found;
};

interface Range {
  /** Index of the first line after the header. */
  readonly from: number;
  readonly to: number;
}

/** The lines of the section that is meant. */
function rangeOf(lines: readonly string[], { section, has }: IniWanted): Range | undefined {
  const header = section === undefined ? undefined : new RegExp(`^\\[\\s*${escaped(section.trim())}\\s*\\]`);
  const endFrom = (from: number): number => {
    const at = lines.findIndex((line, index) => index >= from && line.startsWith('['));
    return at < 0 ? lines.length : at;
  };
  if (header === undefined) return { from: 0, to: endFrom(0) };
  for (const [index, line] of lines.entries()) {
    if (!header.test(line)) continue;
    const range = { from: index + 1, to: endFrom(index + 1) };
    const body = lines.slice(range.from, range.to);
    const holds = (has ?? []).every(({ option, values }) =>
      body.some((one) => {
        const found = optionIn(option, one);
        return found !== undefined && (values.length === 0 || values.includes(found.value));
      }),
    );
    if (holds) return range;
  }
  return undefined;
}

/** What a file becomes, and Ansible's words for it. */
export function editIni(old: string, wanted: IniWanted): IniEdited {
  const lines: string[] = old.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  if (lines.length === 0) lines.push('\n');
  const last = lines.length - 1;
  if (!(lines[last] as string).endsWith('\n')) lines[last] += '\n';
  const range = rangeOf(lines, wanted);
  if (range === undefined) return wanted.present ? appended(lines, wanted) : { text: old, msg: 'OK' };
  const body = lines.slice(range.from, range.to);
  if (!wanted.present && wanted.option === undefined) {
    const from = wanted.section === undefined ? range.from : range.from - 1;
    return { text: [...lines.slice(0, from), ...lines.slice(range.to)].join(''), msg: 'section removed' };
  }
  const made = wanted.option === undefined ? { body, msg: 'OK' } : wanted.present ? present(body, wanted.option, wanted) : absent(body, wanted.option, wanted);
  const text = [...lines.slice(0, range.from), ...made.body, ...lines.slice(range.to)].join('');
  // an absent option leaves even a missing line end alone
  return made.msg === 'OK' && !wanted.present ? { text: old, msg: 'OK' } : { text, msg: made.msg };
}

const assignment = (option: string, value: string, { spaces }: IniWanted): string => `${option}${spaces ? ' = ' : '='}${value}\n`;

function present(old: readonly string[], option: string, wanted: IniWanted): { body: string[]; msg: string } {
  const body: (string | undefined)[] = [...old];
  const find = wanted.inactive ? optionIn : activeIn;
  const settled = new Set<number>();
  const values = [...wanted.values];
  let msg = 'OK';
  let bare = false;
  const put = (index: number, line: string): void => {
    const [now, next] = [optionIn(option, body[index] as string), optionIn(option, line)];
    const same = wanted.ignoreSpaces && now !== undefined && !now.commented ? now.value === next?.value : body[index] === line;
    settled.add(index);
    if (same) return;
    body[index] = line;
    msg = 'option changed';
  };
  for (const [index, line] of old.entries()) {
    const found = find(option, line);
    if (found === undefined) continue;
    if (values.includes(found.value)) {
      bare ||= found.value === '' && wanted.allowNoValue;
      put(index, found.value === '' && wanted.allowNoValue ? `${option}\n` : assignment(option, found.value, wanted));
      values.splice(values.indexOf(found.value), 1);
    } else if (values.length === 0 && wanted.allowNoValue) {
      put(index, `${option}\n`);
      bare = true;
      break;
    }
  }
  if (wanted.exclusive && !wanted.allowNoValue) {
    for (const [index, line] of old.entries()) {
      if (settled.has(index) || find(option, line) === undefined) continue;
      const value = values.shift();
      if (value !== undefined) put(index, assignment(option, value, wanted));
      else {
        body[index] = undefined;
        msg = 'option changed';
      }
    }
  }
  const kept = body.filter((line) => line !== undefined);
  const added = values.length > 0 ? values.map((value) => assignment(option, value, wanted)) : wanted.allowNoValue && !bare ? [`${option}\n`] : [];
  if (added.length === 0) return { body: kept, msg };
  // behind the last line that says something
  const at = kept.findLastIndex((line) => !/^[ \t]*([#;].*)?$/.test(line.replace(/\n$/, ''))) + 1;
  return { body: kept.toSpliced(at, 0, ...added), msg: 'option added' };
}

function absent(old: readonly string[], option: string, { exclusive, values }: IniWanted): { body: string[]; msg: string } {
  const body = old.filter((line) => {
    const found = activeIn(option, line);
    return found === undefined || !(exclusive || values.includes(found.value));
  });
  return { body, msg: body.length === old.length ? 'OK' : 'option changed' };
}

/** A section that is not there goes to the end. */
function appended(lines: readonly string[], wanted: IniWanted): IniEdited {
  const { section, option, has, exclusive, allowNoValue } = wanted;
  const values = [...wanted.values];
  const added = [`[${section}]\n`];
  for (const one of has ?? []) {
    if (one.option !== option)
      added.push(...one.values.map((value) => assignment(one.option, value, wanted)), ...(one.values.length === 0 && allowNoValue ? [`${one.option}\n`] : []));
    else if (!exclusive) values.push(...one.values.filter((value) => !values.includes(value)));
  }
  const own = option === undefined ? [] : values.length > 0 ? values.map((value) => assignment(option, value, wanted)) : allowNoValue ? [`${option}\n`] : [];
  return { text: [...lines, ...added, ...own].join(''), msg: own.length > 0 ? 'section and option added' : 'only section added' };
}
