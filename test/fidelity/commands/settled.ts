/** What no two runs have in common, and differences that are meant (README.md), taken out of the text of a program. */
export function settled(text: string, stream: 'out' | 'err', folder: string): string {
  const masked = text
    .replaceAll(folder, 'FOLDER')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}/g, 'TIME')
    .replace(/\d:\d\d:\d\d\.\d{6}/g, 'DELTA')
    .replace(/(Failed to connect to the host via ssh: )[^"]*/g, '$1REASON')
    .replace(/Valid booleans include: [^"]*/g, 'Valid booleans include: ...')
    .replace(/("(?:atime|ctime|mtime|inode|ino|gid|uid|birthtime)": )[\d.]+/g, '$1NUMBER')
    .replace(/(\+\+\+ after: ).*\.ansible\/tmp\/.*$/gm, '$1TEMPORARY')
    .replace(/("src": ").*\.ansible\/tmp\/[^"]*/g, '$1TEMPORARY')
    .replace(/\b\d{11,13}\.\d+\b/g, 'JOB')
    .replace(/\bj\d{10,}\.\d+\b/g, 'JOB');
  const lines = stream === 'out' ? withoutInner(masked) : firstWords(masked);
  return lines === '' || lines.endsWith('\n') ? lines : `${lines}\n(no newline)\n`;
}

/** What only Ansible has: which of its plugins it loads, how it talks to the host. */
function withoutInner(text: string): string {
  return text
    .replace(/^Skipping callback .*\n/gm, '')
    .replace(/^(ansible[a-z-]* \[core 2\.18)\.\d+\]\n(?: {2}[a-z ]+ = .*\n)*/gm, '$1]\n')
    .replace(/^<[^>]+> .*\n/gm, '')
    .replace(
      /^(?:Using module file|Loading collection|Loading callback|redirecting \(type|host_list declined|script declined|auto declined|Parsed|yaml declined|ini declined|toml declined|setting up inventory|Attempting to use|Trying secret|Pipelining) .*\n/gm,
      '',
    )
    .replace(/^ {4}"invocation": \{\n(?: {5,}.*\n| {4}\}(?!,?\n))* {4}\},?\n/gm, '')
    .replace(/^usage: (?:.*\n)*/m, '')
    .replace(/,?\n\}/g, '\n}');
}

/** Of a mistake the sentence: the lines of the file below it are our own. How a program is called is said in our own words. */
function firstWords(text: string): string {
  return text
    .replace(/^usage: (?:.*\n)*?(?=[a-z-]+: error:)/gm, '')
    .replace(/^([a-z-]+: error: .*\n)(?: \n)?usage: (?:.*\n)*/gm, '$1')
    .replace(/^\[WARNING\]: Error (?:getting|in) vault password.*\n(?:(?!ERROR!|\[WARNING).+\n)*\n?/gm, '')
    .replace(/^\[WARNING\]: {2}\* Failed to parse .*\n(?:(?!ERROR!|\[WARNING).+\n)*\n?/gm, '')
    .replace(/^(\[WARNING\]: (?:Platform|Host .* is using the discovered Python)(?:.*\n)*?)(?=\[WARNING|ERROR|$)/gm, '')
    .replace(/^(ERROR! (.+?))\. \2$/gm, '$1')
    .replace(/^(ERROR! .*\n)(?:(?!\[WARNING\]|\[DEPRECATION|ERROR! ).*\n)*/gm, '$1');
}
