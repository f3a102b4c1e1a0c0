import { type ArgsOf, defineModule, type Observed, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { absent, executable, flag, needPodman } from './lib.ts';

const options = {
  registry: { type: 'str', default: 'docker.io', description: 'Registry, such as `registry.redhat.io`.' },
  username: { type: 'str', required: true, description: 'User of the registry.' },
  password: { type: 'str', required: true, secret: true, description: 'Password or token. It travels on stdin.' },
  authfile: {
    type: 'path',
    description:
      'File that keeps the login, mode 0600. Without it podman writes below /run, which a reboot clears: give a path such as /etc/containers/auth.json.',
  },
  certdir: { type: 'path', description: 'Directory with certificates for the registry.' },
  tlsverify: { type: 'bool', description: "Whether the registry's certificate is checked; podman's configuration when absent." },
  executable,
} as const;

type Args = ArgsOf<typeof options>;

/**
 * The stored credential is compared inside the shell, by `case`, so that neither it nor the wanted one is an argument of a
 * process or comes back.
 */
function probe(args: Args): Script {
  const entry = `"${args.registry}":{"auth":"${Buffer.from(`${args.username}:${args.password}`).toString('base64')}"`;
  const file = args.authfile === undefined ? raw('"${REGISTRY_AUTH_FILE:-${XDG_RUNTIME_DIR:-/run/containers/$(id -u)}/auth.json}"') : sh`${args.authfile}`;
  const standard = args.authfile === undefined ? raw('[ -e "$f" ] || f=${XDG_RUNTIME_DIR:+$XDG_RUNTIME_DIR/containers/auth.json}') : raw('');
  return sh`${needPodman(args.executable)}
f=${file}
${standard}
stored=none
if [ -r "$f" ]; then
  case $(tr -d ' \t\n' <"$f") in *${entry}*) stored=same;; *${`"${args.registry}":{`}*) stored=other;; esac
  echo "mode=$(stat -c %a "$f")"
fi
echo "stored=$stored"`;
}

function plan(args: Args, seen: Observed): Plan {
  const missing = absent(seen, args.executable);
  if (missing !== undefined) return missing;
  const stored = /^stored=(\w+)$/m.exec(seen.stdout)?.[1] ?? 'none';
  const mode = /^mode=(\d+)$/m.exec(seen.stdout)?.[1];
  const guarded = args.authfile === undefined || mode === undefined || mode === '600';
  if (stored === 'same' && guarded) return { is: 'right', result: { stdout: 'Login Succeeded!', registry: args.registry } };
  const tls = args.tlsverify === undefined ? raw('') : raw(`--tls-verify=${args.tlsverify}`);
  const login = sh`${args.executable} login ${flag('--authfile', args.authfile)} ${tls} ${flag('--cert-dir', args.certdir)} --username ${args.username} --password-stdin ${args.registry} <"$up_password" >/dev/null || exit $?`;
  const folder = args.authfile === undefined ? raw('') : sh`d=${args.authfile}; d=\${d%/*}; [ -d "$d" ] || mkdir -p -- "$d" || exit $?`;
  const mend = args.authfile === undefined ? raw('') : sh`chmod 600 -- ${args.authfile}`;
  return {
    is: 'wrong',
    diff: [
      {
        before: { login: stored === 'other' ? 'another user or password' : stored === 'same' ? `mode ${mode}` : 'none' },
        after: { login: args.username },
        label: args.registry,
      },
    ],
    apply: sh`umask 077
${folder}
${stored === 'same' ? raw('') : login}
${mend}`,
    uploads: { password: args.password },
    result: { registry: args.registry },
  };
}

export default defineModule({
  name: 'podman_login',
  fqcn: ['containers.podman.podman_login'],
  summary: 'Logs podman in to a registry and keeps the login.',
  notes: [
    'The stored credential is compared with the wanted one, so a second run asks the registry nothing.',
    'A login kept by a credential helper cannot be compared; it is renewed on each run.',
  ],
  source: 'https://docs.ansible.com/ansible/latest/collections/containers/podman/podman_login_module.html',
  options,
  returns: { registry: 'The registry.', stdout: "Podman's words when the login stands." },
  examples: [
    {
      title: 'Keep a login that survives a reboot',
      args: { registry: 'registry.redhat.io', username: 'labuser', password: 'labpass', authfile: '/etc/containers/example-auth.json' },
      needs: ['podman', 'registry'],
    },
  ],
  probe,
  plan,
});
