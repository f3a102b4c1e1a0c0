import { Lib, lines, type Observed, type Plan, type Result, raw, type Script, sh } from '../../engine/module/contract.ts';
import { fields, impossible, premature, section, sections } from './lib.ts';

/** What is wished of a systemd unit, and of systemd itself. */
export interface UnitWish {
  readonly name?: string | undefined;
  readonly state?: 'started' | 'stopped' | 'restarted' | 'reloaded' | undefined;
  readonly enabled?: boolean | undefined;
  readonly masked?: boolean | undefined;
  readonly daemonReload?: boolean;
  readonly daemonReexec?: boolean;
  readonly scope: 'system' | 'user' | 'global';
  readonly noBlock?: boolean;
  readonly force?: boolean | undefined;
}

/** What `systemctl` said. */
interface Unit {
  readonly show: ReadonlyMap<string, string>;
  readonly loaded: boolean;
  /** `UnitFileState`, or what the init script's links say. */
  readonly file: string;
  readonly active: string;
  readonly booted: boolean;
  readonly systemctl: boolean;
  /** A unit file is younger than systemd's last reading of them. */
  readonly stale: boolean;
  /** When systemd last read its files, in microseconds; rises with each reload. */
  readonly loadedAt: string;
}

const ON = ['enabled', 'static', 'generated', 'transient', 'alias', 'enabled-runtime', 'linked', 'linked-runtime'];
const NEITHER = ['static', 'generated', 'transient', 'alias'];

/** Says on stderr what a unit has to say for itself; used when it did not come up. */
const QP_UNIT_WORDS = new Lib(
  'unit-words',
  `
qp_unit_words() {
  qp_unit=$1; shift
  { systemctl "$@" --no-pager --full --lines 0 status "$qp_unit"
    echo "Last lines of its journal:"
    case " $* " in *" --user "*) journalctl --user --user-unit "$qp_unit" --no-pager -n 15 -o cat;; *) journalctl --unit "$qp_unit" --no-pager -n 15 -o cat;; esac
  } >&2 2>/dev/null || :
}
qp_unit_restarts() { systemctl show -p NRestarts "$@" 2>/dev/null | tr -dc 0-9; }
qp_unit_settled() {
  qp_unit=$1; qp_before=$2; shift 2
  sleep 0.3 2>/dev/null || sleep 1
  case $(systemctl "$@" show -p ActiveState -p SubState --value "$qp_unit" 2>/dev/null | tr '\\n' ' ') in
    failed*|*auto-restart*) echo "$qp_unit was started but did not stay up" >&2; return 1;;
  esac
  qp_now=$(qp_unit_restarts "$@" "$qp_unit")
  if [ "\${qp_now:-0}" != 0 ] && [ "$qp_now" != "$qp_before" ]; then echo "$qp_unit was started but does not stay up: systemd has started it again already" >&2; return 1; fi
}
`,
);

const flags = (wish: UnitWish): string[] => (wish.scope === 'system' ? [] : [`--${wish.scope}`]);

/** A user's systemd is found through this variable, which a login without PAM does not set. */
const environment = (wish: UnitWish): Script | undefined =>
  wish.scope === 'user' ? raw('export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"') : undefined;

/** Folders in which unit files and what units are generated from lie. */
const UNIT_PLACES = {
  system:
    '/etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system /etc/containers/systemd /usr/share/containers/systemd /etc/init.d /etc/fstab /etc/crypttab /etc/systemd/system.conf /etc/systemd/system.conf.d',
  user: '"${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user" "${XDG_CONFIG_HOME:-$HOME/.config}/containers/systemd" /etc/systemd/user /usr/lib/systemd/user /etc/containers/systemd/users',
};

/** Looks at the unit and, where a reload is wished, whether systemd has read its files since they were changed. */
export function probeUnit(wish: UnitWish): Script {
  const name = wish.name;
  const look =
    name !== undefined &&
    lines(
      section('show'),
      wish.scope === 'global' ? sh`echo UnitFileState=$(systemctl --global is-enabled ${name} 2>/dev/null)` : sh`systemctl ${flags(wish)} show ${name}`,
      offline(wish, name),
      sysv(wish, name),
    );
  return lines(
    raw('command -v systemctl >/dev/null 2>&1 || { echo none=systemctl; exit 0; }'),
    environment(wish),
    raw('[ -d /run/systemd/system ] && echo booted=yes'),
    (wish.daemonReload === true || wish.daemonReexec === true) && staleness(wish),
    look,
    raw('exit 0'),
  );
}

/** Without a running systemd (a chroot, an image being built) only unit files can be asked about. */
const offline = (wish: UnitWish, name: string): Script | undefined =>
  wish.scope === 'system'
    ? sh`[ -d /run/systemd/system ] || { state=$(systemctl is-enabled ${name} 2>/dev/null); echo "UnitFileState=$state"; case $state in ''|not-found) ;; *) echo LoadState=loaded;; esac; }`
    : undefined;

