/** Format for `stat -c` that GNU and busybox share: everything Ansible's stat and find return about a path. */
export const INFO_FORMAT = '%f %u %g %s %h %i %d %b %t %T %X %Y %Z|%x|%y|%z|%U|%G';

/** What a line in `INFO_FORMAT` says. `mode` holds the type bits too. */
export interface Info {
  readonly mode: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly owner: string;
  readonly group: string;
}

/** Times with their fraction: `stat` has it only in the long form. */
function time(seconds: string, long: string): number {
  const fraction = /\.(\d+)/.exec(long)?.[1] ?? '0';
  return Number(seconds) + Number(`0.${fraction}`);
}

/** Linux's dev_t of hexadecimal major and minor numbers. */
function device(major: string, minor: string): number {
  const [high, low] = [Number.parseInt(major, 16), Number.parseInt(minor, 16)];
  return high * 256 + (low & 0xff) + (low >> 8) * 2 ** 20;
}

export function infoOf(line: string): Info {
  const [numbers, x, y, z, owner, group] = line.split('|') as [string, string, string, string, string, string];
  const field = numbers.split(' ');
  const at = (index: number): string => field[index] as string;
  const mode = Number.parseInt(at(0), 16);
  const type = mode >> 12;
  return {
    mode,
    owner: owner === 'UNKNOWN' ? '' : owner,
    group: group === 'UNKNOWN' ? '' : group,
    values: {
      mode: (mode & 0o7777).toString(8).padStart(4, '0'),
      isdir: type === 4,
      ischr: type === 2,
      isblk: type === 6,
      isreg: type === 8,
      isfifo: type === 1,
      islnk: type === 10,
      issock: type === 12,
      uid: Number(at(1)),
      gid: Number(at(2)),
      size: Number(at(3)),
      inode: Number(at(5)),
      dev: Number(at(6)),
      nlink: Number(at(4)),
      atime: time(at(10), x),
      mtime: time(at(11), y),
      ctime: time(at(12), z),
      ...permissions(mode),
    },
  };
}

/** Fields that only `stat` returns. */
export const extraInfo = (line: string): Readonly<Record<string, unknown>> => {
  const field = line.split(' ');
  return { blocks: Number(field[7]), block_size: 4096, device_type: device(field[8] as string, field[9] as string) };
};

function permissions(mode: number): Readonly<Record<string, boolean>> {
  const bits = {
    wusr: 0o200,
    rusr: 0o400,
    xusr: 0o100,
    wgrp: 0o020,
    rgrp: 0o040,
    xgrp: 0o010,
    woth: 0o002,
    roth: 0o004,
    xoth: 0o001,
    isuid: 0o4000,
    isgid: 0o2000,
  };
  return Object.fromEntries(Object.entries(bits).map(([name, bit]) => [name, (mode & bit) !== 0]));
}
