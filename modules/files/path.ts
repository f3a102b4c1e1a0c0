import { quote, raw, type Script } from '../../engine/module/contract.ts';

/**
 * A path as a shell word, with a leading `~` or `~user` and `$NAME` left to the host, as Ansible's type `path` has it.
 * Everything else is quoted. An unset variable stays as it is written.
 */
export function pathWord(path: string): Script {
  const home = /^~[\w.-]*(?=\/|$)/.exec(path)?.[0] ?? '';
  let word = home;
  let from = home.length;
  for (const found of path.matchAll(/\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g)) {
    if (found.index < from) continue;
    word += quoteRest(path.slice(from, found.index));
    const name = found[1] ?? found[2];
    word += `"\${${name}-\\$${name}}"`;
    from = found.index + found[0].length;
  }
  return raw(word + quoteRest(path.slice(from)) || "''");
}

/** A slash after `~` must stay bare, or the shell does not expand it. */
const quoteRest = (text: string): string => (text === '' ? '' : text.startsWith('/') ? '/' + (text.length > 1 ? quote(text.slice(1)) : '') : quote(text));

/** Last part of a path, trailing slashes not minded. */
export const baseName = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? '';

/** Folder that holds a path. */
export function folderOf(path: string): string {
  const at = path.replace(/\/+$/, '').lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : path.slice(0, at);
}
