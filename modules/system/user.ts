import { type ArgsOf, defineModule } from '../../engine/module/contract.ts';
import { planUser } from './user_plan.ts';
import { probeUser } from './user_probe.ts';

export const USER_OPTIONS = {
  name: {
    type: 'str',
    required: true,
    aliases: ['user'],
    pattern: '^[^:\\s/-][^:\\s/]*$',
    patternHint: 'a login name, without colons, slashes and spaces',
    description: 'The login name.',
  },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether the account shall exist.' },
  uid: { type: 'int', description: 'Its number; the next free one when absent.' },
  group: { type: 'str', description: 'Primary group, by name or number.' },
  groups: { type: 'list', elements: 'str', description: 'Further groups; an empty list takes it out of all.' },
  append: { type: 'bool', default: false, description: 'Keep the groups that are not named in `groups`.' },
  comment: { type: 'str', description: 'Full name or what the account is for.' },
  home: { type: 'path', description: 'Home folder.' },
  create_home: { type: 'bool', default: true, aliases: ['createhome'], description: 'Make the home folder when it is missing.' },
  move_home: { type: 'bool', default: false, description: 'Move the content when `home` changes.' },
  shell: { type: 'path', description: 'Login shell.' },
  skeleton: { type: 'str', description: 'Folder whose content a new home gets.' },
  system: { type: 'bool', default: false, description: 'Take the number of a new account from those of the system.' },
  non_unique: { type: 'bool', default: false, description: 'Whether another account may have the same number.' },
  password: {
    type: 'str',
    secret: true,
    description: 'Hash of the password, as the filter `password_hash` makes it. It is sent on standard input, never as an argument.',
  },
  update_password: { type: 'str', default: 'always', choices: ['always', 'on_create'], description: 'Whether the password of an existing account is changed.' },
  password_lock: { type: 'bool', description: 'Whether the password is locked; other ways to log in are not.' },
  password_expire_min: { type: 'int', description: 'Days between two changes of the password, at least.' },
  password_expire_max: { type: 'int', description: 'Days after which the password must be changed.' },
  password_expire_warn: { type: 'int', description: 'Days of warning before that.' },
  password_expire_account_disable: { type: 'int', description: 'Days after that until the account is closed.' },
  expires: { type: 'float', description: 'When the account is closed, in seconds since 1970; a negative number for never.' },
  remove: { type: 'bool', default: false, description: 'With `state: absent`, remove home and mail too.' },
  force: { type: 'bool', default: false, description: 'With `state: absent`, remove it even when it is logged in.' },
  local: { type: 'bool', default: false, description: 'Look in /etc/passwd only, not in a directory service.' },
  umask: { type: 'str', description: 'umask for a new home folder.' },
  uid_min: { type: 'int', description: 'Lowest number to take.' },
  uid_max: { type: 'int', description: 'Highest number to take.' },
  generate_ssh_key: { type: 'bool', default: false, description: 'Make a key pair unless there is one.' },
  ssh_key_type: { type: 'str', default: 'rsa', description: 'Kind of key: `ed25519`, `rsa`, `ecdsa`.' },
  ssh_key_bits: { type: 'int', description: 'Its size in bits; what ssh-keygen takes when absent.' },
  ssh_key_file: { type: 'path', description: 'Where it lies, from the home folder or absolute; `.ssh/id_TYPE` when absent.' },
  ssh_key_comment: { type: 'str', default: 'ansible-generated on $HOSTNAME', description: 'Comment of the key.' },
  ssh_key_passphrase: { type: 'str', secret: true, description: 'Passphrase of the key; none when absent.' },
} as const;

export type UserArgs = ArgsOf<typeof USER_OPTIONS>;

const gone = (name: string) => `userdel -r ${name} >/dev/null 2>&1; rm -rf /home/${name}; true`;

export default defineModule({
  name: 'user',
  fqcn: ['ansible.builtin.user'],
  summary: 'Makes, changes and removes accounts.',
  notes: ['The hash of a password is compared on the host; it appears in no argument list and in no output.'],
  source: 'ansible.builtin.user; useradd(8), usermod(8)',
  options: USER_OPTIONS,
  returns: {
    name: 'The login name.',
    state: '`present` or `absent`.',
    uid: 'Its number.',
    group: 'Number of the primary group.',
    groups: 'The further groups, as asked, with commas between.',
    home: 'Home folder.',
    shell: 'Login shell.',
    comment: 'Full name or what the account is for.',
    append: 'As asked.',
    create_home: 'As asked.',
    move_home: 'As asked.',
    system: 'As asked.',
    password: '`NOT_LOGGING_PASSWORD` when one was given.',
    ssh_key_file: 'Path of the private key.',
    ssh_public_key: 'The public key.',
    ssh_fingerprint: 'Fingerprint of the key.',
  },
  examples: [
    {
      title: 'An account with a certain shell and further groups',
      args: { name: 'qpanna', comment: 'Anna', shell: '/bin/bash', groups: ['adm', 'cdrom'], append: true },
      given: gone('qpanna'),
    },
    {
      title: 'A service account without home, with a locked password',
      args: { name: 'qpsvc', system: true, create_home: false, shell: '/usr/sbin/nologin', home: '/var/lib/qpsvc', password_lock: true },
      given: gone('qpsvc'),
    },
    {
      title: 'A password, and the day on which the account closes',
      args: { name: 'qpbert', password: '$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g.', expires: 1893456000 },
      given: gone('qpbert'),
    },
    { title: 'A key pair', args: { name: 'qpcarl', generate_ssh_key: true, ssh_key_type: 'ed25519' }, given: gone('qpcarl') },
    { title: 'No such account', args: { name: 'qpold', state: 'absent', remove: true }, given: `${gone('qpold')}; useradd -m qpold` },
  ],
  probe: (args) =>
    probeUser({
      name: args.name,
      local: args.local,
      groups: args.state === 'absent' ? [] : [...(args.group === undefined ? [] : [args.group]), ...(args.groups ?? [])],
      password: args.password,
      home: args.home,
      keyFile: args.ssh_key_file,
      keyType: args.ssh_key_type,
      wantKey: args.generate_ssh_key && args.state === 'present',
    }),
  plan: (args, seen) => planUser(args, seen),
});
