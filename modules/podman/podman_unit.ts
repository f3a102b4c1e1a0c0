import { type ArgsOf, defineModule, lines, type Observed, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { absent, executable, needPodman } from './lib.ts';

const options = {
  name: { type: 'str', required: true, description: 'Name of the container and, with `.service` behind it, of its systemd unit.' },
  unit: { type: 'str', description: 'Name of the unit, where it differs.' },
  image: { type: 'str', description: 'Image the container must run; a tag that moved makes it older than wanted.' },
  secrets: { type: 'list', elements: 'str', default: [], description: 'Podman secrets it was given at its start.' },
  files: { type: 'list', elements: 'path', default: [], description: 'Files it read at its start, such as its configuration. The unit file always counts.' },
  timeout: { type: 'int', default: 330, description: 'Seconds a start may take.' },
  executable,
} as const;

type Args = ArgsOf<typeof options>;

const unitOf = (args: Args): string => args.unit ?? `${args.name}.service`;

/**
 * Times are nanoseconds since the epoch, which both podman and stat tell. A unit that has just become active is ahead of what podman
 * tells of its container on a busy host, so that answer is asked for again.
 */
const probe = (args: Args): Script => sh`${needPodman(args.executable)}
systemctl show -p LoadState,UnitFileState,ActiveState,SubState,NeedDaemonReload,FragmentPath,Result ${unitOf(args)}
f=$(systemctl show -p FragmentPath --value ${unitOf(args)})
look() {
  ${args.executable} container inspect --format 'created={{.Created.UnixNano}}
running={{.State.Running}}
image={{.Image}}' ${args.name} 2>/dev/null || echo created=0
}
seen=$(look)
for again in 1 2 3; do
  case $seen in *running=true*) break;; esac
  systemctl -q is-active ${unitOf(args)} || break
  sleep 1
  seen=$(look)
done
printf '%s\\n' "$seen"
${args.image === undefined ? raw('') : sh`${args.executable} image inspect --format 'wanted={{.Id}}' ${args.image} 2>/dev/null`}
for s in ${args.secrets}; do ${args.executable} secret inspect --format 'secret={{.UpdatedAt.UnixNano}} {{.Spec.Name}}' "$s" 2>/dev/null || echo "gone=secret $s"; done
for f in "$f" ${args.files}; do
  [ -n "$f" ] || continue
  t=$(stat -L -c %.9Y -- "$f" 2>/dev/null) || { echo "gone=$f"; continue; }
  echo "file=\${t%.*}\${t#*.} $f"
done
:`;

interface Seen {
  readonly fields: ReadonlyMap<string, string>;
  /** What the container was started with, and when that was last changed. */
  readonly sources: readonly { readonly time: bigint; readonly what: string }[];
  readonly gone: readonly string[];
}

function read(stdout: string): Seen {
  const fields = new Map<string, string>();
  const sources: { time: bigint; what: string }[] = [];
  const gone: string[] = [];
  for (const line of stdout.split('\n')) {
    const at = line.indexOf('=');
    const [key, value] = [line.slice(0, at), line.slice(at + 1)];
    if (key === 'gone') gone.push(value);
    else if (key === 'file' || key === 'secret') {
      const [time, ...name] = value.split(' ');
      sources.push({ time: BigInt(time as string), what: `${key === 'secret' ? 'secret ' : ''}${name.join(' ')}` });
    } else if (at > 0) fields.set(key, value);
  }
  return { fields, sources, gone };
}

/** Why the running container is not the wanted one; empty when it is. */
function older(seen: Seen): string[] {
  const created = BigInt(seen.fields.get('created') || '0');
  const why = seen.sources.filter((one) => one.time > created).map((one) => one.what);
  const wanted = seen.fields.get('wanted');
  return wanted !== undefined && wanted !== seen.fields.get('image') ? [...why, 'image'] : why;
}

function apply(args: Args, seen: Seen, up: boolean): Script {
  const unit = unitOf(args);
  const start = sh`systemctl ${up ? 'restart' : 'start'} ${unit} || { journalctl -q --no-pager -n 20 -u ${unit} >&2; exit 1; }`;
  return lines(
    seen.fields.get('NeedDaemonReload') === 'yes' && raw('systemctl daemon-reload || exit $?'),
    seen.fields.get('UnitFileState') !== 'enabled' && sh`systemctl -q enable ${unit} || exit $?`,
    (!up || older(seen).length > 0) && raw(`systemctl reset-failed ${unit} 2>/dev/null\n${start.text}`),
  );
}

/** What a unit that is not up is instead. */
const down = ({ fields }: Seen): string => (fields.get('ActiveState') === 'active' ? 'its container does not run' : (fields.get('SubState') ?? 'stopped'));

function plan(args: Args, observed: Observed): Plan {
  const missing = absent(observed, args.executable);
  if (missing !== undefined) return missing;
  const seen = read(observed.stdout);
  const unit = unitOf(args);
  if (seen.fields.get('LoadState') !== 'loaded' && seen.fields.get('FragmentPath') === '') {
    return { is: 'premature', why: `there is no unit ${unit}`, hint: `Write /etc/systemd/system/${unit} first` };
  }
  if (seen.gone.length > 0) return { is: 'premature', why: `${unit} needs what is not there: ${seen.gone.join(', ')}` };
  const up = seen.fields.get('ActiveState') === 'active' && seen.fields.get('running') === 'true';
  const stale = up ? older(seen) : [];
  const enabled = seen.fields.get('UnitFileState') === 'enabled';
  const reload = seen.fields.get('NeedDaemonReload') === 'yes';
  const result = { name: args.name, unit, state: up ? 'started' : 'stopped', enabled };
  if (up && enabled && !reload && stale.length === 0) return { is: 'right', result };
  const now = up ? (stale.length > 0 ? `started before a change of ${stale.join(', ')}` : 'started') : down(seen);
  const diff = [{ before: { state: now, enabled }, after: { state: 'started', enabled: true }, label: unit }];
  return { is: 'wrong', diff, apply: apply(args, seen, up), result, timeout: args.timeout };
}

export default defineModule({
  name: 'podman_unit',
  fqcn: ['qplay.podman.podman_unit'],
  summary: 'Keeps a container of a systemd unit started, enabled, and newer than its unit, secrets, files and image.',
  notes: [
    'Whether a restart is due is read from the host (what changed after the container was made), so a run that was cut off between a change and its restart is finished by the next.',
  ],
  source: 'https://docs.podman.io/en/v4.3/markdown/podman-generate-systemd.1.html',
  options,
  returns: { name: 'Name of the container.', unit: 'Name of its unit.', state: '`started` or `stopped`.', enabled: 'Whether it starts at boot.' },
  examples: [
    {
      title: 'Have the container run what its unit says',
      args: { name: 'example-unit' },
      given: `cat >/etc/systemd/system/example-unit.service <<'EOF'
[Service]
Type=notify
NotifyAccess=all
ExecStart=/usr/bin/podman run --replace --rm -d --sdnotify=conmon --name example-unit --authfile /etc/containers/qplay-auth.json registry.redhat.io/rhel8/redis-6:1-110
[Install]
WantedBy=multi-user.target
EOF`,
      needs: ['systemd', 'podman', 'registry'],
    },
  ],
  probe,
  plan,
});
