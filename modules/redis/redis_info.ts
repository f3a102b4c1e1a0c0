import { defineAction } from '../../engine/module/contract.ts';
import { RedisError } from './resp.ts';
import { fields, login, talk } from './talk.ts';

export default defineAction({
  name: 'redis_info',
  fqcn: ['community.general.redis_info'],
  summary: 'Reads what Redis says of itself.',
  source: 'https://docs.ansible.com/ansible/latest/collections/community/general/redis_info_module.html',
  options: login,
  returns: { info: 'The fields of INFO.' },
  examples: [{ title: 'Read it', args: { login_password: 'secret' }, needs: ['redis'], untested: 'it looks, and changes nothing' }],
  inCheck: 'run',
  async run(args, host, controller) {
    const said = await talk(args, host, [['INFO']]);
    const why = 'silent' in said ? said.silent : said.replies[0] instanceof RedisError ? `Redis refuses: ${said.replies[0].message}` : undefined;
    if (why !== undefined) return controller.check ? { status: 'unknown', why } : { status: 'failed', why };
    return { status: 'ok', result: { info: fields(String('replies' in said ? said.replies[0] : '')) } };
  },
});
