import { defineModule, type Plan, sh } from '../../engine/module/contract.ts';

/** `/etc/issue`: what a host says before somebody logs in. */
export default defineModule({
  name: 'issue_banner',
  fqcn: ['example.tools.issue_banner'],
  summary: 'Sets the text that a host shows before somebody logs in.',
  source: 'issue(5)',
  options: {
    text: { type: 'str', required: true, description: 'The text; a line end is added.' },
    path: { type: 'path', default: '/etc/issue', description: 'The file that holds it.' },
  },
  returns: { path: 'The file.' },
  examples: [{ title: 'A warning', args: { text: 'Authorised users only' } }],

  // read-only: what is there now
  probe: ({ path }) => sh`if [ -e ${path} ]; then cat ${path}; fi`,

  // pure: what differs, and the text that brings the host there
  plan({ text, path }, seen): Plan {
    const wanted = `${text}\n`;
    if (seen.stdout === wanted) return { is: 'right', result: { path } };
    return {
      is: 'wrong',
      diff: [{ label: path, before: seen.stdout, after: wanted }],
      uploads: { banner: wanted },
      apply: sh`cat "$up_banner" > ${path}`,
      result: { path },
    };
  },
});