/** Init scripts have no `UnitFileState` of use; their start links tell. */
function sysv(wish: UnitWish, name: string): Script | undefined {
  if (wish.scope !== 'system' || wish.enabled === undefined) return undefined;
  const script = name.replace(/\.service$/, '');
  return sh`[ -e /etc/init.d/${script} ] && { on=disabled; for f in /etc/rc[2-5].d/S[0-9][0-9]${script}; do [ -e "$f" ] && on=enabled; done; echo "QpInitScript=$on"; }`;
}

function staleness(wish: UnitWish): Script {
  const user = wish.scope === 'user' ? raw('--user') : raw('--system');
  const places = raw(UNIT_PLACES[wish.scope === 'user' ? 'user' : 'system']);
  const generated = raw(wish.scope === 'user' ? '"$XDG_RUNTIME_DIR/systemd"' : '/run/systemd');
  // Before version 250 systemd does not tell when it has read its files, but each reading makes the folders of generators anew.
  return sh`at=$(busctl ${user} get-property org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager UnitsLoadTimestamp 2>/dev/null); at=\${at#t }
if [ -z "$at" ]; then at=$(stat -c %.6Z ${generated}/generator ${generated}/generator.early ${generated}/generator.late 2>/dev/null | sort -n | tail -n 1 | tr -d .); fi
echo "loadedAt=$at"
if [ -n "$at" ]; then
  seconds=\${at%??????}
  newer=$(find ${places} -newerct "@$seconds.\${at#"$seconds"}" -print 2>/dev/null | head -n 1)
  if [ -n "$newer" ]; then echo "stale=$newer"; fi
fi`;
}

function read(seen: Observed): Unit {
  const head = fields(seen.stdout.split('\x1e')[0] ?? '');
  const show = fields(sections(seen.stdout).get('show') ?? '');
  const init = show.get('QpInitScript');
  const file = show.get('UnitFileState') ?? '';
  return {
    show,
    loaded: !['', 'not-found'].includes(show.get('LoadState') ?? (file === '' ? '' : 'loaded')),
    file: init !== undefined && (file === '' || file === 'generated') ? init : file,
    active: show.get('ActiveState') ?? '',
    booted: head.get('booted') === 'yes',
    systemctl: head.get('none') === undefined,
    stale: head.has('stale'),
    loadedAt: head.get('loadedAt') ?? '',
  };
}

/** One thing to be done to the unit. */
interface Step {
  readonly label: string;
  readonly before: string;
  readonly after: string;
  readonly command: string;
}

/** What is to be done; `before` proves a restart, a reload or a reading of the unit files. */
export function planUnit(wish: UnitWish, seen: Observed, before?: Observed): Plan {
  const unit = read(seen);
  if (!unit.systemctl)
    return impossible(
      'This host has no systemctl, and services are managed through systemd only',
      'Use the command module with the host’s own service manager',
    );
  const trouble = wish.name === undefined ? undefined : obstacle(wish, unit);
  if (trouble !== undefined) return trouble;
  const was = before === undefined ? undefined : read(before);
  const steps = [...managerSteps(wish, unit, was), ...fileSteps(wish, unit), ...stateSteps(wish, unit, was)];
  const result = resultOf(wish, unit);
  if (steps.length === 0) return { is: 'right', result };
  const label = wish.name ?? 'systemd';
  const diff = [
    {
      label,
      before: Object.fromEntries(steps.map((step) => [step.label, step.before])),
      after: Object.fromEntries(steps.map((step) => [step.label, step.after])),
    },
  ];
  return { is: 'wrong', diff, apply: applyUnit(wish, unit, steps), result };
}

function obstacle(wish: UnitWish, unit: Unit): Plan | undefined {
  const name = wish.name as string;
  const mustExist = wish.state !== undefined || wish.enabled !== undefined;
  if (mustExist && !unit.loaded && unit.show.get('QpInitScript') === undefined && !(unit.stale && wish.daemonReload))
    return premature(
      `Could not find the requested service ${name}: host`,
      'Install the package that brings the unit, or write its unit file, before this task',
    );
  const load = unit.show.get('LoadState');
  if (mustExist && (load === 'bad-setting' || load === 'error') && !unit.stale) {
    const words = unit.show.get('LoadError');
    return impossible(`systemd cannot load ${name}: ${words ?? load}`, `\`systemd-analyze verify ${name}\` on the host says more`);
  }
  if (wish.state !== undefined && !unit.booted && wish.scope === 'system')
    return impossible('systemd is not running on this host, so no unit can be started or stopped', 'Leave out `state`, or boot the host with systemd');
  return undefined;
}

function managerSteps(wish: UnitWish, unit: Unit, was: Unit | undefined): Step[] {
  if (!unit.booted) return [];
  const renewed = was !== undefined && unit.loadedAt !== was.loadedAt;
  const reexec = wish.daemonReexec === true && !renewed;
  const needed = unit.stale || unit.loadedAt === '' || unit.show.get('NeedDaemonReload') === 'yes';
  const steps: Step[] = [];
  if (reexec) steps.push({ label: 'systemd', before: 'running', after: 'executed anew', command: 'daemon-reexec' });
  const unprovable = was !== undefined && unit.loadedAt === '';
  if (wish.daemonReload === true && !reexec && needed && !renewed && !unprovable)
    steps.push({ label: 'unit files', before: 'changed since they were read', after: 'read', command: 'daemon-reload' });
  return steps;
}

