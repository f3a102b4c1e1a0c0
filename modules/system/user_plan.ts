import type { Observed, Plan, Result } from '../../engine/module/contract.ts';
import { lines, type Script, sh } from '../../engine/module/contract.ts';
import { type Account, readSeen, type Seen } from './account.ts';
import { differing, impossible, premature, present, SBIN, unreadable } from './lib.ts';
import type { UserArgs } from './user.ts';
import { makeKey } from './user_key.ts';

const DAY = 86400;

export function planUser(args: UserArgs, observed: Observed): Plan {
  if (observed.code !== 0) return unreadable(observed, `The account ${args.name}`);
  const seen = readSeen(observed);
  const result = resultOf(args, seen);
  if (args.state === 'absent') return absent(args, seen, result);
  const missing = [...(args.group === undefined ? [] : [args.group]), ...(args.groups ?? [])].filter((name) => !seen.known.has(name));
  if (missing.length > 0)
    return premature(`Group ${missing.join(', ')} does not exist`, 'Make it with the group module, or install the package that brings it, before');
  if (!seen.tools) return impossible('This host has no useradd', 'Install the package passwd or shadow-utils');
  if (seen.closed && needsShadow(args)) return impossible('/etc/shadow may not be read, so passwords and expiry cannot be looked at', 'Use `become: true`');
  const steps = seen.account === undefined ? created(args, seen) : changed(args, seen, seen.account);
  const [key, home] = [keyStep(args, seen), homeStep(args, seen)];
  const all = [...steps, ...home, ...key];
  if (all.length === 0) return { is: 'right', result };
  const diff = [
    { label: `user ${args.name}`, before: Object.assign({}, ...all.map((step) => step.before)), after: Object.assign({}, ...all.map((step) => step.after)) },
  ];
  return { is: 'wrong', diff, apply: lines(SBIN, ...all.map((step) => step.apply)), result };
}

const needsShadow = (args: UserArgs): boolean =>
  args.password !== undefined ||
  args.password_lock !== undefined ||
  args.expires !== undefined ||
  args.password_expire_max !== undefined ||
  args.password_expire_min !== undefined;

interface Step {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
  readonly apply: Script;
}

function absent(args: UserArgs, seen: Seen, result: Result): Plan {
  if (seen.account === undefined) return { is: 'right', result };
  const flags = [...(args.force ? ['-f'] : []), ...(args.remove ? ['-r'] : [])];
  return {
    is: 'wrong',
    diff: [{ label: `user ${args.name}`, before: { state: 'present', uid: seen.account.uid }, after: { state: 'absent' } }],
    // a mail spool that never was makes userdel -r end with 12
    apply: sh`${SBIN}
userdel ${flags} -- ${args.name} || { code=$?; [ "$code" -eq 12 ] || exit "$code"; }`,
    result,
  };
}

const expiryDate = (seconds: number): string => (seconds < 0 ? '' : new Date(Math.floor(seconds / DAY) * DAY * 1000).toISOString().slice(0, 10));

function created(args: UserArgs, seen: Seen): Step[] {
  const flag = (name: string, value: string | number | undefined) => (value === undefined ? [] : [name, String(value)]);
  const ownGroup = args.group === undefined && seen.known.has(args.name);
  const words = [
    ...flag('-u', args.uid),
    ...(args.non_unique ? ['-o'] : []),
    ...(args.group === undefined ? (ownGroup ? ['-N'] : []) : ['-g', args.group]),
    ...(args.groups === undefined || args.groups.length === 0 ? [] : ['-G', args.groups.join(',')]),
    ...flag('-c', args.comment),
    ...flag('-d', args.home),
    ...flag('-s', args.shell),
    ...(args.create_home ? ['-m', ...flag('-k', args.skeleton), ...(args.umask === undefined ? [] : ['-K', `UMASK=${args.umask}`])] : ['-M']),
    ...(args.system ? ['-r'] : []),
    ...(args.expires === undefined || args.expires < 0 ? [] : ['-e', expiryDate(args.expires)]),
    ...(args.uid_min === undefined ? [] : ['-K', `UID_MIN=${args.uid_min}`]),
    ...(args.uid_max === undefined ? [] : ['-K', `UID_MAX=${args.uid_max}`]),
  ];
  const after = present({ state: 'present', uid: args.uid, group: args.group, groups: args.groups, comment: args.comment, home: args.home, shell: args.shell });
  const made: Step = { before: { state: 'absent' }, after, apply: sh`useradd ${words} -- ${args.name} || exit` };
  const fresh: Account = {
    uid: 0,
    gid: 0,
    comment: '',
    home: '',
    shell: '',
    group: '',
    groups: [],
    expires: undefined,
    min: undefined,
    max: undefined,
    warn: undefined,
    inactive: undefined,
  };
  return [
    made,
    ...(args.password === undefined ? [] : [passwordStep(args, args.password)]),
    ...lockStep(args, { ...seen, locked: args.password === undefined }),
    ...agingSteps(args, fresh, false),
  ];
}

