import { defineRead } from '../../engine/module/contract.ts';
import { answer, login, question, silence } from './psql.ts';

const options = {
  login_db: { type: 'str', default: 'postgres', aliases: ['db'], description: 'Database to connect to.' },
  ...login,
} as const;

interface Server {
  readonly raw: string;
  readonly number: number;
}

const QUERY = `SELECT json_build_object('raw', version(), 'number', current_setting('server_version_num')::int);`;

/** 130014 is 13.14. */
function versionOf({ raw, number }: Server) {
  const [major, minor] = [Math.floor(number / 10000), number % 10000];
  return { major, minor, full: `${major}.${minor}`, raw };
}

export default defineRead({
  name: 'postgresql_ping',
  fqcn: ['community.postgresql.postgresql_ping'],
  summary: 'Asks whether PostgreSQL answers, and its version.',
  notes: ['A server that does not answer is an answer too: `is_available` is false and `conn_err_msg` says why.'],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/postgresql/postgresql_ping_module.html',
  options,
  returns: { is_available: 'Whether it answers.', server_version: 'major, minor, full and raw.', conn_err_msg: 'Why it does not.' },
  examples: [{ title: 'Ask the server in a container', args: { container: 'postgresql' }, needs: ['podman', 'postgresql'] }],
  probe: (args) => question(args, args.login_db, QUERY),
  result: (args, seen) => {
    const silent = silence(args, seen);
    if (silent !== undefined) return { result: { is_available: false, server_version: {}, conn_err_msg: 'why' in silent ? silent.why : '' } };
    return { result: { is_available: true, server_version: versionOf(answer<Server>(seen) as Server), conn_err_msg: '' } };
  },
});
