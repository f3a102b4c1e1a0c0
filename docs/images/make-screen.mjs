#!/usr/bin/env node
// Draws text of a terminal, with its colours, as SVG:
//   tmux capture-pane -e -p -t SESSION | node docs/images/make-screen.mjs TITLE > docs/images/NAME.svg
import { readFileSync } from 'node:fs';

const [title = 'qplay'] = process.argv.slice(2);
const SIZE = { char: 8.43, line: 19, pad: 16, bar: 34 };
const COLOURS = ['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4'];
const PLAIN = '#e6edf3';

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The style after an escape sequence's numbers. */
function styled(style, numbers) {
  const next = { ...style };
  for (const number of numbers.length > 0 ? numbers : [0]) {
    if (number === 0) Object.assign(next, { colour: PLAIN, bold: false, dim: false });
    else if (number === 1) next.bold = true;
    else if (number === 2) next.dim = true;
    else if (number === 22) Object.assign(next, { bold: false, dim: false });
    else if (number === 39) next.colour = PLAIN;
    else if (number >= 30 && number <= 37) next.colour = COLOURS[number - 30];
    else if (number >= 90 && number <= 97) next.colour = COLOURS[number - 90];
  }
  return next;
}

/** A line as runs of one style, each with its column; the style goes on into the next line. */
function runs(line, start) {
  let style = start;
  let column = 0;
  const found = [];
  for (const part of line.split(/(\u001b\[[0-9;]*m)/)) {
    const sequence = /^\u001b\[([0-9;]*)m$/.exec(part);
    if (sequence) style = styled(style, sequence[1].split(';').filter(Boolean).map(Number));
    else if (part !== '') {
      found.push({ text: part, column, style });
      column += [...part].length;
    }
  }
  return { found, style, width: column };
}

function draw(text) {
  const lines = text
    .replace(/\u001b\([B0]/g, '')
    .replace(/\s+$/, '')
    .split('\n');
  let style = { colour: PLAIN, bold: false, dim: false };
  let columns = 80;
  const rows = lines.map((line, index) => {
    const row = runs(line, style);
    style = row.style;
    columns = Math.max(columns, row.width);
    const y = SIZE.bar + SIZE.pad + index * SIZE.line + 4;
    return row.found
      .filter((one) => one.text.trim() !== '')
      .map(({ text: words, column, style: { colour, bold, dim } }) => {
        const lead = words.length - words.trimStart().length;
        const shown = words.trim();
        const x = (SIZE.pad + (column + lead) * SIZE.char).toFixed(1);
        const width = ([...shown].length * SIZE.char).toFixed(1);
        const look = `fill="${colour}"${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.6"' : ''}`;
        return `<text x="${x}" y="${y}" textLength="${width}" lengthAdjust="spacingAndGlyphs" ${look}>${escaped(shown)}</text>`;
      })
      .join('');
  });
  const width = Math.ceil(columns * SIZE.char + 2 * SIZE.pad);
  const height = Math.ceil(SIZE.bar + 2 * SIZE.pad + (lines.length - 1) * SIZE.line + 8);
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map((colour, index) => `<circle cx="${20 + index * 20}" cy="17" r="6" fill="${colour}"/>`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
${dots}<text x="${width / 2}" y="21" fill="#8b949e" font-family="sans-serif" font-size="12" text-anchor="middle">${escaped(title)}</text>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">
${rows.filter(Boolean).join('\n')}
</g>
</svg>
`;
}

process.stdout.write(draw(readFileSync(0, 'utf8')));
