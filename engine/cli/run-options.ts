import { EXIT } from '../error.ts';
import type { RunOptions } from '../execute/options.ts';
import { type Settings, settings } from '../load/settings.ts';
import { ASK } from '../load/vault-secrets.ts';
import { ask } from './ask.ts';
import type { Parsed } from './flags.ts';
import { count, fileText, inventories, number, optional, split, text, texts } from './given.ts';

/** What differs between qplay's commands and the programs that are called as Ansible's are. */
export interface Manner {
  readonly mode: RunOptions['mode'];
  /** Hosts at a time where neither the command line nor a setting says. */
  readonly forks: number;
  readonly list?: RunOptions['list'];
  readonly syntaxCheck?: boolean;
  /** As Ansible's programs: `--limit` may leave plays without hosts, tags are listed with `never`, results are carried whole. */
  readonly asAnsible?: boolean;
  /** Only localhost is meant, so that nobody needs to hear of an empty inventory. */
  readonly quietLocalhost?: boolean;
}

type Given = Parsed['values'];

/** The options of a run: the command line, else ansible.cfg and the environment. */
export async function runOptions(parsed: Parsed, playbooks: readonly string[], manner: Manner, signal: AbortSignal): Promise<Omit<RunOptions, 'emit'>> {
  const { values, words } = parsed;
  const set = settings();
  return {
    playbooks,
    named: words,
    mode: manner.mode,
    inventories: inventories(texts(values.inventory)),
    ...optional('limit', text(values.limit)),
    extraVars: texts(values['extra-vars']),
    ...tagsOf(values, set, manner),
    forks: number('forks', values.forks, set.integer('DEFAULT_FORKS') ?? manner.forks),
    diff: diffOf(values, manner.mode),
    verbosity: verbosityOf(values),
    ...connectionOf(values, set),
    ...(await passwordsOf(values, set, manner)),
    ...becomeOf(values, set),
    vaultIds: vaultIdsOf(values, set),
    ...optional('startAtTask', text(values['start-at-task'])),
    ...(values.step === true && { step: true }),
    ...((values['force-handlers'] === true || set.boolean('DEFAULT_FORCE_HANDLERS') === true) && { forceHandlers: true }),
    ...(values['flush-cache'] === true && { flushCache: true }),
    ...(manner.list !== undefined && { list: manner.list }),
    ...(manner.syntaxCheck === true && { syntaxCheck: true }),
    ...(manner.asAnsible === true && { values: true, limitMayMiss: true, lateMistakes: true, quietLocalhost: manner.quietLocalhost === true }),
    ask,
    signal,
  };
}

export const verbosityOf = (values: Given): number => Math.max(count(values.verbose), settings().integer('DEFAULT_VERBOSITY') ?? 0);

export const diffOf = (values: Given, mode: RunOptions['mode']): boolean =>
  values.diff === true || mode === 'plan' || settings().boolean('DIFF_ALWAYS') === true;

/** Which listing `--list-tasks` and its siblings ask for. */
export function listOf(values: Given): NonNullable<RunOptions['list']> | undefined {
  return (['tasks', 'tags', 'hosts'] as const).find((what) => values[`list-${what}`] === true);
}

function tagsOf(values: Given, set: Settings, manner: Manner): Pick<RunOptions, 'tags' | 'skipTags'> {
  const tags = values.tags === undefined ? (set.list('TAGS_RUN') ?? []) : split(texts(values.tags));
  const skipTags = values['skip-tags'] === undefined ? (set.list('TAGS_SKIP') ?? []) : split(texts(values['skip-tags']));
  const every = manner.asAnsible === true && manner.list === 'tags' && tags.length === 0 && skipTags.length === 0;
  return { tags: every ? ['never', 'all'] : tags, skipTags };
}

function connectionOf(values: Given, set: Settings): Partial<RunOptions> {
  const args = [
    text(values['ssh-common-args']) ?? set.text('SSH_COMMON_ARGS'),
    text(values['ssh-extra-args']) ?? set.text('SSH_EXTRA_ARGS'),
    set.text('SSH_ARGS'),
  ].filter((one) => one !== undefined && one !== '');
  const kind = text(values.connection) ?? set.text('DEFAULT_TRANSPORT');
  const timeout = values.timeout === undefined ? set.integer('DEFAULT_TIMEOUT') : number('timeout', values.timeout, 10);
  return {
    ...optional('user', text(values.user) ?? set.text('DEFAULT_REMOTE_USER')),
    ...optional('connection', kind === 'smart' ? undefined : kind),
    ...optional('privateKey', text(values['private-key']) ?? set.path('DEFAULT_PRIVATE_KEY_FILE')),
    ...(timeout !== undefined && { timeout }),
    ...modulePath(values),
    ...optional('sshCommonArgs', args.length > 0 ? args.join(' ') : undefined),
  };
}

function becomeOf(values: Given, set: Settings): Partial<RunOptions> {
  return {
    ...((values.become === true || set.boolean('DEFAULT_BECOME') === true) && { become: true }),
    ...optional('becomeUser', text(values['become-user']) ?? set.text('DEFAULT_BECOME_USER')),
    ...optional('becomeMethod', text(values['become-method']) ?? set.text('DEFAULT_BECOME_METHOD')),
  };
}

/** Asked for, or read from files; not where nothing is run. Who presses Enter for become means the login's password. */
async function passwordsOf(values: Given, set: Settings, manner: Manner): Promise<Partial<RunOptions>> {
  if (manner.list !== undefined || manner.syntaxCheck === true) return {};
  const loginFile = text(values['connection-password-file']) ?? set.path('CONNECTION_PASSWORD_FILE');
  const becomeFile = text(values['become-password-file']) ?? set.path('BECOME_PASSWORD_FILE');
  const asksLogin = values['ask-pass'] === true || (loginFile === undefined && set.boolean('DEFAULT_ASK_PASS') === true);
  const asksBecome = values['ask-become-pass'] === true || (becomeFile === undefined && set.boolean('DEFAULT_BECOME_ASK_PASS') === true);
  const login = asksLogin ? await ask('SSH password: ', true) : fileText(loginFile);
  const prompt = `BECOME password${login === undefined ? '' : '[defaults to SSH password]'}: `;
  const become = asksBecome ? (await ask(prompt, true)) || login : fileText(becomeFile);
  return { ...optional('connectionPassword', login), ...optional('becomePassword', become) };
}

/** As in Ansible, one `-M` may name several folders, parted by colons. */
function modulePath(values: Given): Pick<RunOptions, 'modulePath'> {
  const folders = texts(values['module-path']).flatMap((one) => one.split(':').filter((part) => part !== ''));
  return folders.length === 0 ? {} : { modulePath: folders };
}

function vaultIdsOf(values: Given, set: Settings): string[] {
  const files = texts(values['vault-password-file']);
  const asked = values['ask-vault-pass'] === true || (files.length === 0 && set.boolean('DEFAULT_ASK_VAULT_PASS') === true);
  return [...(set.list('DEFAULT_VAULT_IDENTITY_LIST') ?? []), ...texts(values['vault-id']), ...files, ...(asked ? [ASK] : [])];
}

/** Ctrl-C once ends after what is in flight; twice ends at once. */
export function interruptible(controller: AbortController, code: number = EXIT.interrupted): () => void {
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(code);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
}
