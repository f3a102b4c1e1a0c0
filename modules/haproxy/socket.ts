import { Lib, type Observed, type OptionSpec, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { section, sectionOf, sections } from '../sections.ts';

export const socket = {
  type: 'path',
  default: '/run/haproxy/admin.sock',
  description: 'The stats socket of HAProxy (`stats socket` in its configuration), at level admin.',
} as const satisfies OptionSpec;

/**
 * `qp_haproxy SOCKET COMMAND` asks the stats socket. A shell cannot open a UNIX socket itself, so it takes what the host
 * has: socat, or perl, which Debian and RHEL both bring, or python3. Status 97: none of them; 98: no socket.
 */
const haproxySocket = new Lib(
  'haproxy-socket',
  `
qp_haproxy() {
  [ -S "$1" ] || { echo "no socket $1"; return 98; }
  if command -v socat >/dev/null 2>&1; then printf '%s\\n' "$2" | socat -t10 - "UNIX-CONNECT:$1"
  elif command -v perl >/dev/null 2>&1; then
    printf '%s\\n' "$2" | perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$ARGV[0]: $!\\n"; print $s <STDIN>; $s->flush; print while <$s>;' "$1"
  elif command -v python3 >/dev/null 2>&1; then
    printf '%s\\n' "$2" | python3 -c 'import socket,sys
s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(sys.stdin.buffer.read())
while True:
    b=s.recv(65536)
    if not b: break
    sys.stdout.buffer.write(b)' "$1"
  else echo "neither socat nor perl nor python3"; return 97
  fi
}`,
);

/** Asks HAProxy one line; several commands are parted by a semicolon. */
export const command = (path: string, line: string): Script => sh`${haproxySocket}qp_haproxy ${path} ${line} 2>&1`;

export const askStat = (path: string): Script => section('stat', command(path, 'show stat'));

/** One server of a backend as `show stat` tells it. */
export interface Server {
  readonly backend: string;
  readonly server: string;
  /** `UP`, `DOWN`, `MAINT`, `DRAIN`, `no check`, also `UP 1/3` while it changes. */
  readonly status: string;
  readonly weight: number;
  readonly sessions: number;
  readonly backup: boolean;
  readonly check: string;
  readonly address: string;
}

/** Servers in the CSV of `show stat`; frontends and sums are left out. */
export function servers(csv: string): Server[] {
  const [head, ...rows] = csv.split('\n').filter((line) => line.trim() !== '');
  const names = (head ?? '').replace(/^# /, '').split(',');
  return rows
    .map((row) => Object.fromEntries(row.split(',').map((cell, i) => [names[i] ?? String(i), cell])))
    .filter((row) => row.type === '2')
    .map((row) => ({
      backend: row.pxname ?? '',
      server: row.svname ?? '',
      status: row.status ?? '',
      weight: Number(row.weight),
      sessions: Number(row.scur),
      backup: row.bck === '1',
      check: [row.check_status, row.last_chk].filter(Boolean).join(' '),
      address: row.addr ?? '',
    }));
}

/** What keeps the socket from answering. */
export function silence(path: string, seen: Observed): Plan | undefined {
  const { code, text } = sectionOf(sections(seen.stdout), 'stat');
  if (code === 0 && text.includes('pxname')) return undefined;
  if (code === 97)
    return { is: 'premature', why: 'HAProxy cannot be asked: the host has neither socat nor perl nor python3', hint: 'Install the package socat' };
  if (code === 98)
    return {
      is: 'premature',
      why: `HAProxy has no stats socket at ${path}`,
      hint: 'Start HAProxy, and give it "stats socket PATH level admin" in its global section',
    };
  return { is: 'premature', why: `HAProxy does not answer at ${path}: ${text.trim().split('\n').at(-1) ?? ''}` };
}

export const statOf = (seen: Observed): Server[] => servers(sectionOf(sections(seen.stdout), 'stat').text.trimStart());