function changed(args: UserArgs, seen: Seen, now: Account): Step[] {
  const steps: Step[] = [];
  const words: string[] = [];
  const wantedGroup = args.group === undefined ? undefined : seen.known.get(args.group);
  const groups = args.groups === undefined ? undefined : wantedGroups(args, seen, now, args.groups);
  const wanted = present<unknown>({ uid: args.uid, group: wantedGroup, groups, comment: args.comment, home: args.home, shell: args.shell });
  const change = differing({ ...now, groups: [...now.groups].sort() }, wanted);
  if (change !== undefined) {
    const { after } = change;
    if ('uid' in after) words.push('-u', String(args.uid), ...(args.non_unique ? ['-o'] : []));
    if ('group' in after) words.push('-g', args.group as string);
    if ('groups' in after) words.push('-G', (after.groups as string[]).join(','));
    if ('comment' in after) words.push('-c', args.comment as string);
    if ('home' in after) words.push('-d', args.home as string, ...(args.move_home ? ['-m'] : []));
    if ('shell' in after) words.push('-s', args.shell as string);
    steps.push({ before: change.before, after, apply: sh`usermod ${words} -- ${args.name} || exit` });
  }
  if (args.password !== undefined && args.update_password === 'always' && seen.password === 'differs') steps.push(passwordStep(args, args.password));
  return [...steps, ...lockStep(args, seen), ...agingSteps(args, now, true)];
}

/** The further groups as they shall be, in order. */
function wantedGroups(args: UserArgs, seen: Seen, now: Account, asked: readonly string[]): string[] {
  const primary = args.group === undefined ? now.group : seen.known.get(args.group);
  const named = asked.map((name) => seen.known.get(name) as string).filter((name) => name !== primary);
  return [...new Set(args.append ? [...now.groups, ...named] : named)].sort();
}

const passwordStep = (args: UserArgs, hash: string): Step => ({
  before: { password: 'another' },
  after: { password: 'as asked' },
  apply: sh`printf '%s:%s\\n' ${args.name} ${args.password_lock === true && !hash.startsWith('!') ? `!${hash}` : hash} | chpasswd -e || exit`,
});

function lockStep(args: UserArgs, seen: Seen): Step[] {
  if (args.password_lock === undefined || args.password_lock === seen.locked) return [];
  const flag = args.password_lock ? '-L' : '-U';
  return [{ before: { password_lock: seen.locked }, after: { password_lock: args.password_lock }, apply: sh`usermod ${flag} -- ${args.name} || exit` }];
}

function agingSteps(args: UserArgs, now: Account, expiry: boolean): Step[] {
  const expires = args.expires === undefined || args.expires < 0 ? undefined : Math.floor(args.expires / DAY);
  const steps: Step[] = [];
  if (expiry && args.expires !== undefined && expires !== now.expires)
    steps.push({
      before: { expires: now.expires ?? 'never' },
      after: { expires: expires ?? 'never' },
      apply: sh`usermod -e ${expiryDate(args.expires)} -- ${args.name} || exit`,
    });
  const days = [
    ['password_expire_min', '-m', now.min],
    ['password_expire_max', '-M', now.max],
    ['password_expire_warn', '-W', now.warn],
    ['password_expire_account_disable', '-I', now.inactive],
  ] as const;
  for (const [option, flag, have] of days) {
    const want = args[option];
    if (want !== undefined && want !== have)
      steps.push({ before: { [option]: have ?? null }, after: { [option]: want }, apply: sh`chage ${flag} ${want} -- ${args.name} || exit` });
  }
  return steps;
}

/** A home that is missing though the account is there. useradd makes that of a new account. */
function homeStep(args: UserArgs, seen: Seen): Step[] {
  const moves = args.move_home && args.home !== undefined && args.home !== seen.account?.home;
  if (!args.create_home || seen.homeExists || seen.account === undefined || moves) return [];
  const home = args.home ?? seen.account.home;
  const skeleton = args.skeleton ?? '/etc/skel';
  return [
    {
      before: { home: 'missing' },
      after: { home },
      apply: sh`mkdir -p -- ${home} && chmod 755 -- ${home} && { [ ! -d ${skeleton} ] || cp -R ${`${skeleton}/.`} ${`${home}/`}; } && chown -R ${args.name}: -- ${home} || exit`,
    },
  ];
}

function keyStep(args: UserArgs, seen: Seen): Step[] {
  if (!args.generate_ssh_key || seen.key !== undefined) return [];
  return [{ before: { ssh_key: 'absent' }, after: { ssh_key: args.ssh_key_type }, apply: makeKey(args) }];
}

function resultOf(args: UserArgs, seen: Seen): Result {
  const { account, key } = seen;
  const common = { name: args.name, state: args.state };
  if (args.state === 'absent') return { ...common, remove: args.remove, force: args.force };
  return {
    ...common,
    append: args.append,
    create_home: args.create_home,
    move_home: args.move_home,
    system: args.system,
    ...(args.groups === undefined ? {} : { groups: args.groups.join(',') }),
    ...(args.password === undefined ? {} : { password: 'NOT_LOGGING_PASSWORD' }),
    ...(account === undefined ? {} : { uid: account.uid, group: account.gid, comment: account.comment, home: account.home, shell: account.shell }),
    ...(key === undefined ? {} : { ssh_key_file: key.file, ssh_public_key: key.public, ssh_fingerprint: key.fingerprint }),
  };
}
