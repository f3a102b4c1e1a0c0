import type { Observed } from '../../../engine/module/contract.ts';

/** What a probe prints when its sections end like this: text, or text and exit status. */
export function seen(parts: Readonly<Record<string, string | readonly [string, number]>>, stderr = ''): Observed {
  const stdout = Object.entries(parts)
    .map(([name, part]) => {
      const [text, code] = typeof part === 'string' ? [part, 0] : part;
      return `\n--qp:${name}--\n${text}\n--qp=${code}--\n`;
    })
    .join('');
  return { code: 0, stdout, stderr, bytes: Buffer.from(stdout) };
}
