/** Python's `textwrap.wrap` with its defaults, for texts without hyphens at the edge: words are kept, long ones cut. */
export function wrap(text: string, columns: number): string[] {
  const chunks = text.replace(/[\t\n\v\f\r]/g, ' ').match(/\s+|[^\s-]+-+(?=\w)|[^\s-]*(?:-+[^\s-]*)*/g) ?? [];
  const lines: string[] = [];
  let line = '';
  const flush = (): void => {
    const kept = line.replace(/\s+$/, '');
    if (kept !== '') lines.push(kept);
    line = '';
  };
  for (const chunk of chunks.flatMap(broken)) {
    if (line.length + chunk.length > columns) {
      if (line !== '') flush();
      if (/^\s+$/.test(chunk) && lines.length > 0) continue;
      let rest = chunk;
      for (; rest.length > columns; rest = rest.slice(columns)) lines.push(rest.slice(0, columns));
      line = rest;
    } else if (line !== '' || !/^\s+$/.test(chunk) || lines.length === 0) line += chunk;
  }
  flush();
  return lines;
}

/** A word with hyphens may be broken after each of them that stands between letters. */
const broken = (chunk: string): string[] => (/^\s/.test(chunk) ? [chunk] : chunk.split(/(?<=[A-Za-z]{2}-)(?=[A-Za-z]{2})/)).filter((one) => one !== '');