function fileSteps(wish: UnitWish, unit: Unit): Step[] {
  const steps: Step[] = [];
  const masked = unit.file === 'masked' || unit.file === 'masked-runtime' || unit.show.get('LoadState') === 'masked';
  if (wish.masked !== undefined && wish.masked !== masked)
    steps.push({ label: 'masked', before: masked ? 'yes' : 'no', after: wish.masked ? 'yes' : 'no', command: wish.masked ? 'mask' : 'unmask' });
  // A unit that cannot be enabled or disabled is as asked either way, as far as anyone can bring it there.
  const settled = NEITHER.includes(unit.file) || (unit.file === 'indirect' && wish.enabled === false);
  const enabled = ON.includes(unit.file) && !(wish.enabled === true && unit.file.endsWith('-runtime'));
  if (wish.enabled !== undefined && wish.enabled !== enabled && !settled)
    steps.push({
      label: 'enabled',
      before: unit.file === '' ? 'no' : unit.file,
      after: wish.enabled ? 'enabled' : 'disabled',
      command: wish.enabled ? 'enable' : 'disable',
    });
  return steps;
}

function stateSteps(wish: UnitWish, unit: Unit, was: Unit | undefined): Step[] {
  if (wish.state === undefined) return [];
  const running = unit.active === 'active' || unit.active === 'activating' || unit.active === 'reloading';
  // A job is under way and nobody wants to wait for it.
  const queued = was !== undefined && wish.noBlock === true && (unit.show.get('Job') ?? '0') !== '0' && unit.show.get('Job') !== '';
  const crashed = unit.show.get('SubState') === 'auto-restart';
  if (wish.state === 'stopped') {
    const stopping = running || unit.active === 'deactivating' || unit.active === 'maintenance';
    return stopping && !queued ? [{ label: 'state', before: unit.active, after: 'inactive', command: 'stop' }] : [];
  }
  const anew = was !== undefined && (unit.show.get('InvocationID') ?? '') !== (was.show.get('InvocationID') ?? '');
  // a oneshot is over when systemctl comes back, and systemd forgets at once that it ran; its success is in the exit status
  const ran = was !== undefined && unit.show.get('Type') === 'oneshot' && unit.show.get('Result') === 'success' && !running;
  if (queued || ran) return [];
  if (!running || (was !== undefined && crashed)) return [{ label: 'state', before: unit.active, after: 'active', command: 'start' }];
  if (wish.state === 'started') return [];
  if (wish.state === 'restarted') return anew ? [] : [{ label: 'state', before: 'active', after: 'restarted', command: 'restart' }];
  const stamp = (one: Unit) => one.show.get('StateChangeTimestampMonotonic');
  const reloaded = was !== undefined && (anew || stamp(unit) !== stamp(was));
  return reloaded ? [] : [{ label: 'state', before: 'active', after: 'reloaded', command: 'reload' }];
}

function applyUnit(wish: UnitWish, unit: Unit, steps: readonly Step[]): Script {
  const options = [...flags(wish), ...(wish.noBlock ? ['--no-block'] : []), ...(wish.force ? ['--force'] : [])];
  const name = wish.name ?? '';
  const one = (step: Step): Script => {
    if (step.label === 'systemd' || step.label === 'unit files') return sh`systemctl ${flags(wish)} ${step.command} || exit`;
    if (step.label !== 'state' || step.command === 'stop') return sh`systemctl ${options} ${step.command} ${name} || exit`;
    const words = sh`qp_unit_words ${name} ${flags(wish)}`;
    // Only a unit that says nothing about being ready can break right after systemctl has called it started.
    const silent = ['simple', 'exec', 'idle', ''].includes(unit.show.get('Type') ?? '') && step.command !== 'reload' && !wish.noBlock;
    const settle = silent && sh`qp_unit_settled ${name} "$restarts" ${flags(wish)} || { ${words}; exit 1; }`;
    return sh`${QP_UNIT_WORDS}${
      silent &&
      sh`restarts=$(qp_unit_restarts ${flags(wish)} ${name})
`
    }systemctl ${options} ${step.command} ${name} || { code=$?; ${words}; exit $code; }
${settle}`;
  };
  return lines(environment(wish), ...steps.map(one));
}

function resultOf(wish: UnitWish, unit: Unit): Result {
  if (wish.name === undefined) return { name: null, status: {} };
  const status = Object.fromEntries([...unit.show].filter(([key]) => !key.startsWith('Qp')));
  const enabled = wish.enabled === undefined ? {} : { enabled: wish.enabled };
  const state = wish.state === undefined ? {} : { state: wish.state === 'stopped' ? 'stopped' : 'started' };
  return { name: wish.name, status, ...enabled, ...state };
}
