import { defineRead, sh } from '../../engine/module/contract.ts';
import { textLines } from './lib.ts';

/** Databases whose fields have colons between; in others it is white space. */
const COLONS = ['passwd', 'shadow', 'group', 'gshadow'];

export default defineRead({
  name: 'getent',
  fqcn: ['ansible.builtin.getent'],
  summary: 'Looks into the host’s databases of users, groups, hosts and services, as the fact `getent_DATABASE`.',
  source: 'ansible.builtin.getent; getent(1)',
  options: {
    database: { type: 'str', required: true, description: 'The database: `passwd`, `group`, `hosts`, `services` ...' },
    key: { type: 'str', description: 'What to look for; everything when absent.' },
    split: { type: 'str', description: 'What divides the fields.' },
    fail_key: { type: 'bool', default: true, description: 'Whether a key that is not there is a failure; else its value is null.' },
    service: { type: 'str', description: 'Name service to ask, in place of the host’s own order.' },
  },
  returns: { ansible_facts: '`getent_DATABASE`: a dict by key of lists of fields.' },
  examples: [
    { title: 'An account', args: { database: 'passwd', key: 'root' } },
    { title: 'A group that may be missing', args: { database: 'group', key: 'no-such-group', fail_key: false } },
  ],
  probe: ({ database, key, service }) => sh`command -v getent >/dev/null 2>&1 || exit 90
getent ${service === undefined ? [] : ['-s', service]} -- ${database} ${key === undefined ? [] : [key]}`,
  result: ({ database, key, split, fail_key }, seen) => {
    const name = `getent_${database}`;
    if (seen.code === 90) return { failed: 'This host has no getent', hint: 'Its package is libc-bin or glibc-common' };
    if (seen.code === 2 && !fail_key && key !== undefined)
      return { result: { msg: 'One or more supplied key could not be found in the database.' }, facts: { [name]: { [key]: null } } };
    if (seen.code !== 0) return { failed: MESSAGES[seen.code] ?? `Unexpected failure! ${seen.stderr.trim()}` };
    const divide = split ?? (COLONS.includes(database) ? ':' : undefined);
    const found = new Map<string, string[][]>();
    for (const line of textLines(seen.stdout)) {
      const [head = '', ...rest] = divide === undefined ? line.trim().split(/\s+/) : line.split(divide);
      found.set(head, [...(found.get(head) ?? []), rest]);
    }
    return { result: {}, facts: { [name]: Object.fromEntries([...found].map(([head, lists]) => [head, lists.length === 1 ? lists[0] : lists])) } };
  },
});

const MESSAGES: Readonly<Record<number, string>> = {
  1: 'Missing arguments, or database unknown.',
  2: 'One or more supplied key could not be found in the database.',
  3: 'Enumeration not supported on this database.',
};
