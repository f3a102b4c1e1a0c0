import { randomUUID } from 'node:crypto';
import { QplayError } from '../../engine/error.ts';
import { type ActionOutcome, type ArgsOf, defineAction, type Host, type Options } from '../../engine/module/contract.ts';
import type { HttpResponse } from '../network/http.ts';
import { s3, s3Hint, s3Options, s3Words } from './s3.ts';

const options = {
  ...s3Options,
  bucket: { type: 'str', required: true, description: 'Bucket the probe object is put into.' },
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

/** Puts a probe object, reads it back and takes it away, as a registry would. */
async function run(args: Args, host: Host): Promise<ActionOutcome> {
  const key = `qplay-probe-${randomUUID()}`;
  const result = { bucket: args.bucket };
  const bad = (what: string, answer: HttpResponse): ActionOutcome => {
    const hint = s3Hint(answer);
    return {
      status: 'failed',
      why: `The object store at ${args.endpoint} refused to ${what} an object in bucket ${args.bucket}: ${s3Words(answer)}`,
      ...(hint !== undefined && { hint }),
      result,
    };
  };
  try {
    const put = await s3(host, args, 'PUT', [args.bucket, key], key);
    if (put.status >= 300) return bad('store', put);
    const got = await s3(host, args, 'GET', [args.bucket, key]);
    const gone = await s3(host, args, 'DELETE', [args.bucket, key]);
    if (got.status !== 200) return bad('give back', got);
    if (got.body.toString() !== key)
      return { status: 'failed', why: `The object store at ${args.endpoint} gave back other bytes than were put into bucket ${args.bucket}`, result };
    if (gone.status >= 300) return bad('delete', gone);
  } catch (error) {
    if (error instanceof QplayError)
      return { status: 'failed', why: error.message, ...(error.diagnostics[0]?.hint !== undefined && { hint: error.diagnostics[0].hint }), result };
    throw error;
  }
  return { status: 'ok', result };
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
