import { QplayError } from '../../engine/error.ts';
import { type ArgsOf, type AskPlan, defineAsk, type Host, type Options } from '../../engine/module/contract.ts';
import { failure } from '../network/failure.ts';
import type { HttpResponse } from '../network/http.ts';
import { s3, s3Hint, s3Options, s3Words } from './s3.ts';

const options = {
  ...s3Options,
  name: {
    type: 'str',
    required: true,
    aliases: ['bucket'],
    pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
    patternHint: '3 to 63 of a-z, 0-9, . and -',
    description: 'Name of the bucket.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    description: 'Whether the bucket exists. One with objects in it is not taken away.',
  },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;
type State = { readonly answer: HttpResponse } | { readonly unreachable: string };

/** Asks for the list of one object: unlike HEAD, a refusal then has a body that says why. */
async function ask(args: Args, host: Host): Promise<State> {
  try {
    return { answer: await s3(host, args, 'GET', [args.name]) };
  } catch (error) {
    if (error instanceof QplayError && error.diagnostics.some(({ code }) => ['http-connect', 'http-timeout', 'http'].includes(code)))
      return { unreachable: error.message };
    throw error;
  }
}

function plan(args: Args, state: State): AskPlan {
  if ('unreachable' in state)
    return { is: 'premature', why: `The object store does not answer: ${state.unreachable}`, hint: 'Is the gateway running, and its port open to this host?' };
  const { answer } = state;
  const label = `bucket ${args.name}`;
  const result = { name: args.name };
  if (answer.status === 503) return { is: 'premature', why: `The object store is not ready: ${s3Words(answer)}` };
  if (answer.status !== 200 && answer.status !== 404) {
    const hint = s3Hint(answer) ?? (answer.status === 403 ? 'The bucket may belong to somebody else.' : undefined);
    return { is: 'impossible', why: `The object store answered ${s3Words(answer)} for ${label}`, ...(hint !== undefined && { hint }) };
  }
  const exists = answer.status === 200;
  if (exists === (args.state === 'present')) return { is: 'right', result };
  return {
    is: 'wrong',
    diff: [{ label, before: { exists }, after: { exists: !exists } }],
    act: (host) => change(args, host),
    result,
  };
}

async function change(args: Args, host: Host): Promise<void> {
  const answer = await s3(host, args, args.state === 'present' ? 'PUT' : 'DELETE', [args.name]);
  if (answer.status >= 300)
    throw failure(
      's3',
      `The object store refused to ${args.state === 'present' ? 'make' : 'remove'} bucket ${args.name}: ${s3Words(answer)}`,
      undefined,
      s3Hint(answer),
    );
}

export default defineAsk<typeof options, State>({
  name: 's3_bucket',
  fqcn: ['amazon.aws.s3_bucket', 'qplay.ceph.s3_bucket'],
  summary: 'Keeps a bucket of an S3 object store.',
  notes: [
    'Speaks from the control node over a connection made from the managed host, so nothing needs to be installed there.',
    'Path style; Signature Version 4.',
  ],
  source: 'docs.aws.amazon.com, Amazon S3 API: CreateBucket, ListObjects, DeleteBucket',
  options,
  returns: { name: 'Name of the bucket.' },
  examples: [
    {
      title: "The registry's bucket",
      args: { endpoint: 'http://localhost:7480', name: 'example', access_key: 'EXAMPLEACCESSKEY0003', secret_key: 'example3secret0example0secret0example000' },
      given:
        'radosgw-admin user rm --uid example3 --purge-data >/dev/null 2>&1; radosgw-admin user create --uid example3 --display-name Example --access-key EXAMPLEACCESSKEY0003 --secret-key example3secret0example0secret0example000 >/dev/null',
      needs: ['ceph'],
    },
  ],
  ask,
  plan,
});
