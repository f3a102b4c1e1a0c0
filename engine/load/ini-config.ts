import { inputError } from '../error.ts';
import { Source } from './source.ts';

const SECTION = /^\[([^\]]+)\]/;
const COMMENT = /^\s*[#;]/;

/**
 * A file of Python's configparser as Ansible reads ansible.cfg: `key = value` or `key: value` below `[section]`, keys in lower
 * case, further lines of a value indented, `;` behind a blank begins a comment.
 * @throws QplayError `settings-file`
 */
export function readIni(text: string, file: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  const source = new Source(file, text);
  let section: Map<string, string> | undefined;
  let key: string | undefined;
  text.split(/\r?\n/).forEach((line, index) => {
    if (COMMENT.test(line)) return;
    const bare = line.replace(/(?:^|\s);.*$/, '').trimEnd();
    if (bare.trim() === '') return;
    const at = source.at(source.lineStart(index + 1), bare.length);
    if (/^\s/.test(bare) && section && key !== undefined) {
      section.set(key, `${section.get(key)}\n${bare.trim()}`.trim());
      return;
    }
    const head = SECTION.exec(bare.trim())?.[1];
    if (head !== undefined) {
      section = sections.get(head) ?? new Map();
      sections.set(head, section);
      key = undefined;
      return;
    }
    const pair = /^\s*([^=:]+?)\s*[=:]\s*(.*)$/.exec(bare);
    if (!pair) throw inputError('settings-file', `"key = value" is expected here, found "${bare.trim()}".`, { at });
    if (!section) throw inputError('settings-file', 'A setting must stand below a [section].', { at, hint: 'Most of them belong to [defaults].' });
    key = (pair[1] as string).toLowerCase();
    section.set(key, unquoted(pair[2] as string));
  });
  return sections;
}

/** Ansible takes quotes around a whole value away. */
const unquoted = (text: string): string => /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
