/** Words that a shell reads as its own when they stand bare where a command may stand. */
const RESERVED = new Set('if then elif else fi do done case esac while until for in select function time coproc'.split(' '));

/** One word for a POSIX shell, whatever the text and wherever it stands. */
export function quote(text: string): string {
  if (/^[\w@%+:,./-]+$/.test(text) && !RESERVED.has(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
