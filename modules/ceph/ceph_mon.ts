import { createHash } from 'node:crypto';
import { type ArgsOf, defineModule, lines, type Observed, type Options, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { section, sectionOf, sections } from '../sections.ts';
import { ceph, missingTool } from './cluster.ts';
import { cephxKey, keyring } from './keys.ts';

const ADMIN = '/etc/ceph/ceph.client.admin.keyring';
const BOOTSTRAP = '/var/lib/ceph/bootstrap-osd/ceph.keyring';

const options = {
  name: { type: 'str', required: true, pattern: '^[\\w.-]+$', patternHint: 'a host name', description: 'Id of the monitor, usually the short host name.' },
  fsid: {
    type: 'str',
    required: true,
    pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
    patternHint: 'a UUID in lower case',
    description: 'Id of the cluster; the same on every host, for ever.',
  },
  secret: {
    type: 'str',
    required: true,
    secret: true,
    description: 'The cluster secret; the keys of the monitors, of client.admin and of client.bootstrap-osd are derived from it.',
  },
  members: {
    type: 'dict',
    required: true,
    description: 'The first monitors: id and address, such as `{ceph01: 192.0.2.31}`. Later ones join through the running monitors.',
  },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

/** The three keyrings that every host of a cluster begins with. */
function keyrings(secret: string): { admin: string; bootstrap: string; mon: string } {
  const admin = { entity: 'client.admin', key: cephxKey(secret, 'client.admin'), caps: { mds: 'allow *', mgr: 'allow *', mon: 'allow *', osd: 'allow *' } };
  const bootstrap = {
    entity: 'client.bootstrap-osd',
    key: cephxKey(secret, 'client.bootstrap-osd'),
    caps: { mgr: 'allow r', mon: 'profile bootstrap-osd' },
  };
  const mon = { entity: 'mon.', key: cephxKey(secret, 'mon.'), caps: { mon: 'allow *' } };
  return { admin: keyring([admin]), bootstrap: keyring([bootstrap]), mon: keyring([mon, admin, bootstrap]) };
}

const dataOf = (name: string): string => `/var/lib/ceph/mon/ceph-${name}`;

function probe({ name }: Args): Script {
  const digest = (path: string): Script => sh`if [ -e ${path} ]; then sha256sum < ${path} | cut -c1-64; else echo absent; fi`;
  const store = sh`
    d=${dataOf(name)}
    if [ -e "$d/ceph_fsid" ]; then cat "$d/ceph_fsid"
    elif [ -e "$d/store.db" ]; then
      timeout 5 ceph --admin-daemon ${`/run/ceph/ceph-mon.${name}.asok`} mon_status 2>/dev/null | sed -n 's/.*"fsid": "\\([^"]*\\)".*/\\1/p' | head -n 1 | grep . || echo unknown
    else echo absent; fi`;
  return lines(
    section('tool', missingTool('ceph-mon', 'ceph-authtool', 'monmaptool')),
    section('conf', sh`sed -n 's/^[[:space:]]*fsid[[:space:]]*=[[:space:]]*//p' /etc/ceph/ceph.conf 2>/dev/null`),
    section('store', store),
    section('admin', digest(ADMIN)),
    section('bootstrap', digest(BOOTSTRAP)),
  );
}

function plan(args: Args, seen: Observed): Plan {
  const found = sections(seen.stdout);
  const text = (name: string): string => sectionOf(found, name).text.trim();
  if (text('tool') !== '') return { is: 'premature', why: `${text('tool')} is not installed`, hint: 'Install the Ceph packages first (role ceph).' };
  const store = text('store');
  const refusal = otherCluster(args, store, text('conf'));
  if (refusal !== undefined) return refusal;
  const rings = keyrings(args.secret);
  const stale = store === 'absent' ? foreignKeyring(rings, text('admin'), text('bootstrap')) : undefined;
  if (stale !== undefined) return stale;
  const todo = { store: store === 'absent', admin: text('admin') === 'absent', bootstrap: text('bootstrap') === 'absent' };
  const result = { name: args.name, fsid: args.fsid, data: dataOf(args.name) };
  if (!todo.store && !todo.admin && !todo.bootstrap) return { is: 'right', result };
  const word = (missing: boolean): string => (missing ? 'absent' : 'present');
  return {
    is: 'wrong',
    diff: [
      {
        label: `monitor ${args.name} of cluster ${args.fsid}`,
        before: { store: word(todo.store), [ADMIN]: word(todo.admin), [BOOTSTRAP]: word(todo.bootstrap) },
        after: { store: 'present', [ADMIN]: 'present', [BOOTSTRAP]: 'present' },
      },
    ],
    apply: apply(args, todo),
    uploads: rings,
    result,
  };
}

function otherCluster({ fsid, name }: Args, store: string, conf: string): Plan | undefined {
  if (conf === '') return { is: 'premature', why: '/etc/ceph/ceph.conf names no fsid yet' };
  if (conf !== fsid) return { is: 'impossible', why: `/etc/ceph/ceph.conf is of cluster ${conf}, not ${fsid}` };
  if (store === 'absent' || store === fsid) return undefined;
  if (store === 'unknown') {
    return {
      is: 'impossible',
      why: `${dataOf(name)} was not made by qplay and its monitor is stopped, so its cluster cannot be told`,
      hint: `Start ceph-mon@${name} and run again.`,
    };
  }
  return {
    is: 'impossible',
    why: `This host's monitor belongs to cluster ${store}, not ${fsid}`,
    hint: 'Bring back the secrets folder this cluster was made with, or name its fsid; qplay never wipes a monitor.',
  };
}

/** A keyring of another cluster beside a host that has no monitor: the rest of an older try. Overwriting could lock someone out. */
function foreignKeyring(rings: { admin: string; bootstrap: string }, admin: string, bootstrap: string): Plan | undefined {
  const sum = (text: string): string => createHash('sha256').update(text).digest('hex');
  const path = admin !== 'absent' && admin !== sum(rings.admin) ? ADMIN : bootstrap !== 'absent' && bootstrap !== sum(rings.bootstrap) ? BOOTSTRAP : undefined;
  return path && { is: 'impossible', why: `${path} holds a key of another cluster`, hint: 'If that cluster is gone, move the file away and run again.' };
}

/** mkfs goes into a folder beside the real one, and the rename at the end is what makes it count: a cut before leaves nothing. */
function apply({ name, fsid, members }: Args, todo: { store: boolean; admin: boolean; bootstrap: boolean }): Script {
  const data = dataOf(name);
  const fresh = `/var/lib/ceph/mon/.qplay-${name}`;
  const monitors = Object.entries(members).flatMap(([id, address]) => ['--addv', id, addressVector(String(address))]);
  return lines(
    sh`${ceph}set -e
umask 077
qp_ceph_lock`,
    todo.admin && sh`install -m 0600 "$up_admin" ${`${ADMIN}.qplay`}; mv -f ${`${ADMIN}.qplay`} ${ADMIN}`,
    todo.bootstrap &&
      sh`install -d -o ceph -g ceph -m 0750 /var/lib/ceph/bootstrap-osd
install -o ceph -g ceph -m 0600 "$up_bootstrap" ${`${BOOTSTRAP}.qplay`}; mv -f ${`${BOOTSTRAP}.qplay`} ${BOOTSTRAP}`,
    todo.store &&
      sh`if ! [ -e ${`${data}/ceph_fsid`} ]; then
  rm -rf ${fresh} ${`${fresh}.map`}
  install -d -o ceph -g ceph -m 0750 /var/lib/ceph/mon ${fresh}
  monmaptool --create --fsid ${fsid} ${monitors} ${`${fresh}.map`}
  ceph-mon --mkfs --id ${name} --monmap ${`${fresh}.map`} --keyring "$up_mon" --mon-data ${fresh}
  printf '%s\\n' ${fsid} > ${`${fresh}/ceph_fsid`}
  chown -R ceph:ceph ${fresh}
  rm -f ${`${fresh}.map`}
  sync
  rmdir ${data} 2>/dev/null || true
  mv -T ${fresh} ${data}
fi`,
  );
}

const addressVector = (address: string): string => {
  const host = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
  return `[v2:${host}:3300,v1:${host}:6789]`;
};

export default defineModule({
  name: 'ceph_mon',
  fqcn: ['qplay.ceph.ceph_mon'],
  summary: 'Makes a Ceph monitor ready on this host: the first keyrings and the store, made once.',
  notes: [
    'Needs /etc/ceph/ceph.conf with the same fsid. The daemon itself is the unit ceph-mon@NAME.',
    'The store is made in a folder beside and renamed when it is complete. Another cluster found on the host is left alone and reported.',
  ],
  source: 'docs.ceph.com, Manual Deployment, Monitor Bootstrapping',
  options,
  returns: { name: 'Id of the monitor.', fsid: 'Id of the cluster.', data: 'Folder of the store.' },
  examples: [
    {
      title: 'The first of three monitors',
      args: {
        name: 'ceph01',
        fsid: '6b1fd9c2-0d6e-4a55-9a50-2f6f5d1c7a11',
        secret: 'correct horse battery staple',
        members: { ceph01: '192.0.2.31', ceph02: '192.0.2.32', ceph03: '192.0.2.33' },
      },
      needs: ['ceph'],
      untested: 'a lab host already belongs to the cluster of the inventory; test/modules/ceph runs it in a folder of its own',
    },
  ],
  probe,
  plan,
});
