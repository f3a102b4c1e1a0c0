import { type ArgsOf, defineRead, lines, type Observed, type Options, raw, type Script, sh } from '../../engine/module/contract.ts';
import { section, sectionOf, sections } from '../sections.ts';
import { judge } from './preflight-judge.ts';

const options = {
  systems: {
    type: 'list',
    elements: 'str',
    default: [],
    description: 'Accepted systems: id and major version out of os-release, such as `rhel 9` or `debian 12`. Any when empty.',
  },
  cpus: { type: 'int', default: 0, description: 'Least number of CPUs.' },
  memory_mb: { type: 'int', default: 0, description: 'Least memory in MiB.' },
  disk_mb: { type: 'int', default: 0, description: 'Least free space in MiB on the file system of disk_path.' },
  disk_path: { type: 'path', default: '/var/lib', description: 'Where the free space is measured.' },
  clock_seconds: { type: 'int', default: 10, description: 'How far the clock may be from that of the control node.' },
  names: { type: 'list', elements: 'str', default: [], description: 'Host names that must resolve, and back again.' },
  ports: {
    type: 'list',
    elements: 'dict',
    default: [],
    description: 'TCP ports that must be free, or held by one of our own programs.',
    options: {
      port: { type: 'int', required: true, description: 'The port.' },
      holders: {
        type: 'list',
        elements: 'str',
        default: [],
        description: 'Programs that may hold it, by process name; `container` for whatever runs in a container of podman.',
      },
    },
  },
  devices: { type: 'list', elements: 'str', default: [], description: 'Block devices that must be empty, or carry an OSD already.' },
} as const satisfies Options;

export type PreflightArgs = ArgsOf<typeof options>;

/** Processes that listen and live in a container of podman. */
const CONTAINED = raw(
  `command -v ss >/dev/null 2>&1 && ss -Hltnp | tr ',' '\\n' | sed -n 's/^pid=//p' | while read -r p; do case $(cat /proc/$p/cgroup 2>/dev/null) in *libpod*) echo "$p" ;; esac; done`,
);

/** Everything in one trip; each answer in a section of its own. */
function probe(args: PreflightArgs): Script {
  const names = sh`for n in ${args.names as readonly string[]}; do
    a=$(getent ahostsv4 "$n" | while read -r a x; do echo "$a"; break; done)
    [ -n "$a" ] || a=$(getent ahostsv6 "$n" | while read -r a x; do echo "$a"; break; done)
    printf '%s|%s|%s\\n' "$n" "$a" "$([ -z "$a" ] || getent hosts "$a" | tr '\\n' ' ')"
  done`;
  const devices = sh`for d in ${args.devices as readonly string[]}; do
    printf '%s|' "$d"; if [ -b "$d" ]; then lsblk -nro NAME,TYPE,FSTYPE,MOUNTPOINT "$d" | tr '\\n' ';'; else printf missing; fi; echo
  done`;
  return lines(
    section('system', raw('. /etc/os-release; echo "$ID ${VERSION_ID%%.*}|$PRETTY_NAME"')),
    section('cpus', raw('getconf _NPROCESSORS_ONLN 2>/dev/null || grep -c ^processor /proc/cpuinfo')),
    section('memory', raw('while read -r k v x; do [ "$k" = MemTotal: ] && echo "$v"; done < /proc/meminfo')),
    section('disk', sh`d=${args.disk_path}; while ! [ -d "$d" ]; do d=$(dirname "$d"); done; df -Pk "$d" | { read -r x; read -r x y z free x; echo "$free"; }`),
    section('clock', raw('date +%s')),
    args.names.length > 0 && section('names', names),
    args.ports.length > 0 && section('ports', raw('command -v ss >/dev/null 2>&1 && ss -Hltnp')),
    args.ports.length > 0 && section('contained', CONTAINED),
    args.devices.length > 0 && section('devices', devices),
  );
}

function result(args: PreflightArgs, seen: Observed) {
  const found = sections(seen.stdout);
  const text = (name: string): string => sectionOf(found, name).text.trim();
  const findings = judge(args, text, Date.now() / 1000);
  return {
    result: {
      findings,
      system: text('system').split('|')[1] ?? '',
      cpus: Number(text('cpus')),
      memory_mb: Math.floor(Number(text('memory')) / 1024),
      disk_mb: Math.floor(Number(text('disk')) / 1024),
    },
  };
}

export default defineRead<typeof options>({
  name: 'preflight',
  fqcn: ['qplay.quay.preflight'],
  summary: 'Looks whether a host can carry its part of an installation: system, size, clock, names, ports, devices.',
  notes: ['Changes nothing and never fails: whoever asks collects the findings of all hosts and reports them at once.'],
  options,
  returns: {
    findings: 'One sentence for each thing that is not as asked.',
    system: 'Name of the operating system.',
    cpus: 'CPUs.',
    memory_mb: 'Memory in MiB.',
    disk_mb: 'Free space in MiB.',
  },
  examples: [{ title: 'A host for a Quay node', args: { cpus: 2, memory_mb: 3800, disk_mb: 15000, ports: [{ port: 443, holders: ['conmon'] }] } }],
  probe,
  result,
});
