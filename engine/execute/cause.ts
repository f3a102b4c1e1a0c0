/** What a module's result says of why it failed: what was written to stderr, or else the last of stdout. */
export function causeOf(result: Readonly<Record<string, unknown>>): { cause?: string } {
  const text = [result.stderr, result.module_stderr, result.stdout].find((one) => typeof one === 'string' && one.trim() !== '');
  return typeof text === 'string' ? { cause: tail(text) } : {};
}

const MOST_LINES = 20;

/** The end of a long text, where commands say what went wrong. */
function tail(text: string): string {
  const lines = text.trimEnd().split('\n');
  return lines.length > MOST_LINES ? ['...', ...lines.slice(-MOST_LINES)].join('\n') : lines.join('\n');
}
