import type { Printed } from './host.ts';

/** user_id, user_uid, ..., env. */
export function userFacts(printed: Printed): Record<string, unknown> {
  const [ids = '', entry = ''] = printed.lines('user');
  const uid = Number(/uid=(\d+)/.exec(ids)?.[1] ?? 0);
  const gid = Number(/gid=(\d+)/.exec(ids)?.[1] ?? 0);
  const [name = /uid=\d+\(([^)]*)\)/.exec(ids)?.[1] ?? '', , , , gecos = '', dir = '', shell = ''] = entry.split(':');
  return {
    user_id: name,
    user_uid: uid,
    user_gid: gid,
    user_gecos: gecos,
    user_dir: dir,
    user_shell: shell,
    real_user_id: uid,
    effective_user_id: Number(/euid=(\d+)/.exec(ids)?.[1] ?? uid),
    real_group_id: gid,
    effective_group_id: Number(/egid=(\d+)/.exec(ids)?.[1] ?? gid),
  };
}

/** The environment; a line that is not `NAME=` belongs to the value before it. */
export function envFacts(printed: Printed): { env: Record<string, string> } {
  const env: Record<string, string> = {};
  let last: string | undefined;
  for (const line of printed.lines('env')) {
    const found = /^([A-Za-z_]\w*)=(.*)$/.exec(line);
    if (found !== null) {
      last = found[1] as string;
      env[last] = found[2] as string;
    } else if (last !== undefined) env[last] += `\n${line}`;
  }
  return { env };
}

/** The host's clock. */
export function dateFacts(printed: Printed): Record<string, unknown> {
  const [line = ''] = printed.lines('date');
  const [
    year = '',
    month = '',
    day = '',
    weekday = '',
    number = '',
    week = '',
    hour = '',
    minute = '',
    second = '',
    epoch = '0',
    tz = '',
    offset = '',
    nanos = '',
  ] = line.split('|');
  const micro = /^\d{9}$/.test(nanos) ? nanos.slice(0, 6) : '000000';
  const utc = new Date(Number(epoch) * 1000).toISOString().slice(0, 19);
  const basic = `${year}${month}${day}T${hour}${minute}${second}`;
  return {
    date_time: {
      year,
      month,
      weekday,
      weekday_number: number,
      weeknumber: week,
      day,
      hour,
      minute,
      second,
      epoch,
      epoch_int: epoch,
      date: `${year}-${month}-${day}`,
      time: `${hour}:${minute}:${second}`,
      iso8601_micro: `${utc}.${micro}Z`,
      iso8601: `${utc}Z`,
      iso8601_basic: `${basic}${micro}`,
      iso8601_basic_short: basic,
      tz,
      tz_dst: tz,
      tz_offset: offset,
    },
  };
}

/** The host's own Python, when it has one; qplay does not need it. */
export function pythonFacts(printed: Printed): Record<string, unknown> {
  const [executable, said = ''] = printed.lines('python');
  const version = /Python (\d+)\.(\d+)\.(\d+)/.exec(said);
  if (executable === undefined || version === null) return {};
  const [major, minor, micro] = version.slice(1).map(Number);
  return {
    python_version: `${major}.${minor}.${micro}`,
    python: {
      version: { major, minor, micro, releaselevel: 'final', serial: 0 },
      version_info: [major, minor, micro, 'final', 0],
      executable,
      has_sslcontext: true,
      type: 'cpython',
    },
  };
}

/** Public host keys of sshd. */
export function sshKeyFacts(printed: Printed): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [path, [line = '']] of printed.files) {
    const algorithm = /\/ssh_host_(\w+)_key\.pub$/.exec(path)?.[1];
    const [type, key] = line.split(' ');
    if (algorithm === undefined || type === undefined || key === undefined) continue;
    found[`ssh_host_key_${algorithm}_public`] = key;
    found[`ssh_host_key_${algorithm}_public_keytype`] = type;
  }
  return found;
}
