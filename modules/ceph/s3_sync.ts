import { type ActionOutcome, type ArgsOf, type Controller, defineAction, type Host, type Options, sh } from '../../engine/module/contract.ts';
import { failure } from '../network/failure.ts';
import { COPIER } from './copier.ts';
import { s3, s3Hint, s3Options, s3Url, s3Words } from './s3.ts';
import { presign } from './sigv4.ts';

const options = {
  ...s3Options,
  bucket: { type: 'str', required: true, description: 'The bucket.' },
  dir: { type: 'path', required: true, description: 'The folder on the host; it must be there.' },
  direction: {
    type: 'str',
    choices: ['to_folder', 'to_bucket'],
    default: 'to_folder',
    description: 'Which way objects are copied: those that the other side lacks, or has in another size. Nothing is deleted.',
  },
  image: { type: 'str', required: true, description: 'Image on the host whose Python copies; that of Quay has one.' },
  index: {
    type: 'path',
    description:
      'File on the host with a line for each object: SHA-256, ETag, size, name. Written with to_folder; with to_bucket it says which objects are sent, and a file that is not of its checksum is not.',
  },
  timeout: { type: 'int', default: 86400, description: 'Seconds the whole copy may take.' },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

/** An object or a file. */
interface Thing {
  readonly key: string;
  readonly size: number;
  /** Of the content, where it is known. */
  readonly sha256?: string;
  /** What the store calls this content; the MD5 of what came in one request. */
  readonly etag?: string;
}

type Things = ReadonlyMap<string, Thing>;

const plainText = (text: string): string =>
  text.replace(/&(lt|gt|quot|apos|amp|#x?[0-9a-fA-F]+);/g, (_, name: string) => {
    const known: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
    if (name.startsWith('#')) return String.fromCodePoint(name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
    return known[name] as string;
  });

/** One page of the list of a bucket (ListObjectsV2). */
export function readPage(xml: string): { readonly objects: Things; readonly next: string | undefined } {
  const objects = new Map<string, Thing>();
  for (const [, entry] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
    const key = /<Key>(.*?)<\/Key>/s.exec(entry as string)?.[1];
    const size = /<Size>(\d+)<\/Size>/.exec(entry as string)?.[1];
    const etag = /<ETag>(?:&quot;|")?([^<&"]*)(?:&quot;|")?<\/ETag>/.exec(entry as string)?.[1];
    if (key !== undefined && size !== undefined) objects.set(plainText(key), { key: plainText(key), size: Number(size), ...(etag && { etag }) });
  }
  const truncated = /<IsTruncated>true<\/IsTruncated>/.test(xml);
  const token = /<NextContinuationToken>(.*?)<\/NextContinuationToken>/s.exec(xml)?.[1];
  return { objects, next: truncated && token !== undefined ? plainText(token) : undefined };
}

async function inBucket(args: Args, host: Host): Promise<Things> {
  const found = new Map<string, Thing>();
  let next: string | undefined;
  do {
    const answer = await s3(host, args, 'GET', [args.bucket], '', { 'list-type': '2', ...(next !== undefined && { 'continuation-token': next }) });
    if (answer.status !== 200) throw failure('s3-list', `The bucket ${args.bucket} cannot be listed: ${s3Words(answer)}`, undefined, s3Hint(answer));
    const page = readPage(answer.body.toString('utf8'));
    for (const [key, thing] of page.objects) found.set(key, thing);
    next = page.next;
  } while (next !== undefined);
  return found;
}

/** What the copier says of one object. */
interface Line extends Thing {
  readonly error?: string;
}

/** Runs the copier in a container; the folder is mounted where it looks. */
async function copier(args: Args, host: Host, task: object, writable: boolean): Promise<readonly Line[]> {
  const input = await host.upload(JSON.stringify({ verify: args.validate_certs, ...task }));
  const mount = `${args.dir}:/objects:${writable ? 'z' : 'ro,z'}`;
  const ran = await host.run(
    sh`podman run --rm -i --pull never --network host --user 0 --volume ${mount} --entrypoint python3 ${args.image} -c ${COPIER} <${input}`,
    { timeout: args.timeout },
  );
  if (ran.code !== 0) throw failure('s3-sync', `The copier failed with exit code ${ran.code}`, ran.stderr.trim().split('\n').slice(-5).join('\n'));
  return ran.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

/** Whether both are one content, as far as is known: an ETag with a dash is of a way to upload and not of the content. */
function same(a: Thing, b: Thing | undefined): boolean {
  if (b === undefined || a.size !== b.size) return false;
  const tags = [a.etag, b.etag];
  return tags.some((one) => one === undefined || one === '' || one === '-' || one.includes('-')) || a.etag === b.etag;
}

/** Names that one side has and the other lacks, or has otherwise. */
const missing = (from: Things, to: Things): string[] =>
  [...from.values()]
    .filter((one) => !same(one, to.get(one.key)))
    .map(({ key }) => key)
    .sort();

const sum = (things: Things): number => [...things.values()].reduce((bytes, { size }) => bytes + size, 0);

async function run(args: Args, host: Host, controller: Controller): Promise<ActionOutcome> {
  const ready = await host.run(sh`[ -d ${args.dir} ] || { echo "the folder ${args.dir} is not there"; exit 0; }
podman image exists ${args.image} 2>/dev/null || echo "the image ${args.image} is not on this host"`);
  const why = ready.stdout.trim();
  if (why !== '') return controller.check ? { status: 'unknown', why } : { status: 'failed', why };
  return args.direction === 'to_folder' ? save(args, host, controller.check) : bring(args, host, controller.check);
}

/** What the folder has, by name. */
async function inFolder(args: Args, host: Host): Promise<Things> {
  return new Map((await copier(args, host, { direction: 'list' }, false)).map((line) => [line.key, line]));
}

async function save(args: Args, host: Host, check: boolean): Promise<ActionOutcome> {
  const [bucket, folder] = [await inBucket(args, host), await inFolder(args, host)];
  const wanted = missing(bucket, folder);
  const result = { objects: bucket.size, bytes: sum(bucket), copied: wanted.length };
  const diff = wanted.length > 0 ? [{ label: `objects in ${args.dir}`, before: { missing: wanted.length }, after: { missing: 0 } }] : [];
  if (check) return { status: wanted.length > 0 ? 'changed' : 'ok', result, diff };
  const done = wanted.length > 0 ? await copy(args, host, wanted, bucket) : [];
  if (!Array.isArray(done)) return done as ActionOutcome;
  const fresh = new Map(done.map((line: Line) => [line.key, line]));
  const written =
    args.index !== undefined &&
    (await writeIndex(
      args.index,
      host,
      indexText(bucket, (key) => (fresh.get(key) ?? folder.get(key))?.sha256),
    ));
  return { status: wanted.length > 0 || written ? 'changed' : 'ok', result, diff };
}

const indexText = (objects: Things, sha256: (key: string) => string | undefined): string =>
  [...objects.keys()]
    .sort()
    .map((key) => `${sha256(key) || '-'} ${objects.get(key)?.etag || '-'} ${objects.get(key)?.size} ${key}\n`)
    .join('');

/** Whether the file was not so before. */
async function writeIndex(path: string, host: Host, text: string): Promise<boolean> {
  const fresh = await host.upload(text);
  const ran = await host.run(sh`cmp -s ${fresh} ${path} && exit 0
umask 077; cp ${fresh} ${`${path}.part`} && mv -f ${`${path}.part`} ${path} && echo written`);
  if (ran.code !== 0) throw failure('s3-sync', `${path} cannot be written`, ran.stderr.trim());
  return ran.stdout.includes('written');
}

/** Names, sizes and checksums of an index. */
export function readIndex(text: string): Things {
  const found = new Map<string, Thing>();
  for (const line of text.split('\n')) {
    const [, sha256, etag, size, key] = /^([0-9a-f]{64}|-) (\S+) (\d+) (.+)$/.exec(line) ?? [];
    if (key !== undefined)
      found.set(key, { key, size: Number(size), ...(etag !== '-' && { etag: etag as string }), ...(sha256 !== '-' && { sha256: sha256 as string }) });
  }
  return found;
}

async function bring(args: Args, host: Host, check: boolean): Promise<ActionOutcome> {
  const [bucket, folder] = [await inBucket(args, host), await inFolder(args, host)];
  const index = args.index === undefined ? folder : readIndex((await host.download(args.index)).toString('utf8'));
  const lost = missing(index, folder);
  if (lost.length > 0) return { status: 'failed', why: `${lost.length} objects are not in ${args.dir} as they were saved, the first being ${lost[0]}` };
  const wanted = missing(index, bucket);
  const result = { objects: index.size, bytes: sum(index), copied: wanted.length };
  const diff = [{ label: `objects in the bucket ${args.bucket}`, before: { missing: wanted.length }, after: { missing: 0 } }];
  if (wanted.length === 0) return { status: 'ok', result };
  if (check) return { status: 'changed', result, diff };
  const done = await copy(args, host, wanted, index);
  return Array.isArray(done) ? { status: 'changed', result, diff } : (done as ActionOutcome);
}

/** Copies these objects; the outcome of a failure when one of them could not be. */
async function copy(args: Args, host: Host, keys: readonly string[], known: Things): Promise<Line[] | ActionOutcome> {
  const lines = await copier(args, host, { direction: args.direction, jobs: keys.map((key) => job(args, key, known.get(key))) }, true);
  const wrong = lines.filter(({ error }) => error !== undefined);
  if (wrong.length === 0 && lines.length === keys.length) return [...lines];
  return {
    status: 'failed',
    why: `${keys.length - lines.length + wrong.length} of ${keys.length} objects were not copied; ${wrong[0]?.key}: ${wrong[0]?.error}`,
  };
}

/** Address that lets the host fetch or store one object, and nothing else. */
function job(args: Args, key: string, known: Thing | undefined): object {
  const method = args.direction === 'to_folder' ? 'GET' : 'PUT';
  const signed = { method, url: s3Url(args, [args.bucket, key]), accessKey: args.access_key, secretKey: args.secret_key, region: args.region, now: new Date() };
  return { key, url: presign(signed, Math.min(args.timeout, 604_800)), sha256: known?.sha256, etag: known?.etag };
}

export default defineAction({
  name: 's3_sync',
  fqcn: ['qplay.ceph.s3_sync'],
  summary: 'Copies the objects of a bucket into a folder of the host, or back.',
  notes: [
    'Host and store speak to each other: a throw-away container copies, eight objects at a time, with addresses that are good for these objects only. The keys stay on the control node.',
    'Objects are told apart by name, size and, where it is of the content, ETag. Every file that is written is read for its SHA-256, every object that is stored compared with what the store says of it.',
    'One request an object: a store that takes no more than 5 GB in one refuses larger ones.',
  ],
  options,
  returns: {
    objects: 'How many objects the source has.',
    bytes: 'Their size.',
    copied: 'How many were copied, or would be.',
  },
  inCheck: 'decide',
  examples: [
    {
      title: 'Keep the objects of a registry',
      args: {
        endpoint: 'http://db01:7480',
        access_key: 'key',
        secret_key: 'secret',
        bucket: 'quay',
        dir: '/var/lib/qplay/backup/objects',
        image: 'registry.redhat.io/quay/quay-rhel8:v3.12.0',
      },
      needs: ['ceph'],
      untested: 'needs a bucket and the image of Quay; test/e2e copies one out and back',
    },
  ],
  run,
});
