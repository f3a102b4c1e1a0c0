import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { QplayError } from '../../engine/error.ts';
import { type ActionOutcome, type ArgsOf, defineAction, type Host, type Options } from '../../engine/module/contract.ts';
import type { HttpResponse } from '../network/http.ts';
import { s3, s3Hint, s3Options, s3Words } from './s3.ts';

const options = {
  ...s3Options,
  bucket: { type: 'str', required: true, description: 'Bucket the probe object is put into.' },
  timeout: { type: 'int', default: 60, description: 'Seconds to wait for a store that does not answer yet; a refusal is told at once.' },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

/** In a plan nothing is written: reading the bucket's list proves address and keys. */
async function look(args: Args, host: Host): Promise<ActionOutcome> {
  const result = { bucket: args.bucket };
  try {
    const answer = await s3(host, args, 'GET', [args.bucket]);
    return answer.status === 200
      ? { status: 'ok', result }
      : { status: 'unknown', why: `The object store answers ${s3Words(answer)} for bucket ${args.bucket}`, result };
  } catch (error) {
    if (error instanceof QplayError) return { status: 'unknown', why: error.message, result };
    throw error;
  }
}

/** Why it did not work, and whether waiting may mend it: a store or balancer that has just been started. */
interface Trouble {
  readonly why: string;
  readonly hint?: string | undefined;
  readonly passing: boolean;
}

/** Puts a probe object, reads it back and takes it away, as a registry would. */
async function probe(args: Args, host: Host): Promise<Trouble | undefined> {
  const key = `qplay-probe-${randomUUID()}`;
  const store = `The object store at ${args.endpoint}`;
  const refused = (what: string, answer: HttpResponse): Trouble => ({
    why: `${store} refused to ${what} an object in bucket ${args.bucket}: ${s3Words(answer)}`,
    hint: s3Hint(answer),
    passing: answer.status === 503,
  });
  try {
    const put = await s3(host, args, 'PUT', [args.bucket, key], key);
    if (put.status >= 300) return refused('store', put);
    const got = await s3(host, args, 'GET', [args.bucket, key]);
    const gone = await s3(host, args, 'DELETE', [args.bucket, key]);
    if (got.status !== 200) return refused('give back', got);
    if (got.body.toString() !== key) return { why: `${store} gave back other bytes than were put into bucket ${args.bucket}`, passing: false };
    return gone.status >= 300 ? refused('delete', gone) : undefined;
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    const [first] = error.diagnostics;
    return { why: error.message, hint: first?.hint, passing: ['http', 'http-connect', 'http-timeout'].includes(first?.code ?? '') };
  }
}

async function run(args: Args, host: Host): Promise<ActionOutcome> {
  const result = { bucket: args.bucket };
  const end = Date.now() + args.timeout * 1000;
  for (;;) {
    const found = await probe(args, host);
    if (found === undefined) return { status: 'ok', result };
    if (!found.passing || Date.now() >= end) return { status: 'failed', why: found.why, ...(found.hint !== undefined && { hint: found.hint }), result };
    await sleep(1000, undefined, { signal: host.signal });
  }
}

export default defineAction({
  name: 's3_check',
  fqcn: ['qplay.ceph.s3_check'],
  summary: 'Proves that a bucket can be written, read and deleted from this host.',
  notes: ['Leaves nothing behind. In check mode nothing is written: the list of the bucket is read instead.'],
  options,
  returns: { bucket: 'The bucket.' },
  inCheck: 'decide',
  examples: [
    {
      title: 'Can the registry use its bucket?',
      args: { endpoint: 'http://localhost:7480', bucket: 'quay', access_key: 'KEY', secret_key: 'SECRET' },
      needs: ['ceph'],
    },
  ],
  run: (args, host, controller) => (controller.check ? look(args, host) : run(args, host)),
});
