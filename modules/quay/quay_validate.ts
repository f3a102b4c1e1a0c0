import { type ActionOutcome, type ArgsOf, defineAction, type Host, type Options, sh } from '../../engine/module/contract.ts';
import { lastWords, notReady, readiness, runArguments, STACK } from './container.ts';

const options = {
  image: { type: 'str', required: true, description: 'The image that is to run with this configuration; it must be on the host already.' },
  config_dir: { type: 'path', default: '/mnt/quay/config', description: 'Folder on the host with config.yaml and the certificate.' },
  mode: { type: 'str', choices: ['online', 'offline'], default: 'online', description: '`online` also connects to the database, Redis and the object store.' },
  env: { type: 'dict', default: {}, description: 'Environment of the container; no secrets.' },
  volumes: { type: 'list', elements: 'str', default: [], description: 'Further volumes, as podman takes them.' },
  timeout: { type: 'int', default: 120, description: 'Seconds it may take.' },
} as const satisfies Options;

async function run(args: ArgsOf<typeof options>, host: Host, check: boolean): Promise<ActionOutcome> {
  const early = notReady(await readiness(host, args.image, args.config_dir), args.image, args.config_dir);
  if (early !== undefined) return check ? { status: 'unknown', why: early } : { status: 'failed', why: early };
  const ran = await host.run(sh`podman run --rm ${runArguments(args)} ${args.image} config-tool validate -c ${STACK} --mode ${args.mode}`, {
    timeout: args.timeout,
  });
  const report = lastWords(ran.stdout + ran.stderr, 60);
  if (ran.code === 0) return { status: 'ok', result: { report } };
  // the configuration a plan finds is the old one, and the services it names may be part of what is still to be made
  if (check) return { status: 'unknown', why: 'The configuration that is there now is not accepted', result: { report } };
  return {
    status: 'failed',
    why: `The image refuses its configuration (exit ${ran.code}):\n${report}`,
    hint: `It was read from ${args.config_dir} on this host.`,
    result: { report },
  };
}

export default defineAction({
  name: 'quay_validate',
  fqcn: ['qplay.quay.quay_validate'],
  summary: 'Has an image judge the configuration it is to run with.',
  notes: ['Changes nothing: one throw-away container of the image, with its own config-tool.'],
  source: "config-tool validate, in Quay's image",
  options,
  returns: { report: 'What config-tool printed.' },
  inCheck: 'decide',
  examples: [{ title: 'Before the first start', args: { image: 'registry.redhat.io/quay/quay-rhel8:v3.12.0' }, needs: ['quay'] }],
  run: (args, host, controller) => run(args, host, controller.check),
});
