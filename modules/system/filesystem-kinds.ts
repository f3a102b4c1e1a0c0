/** What is to be known of a kind of file system. */
export interface Kind {
  /** What blkid calls it; the first one is what is made. */
  readonly types: readonly string[];
  readonly make: string;
  /** Package that has it, in Debian's name. */
  readonly from: string;
  /** Arguments that keep it from asking. */
  readonly force: readonly string[];
  /** Options of `make` for a UUID, the first one is used; what must go with it. */
  readonly setUuid?: readonly string[];
  readonly setUuidMore?: readonly string[];
  /** Command that gives another UUID; the device follows. */
  readonly changeUuid?: readonly string[];
  /** It chooses the UUID by itself. */
  readonly uuidWord?: true;
  /** Shell text that tells the size; the device is in `$qp_dev`, its mount point in `$qp_mnt`. */
  readonly info?: string;
  readonly grow?: readonly string[];
  /** It grows where it is mounted. */
  readonly mounted?: true;
}

const ext = (name: string): Kind => ({
  types: name === 'ext4dev' ? ['ext4', 'ext4dev'] : name === 'ext4' ? ['ext4', 'ext4dev'] : [name],
  make: `mkfs.${name === 'ext4dev' ? 'ext4' : name}`,
  from: 'e2fsprogs',
  force: ['-F'],
  setUuid: ['-U'],
  changeUuid: ['tune2fs', '-U'],
  info: 'tune2fs -l "$qp_dev"',
  grow: ['resize2fs'],
});

export const KINDS: Readonly<Record<string, Kind>> = {
  ext2: ext('ext2'),
  ext3: ext('ext3'),
  ext4: ext('ext4'),
  ext4dev: ext('ext4dev'),
  xfs: {
    types: ['xfs'],
    make: 'mkfs.xfs',
    from: 'xfsprogs',
    force: ['-f'],
    changeUuid: ['xfs_admin', '-U'],
    info: 'xfs_info "${qp_mnt:-$qp_dev}"',
    grow: ['xfs_growfs'],
    mounted: true,
  },
  btrfs: {
    types: ['btrfs'],
    make: 'mkfs.btrfs',
    from: 'btrfs-progs',
    force: ['-f'],
    info: 'btrfs filesystem usage -b "$qp_mnt"',
    grow: ['btrfs', 'filesystem', 'resize', 'max'],
    mounted: true,
  },
  f2fs: { types: ['f2fs'], make: 'mkfs.f2fs', from: 'f2fs-tools', force: ['-f'], info: 'dump.f2fs "$qp_dev"', grow: ['resize.f2fs'] },
  lvm: {
    types: ['LVM2_member'],
    make: 'pvcreate',
    from: 'lvm2',
    force: ['-f'],
    setUuid: ['-u', '--uuid'],
    setUuidMore: ['--norestorefile'],
    changeUuid: ['pvchange', '-u'],
    uuidWord: true,
    info: 'pvs --noheadings -o pv_size --units b --nosuffix "$qp_dev"',
    grow: ['pvresize'],
  },
  ocfs2: { types: ['ocfs2'], make: 'mkfs.ocfs2', from: 'ocfs2-tools', force: ['-Fx'] },
  reiserfs: { types: ['reiserfs'], make: 'mkfs.reiserfs', from: 'reiserfsprogs', force: ['-q'] },
  swap: { types: ['swap'], make: 'mkswap', from: 'util-linux', force: ['-f'] },
  vfat: { types: ['vfat'], make: 'mkfs.vfat', from: 'dosfstools', force: [], info: 'fatresize --info "$qp_dev"', grow: ['fatresize', '-s', 'max'] },
};

const number = (text: string, pattern: RegExp): number | undefined => {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
};

const product = (a: number | undefined, b: number | undefined): number | undefined => (a === undefined || b === undefined ? undefined : a * b);

/** Bytes that a file system takes, out of what its tool says. */
export function sizeOf(fstype: string, info: string): number | undefined {
  switch (fstype) {
    case 'xfs':
      return product(number(info, /^data\s*=\s*bsize=(\d+)/m), number(info, /^data\s*=\s*bsize=\d+\s+blocks=(\d+)/m));
    case 'btrfs':
      return number(info, /Device size:\s*(\d+)/);
    case 'f2fs':
      return product(number(info, /Info: sector size = (\d+)/), number(info, /Info: total FS sectors = (\d+)/));
    case 'vfat':
      return number(info, /^\s*(?:Cur size|Size):\s*(\d+)/m);
    case 'lvm':
      return number(info, /^\s*(\d+)\s*$/m);
    default:
      return product(number(info, /Block count:\s*(\d+)/), number(info, /Block size:\s*(\d+)/));
  }
}
