import type { Printed } from './host.ts';

/** `local`: what the files of fact_path say, as JSON or INI, by file name. */
export function localFacts(printed: Printed): { local: Record<string, unknown> } {
  const local: Record<string, unknown> = {};
  for (const [name, text] of printed.sections) {
    if (name.startsWith('fact ')) local[name.slice(5)] = parseFact(text.replace(/\n$/, ''));
    else if (name.startsWith('fact-failed ')) local[name.slice(12)] = `Failure executing fact script or reading it: ${text.trim()}`;
  }
  return { local };
}

function parseFact(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseIni(text) ?? 'error loading facts as JSON or ini - please check content';
  }
}

/** Sections of `key=value` or `key: value`; keys in lower case, as Python's configparser has them. */
export function parseIni(text: string): Record<string, Record<string, string>> | undefined {
  const found: Record<string, Record<string, string>> = {};
  let current: Record<string, string> | undefined;
  let last: string | undefined;
  for (const line of text.split('\n')) {
    if (line.trim() === '' || /^\s*[#;]/.test(line)) continue;
    const heading = /^\[([^\]]+)\]\s*$/.exec(line);
    const pair = /^([^=:\s][^=:]*?)\s*[=:]\s*(.*)$/.exec(line);
    if (heading !== null) {
      current = found[heading[1] as string] ??= {};
      last = undefined;
    } else if (/^\s/.test(line) && current !== undefined && last !== undefined) current[last] += `\n${line.trim()}`;
    else if (pair !== null && current !== undefined) {
      last = (pair[1] as string).toLowerCase();
      current[last] = (pair[2] as string).trim();
    } else return undefined;
  }
  return found;
}
