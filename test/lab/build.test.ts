import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { home, inLab, LAB } from './bash.ts';

let place: ReturnType<typeof home>;
beforeEach(() => {
  place = home();
  mkdirSync(`${place.path}/base/log`, { recursive: true });
});
afterEach(() => place[Symbol.dispose]());

const stages = (): string[] =>
  readdirSync(`${place.path}/base`)
    .filter((name) => name !== 'log')
    .sort();

describe('a stage of the build', () => {
  it('is made once, and again when an input changes', () => {
    const text = (word: string): string => `b() { echo made >$1/it; echo x >>${place.path}/count; }; stage one "a thing" b ${word}; make_stages one`;
    for (const word of ['same', 'same', 'other']) expect(inLab(text(word), { home: place.path }).code).toBe(0);
    expect(readFileSync(`${place.path}/count`, 'utf8')).toBe('x\nx\n');
    expect(stages()).toHaveLength(2);
  });

  it('has another name when a file of its input changes', () => {
    const digest = (text: string): string => {
      writeFileSync(`${place.path}/input`, text);
      return inLab(`LAB_DIR=${place.path}; b() { :; }; stage_digest b input`, { home: place.path }).out;
    };
    expect(digest('one')).toBe(digest('one'));
    expect(digest('one')).not.toBe(digest('two'));
  });

  it('leaves nothing under its name when it fails, and shows the last words', () => {
    const said = inLab('b() { echo "disk on fire"; false; echo on; }; stage one "a thing" b; make_stages one', { home: place.path });
    expect(said.code).toBe(1);
    expect(said.err).toContain('lab: this step failed: a thing');
    expect(said.err).toContain('| disk on fire');
    expect(said.err).not.toContain('| on\n');
    expect(stages().every((name) => name.endsWith('.part'))).toBe(true);
  });

  it('goes on after a kill as if nothing had been', () => {
    const text = (last: string): string => `b() { touch $1/half; ${last}; touch $1/whole; }; stage one "a thing" b`;
    inLab(`${text('kill -9 $BASHPID')}; make_stages one`, { home: place.path });
    expect(stages().some((name) => !name.endsWith('.part'))).toBe(false);
    inLab(`${text('true')}; make_stages one; prune_stages`, { home: place.path });
    expect(stages()).toHaveLength(1);
    expect(readdirSync(`${place.path}/base/${stages()[0]}`).sort()).toEqual(['half', 'whole']);
  });

  it('is kept while a disk stands on it', () => {
    mkdirSync(`${place.path}/base/hosts-0123456789ab`);
    mkdirSync(`${place.path}/base/hosts-ba9876543210`);
    mkdirSync(`${place.path}/other/h/db01`, { recursive: true });
    writeFileSync(`${place.path}/other/h/db01/lower`, `${place.path}/base/hosts-0123456789ab/diff:${place.path}/base/root\n`);
    inLab('prune_stages', { home: place.path });
    expect(stages()).toEqual(['hosts-0123456789ab']);
  });
});

describe('an image in the registry', () => {
  const sha = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
  const blob = (digest: string): Buffer => {
    const hex = digest.replace('sha256:', '');
    const data = readFileSync(`${place.path}/reg/docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`);
    expect(sha(data)).toBe(hex);
    return data;
  };
  const link = (path: string): string => readFileSync(`${place.path}/reg/docker/registry/v2/repositories/${path}/link`, 'utf8');

  it('has a manifest, a configuration and layers that all bear their digests', () => {
    for (const layer of ['base', 'own']) {
      mkdirSync(`${place.path}/${layer}/root/etc`, { recursive: true });
      mkdirSync(`${place.path}/${layer}/out`);
      writeFileSync(`${place.path}/${layer}/root/etc/${layer}`, layer);
    }
    const said = inLab(
      `for l in base own; do tar_layer ${place.path}/$l/root ${place.path}/$l/out; done
       STAGE_image_base=${place.path}/base/out REGISTRY_ROOT=${place.path}/reg/docker/registry/v2
       put_layers quay/quay-rhel8 ${place.path}/own/out
       write_image quay/quay-rhel8 v3.8.0 "$(image_config ${LAB}/images/quay/config.json quay/quay-rhel8 v3.8.0 1001 8080 8443)" ${place.path}/own/out`,
      { home: place.path },
    );
    expect(said).toMatchObject({ code: 0, err: '' });
    const manifest = JSON.parse(blob(link('quay/quay-rhel8/_manifests/tags/v3.8.0/current')).toString());
    const config = JSON.parse(blob(manifest.config.digest).toString());
    expect(config.config).toMatchObject({ User: '1001', Cmd: ['registry'] });
    expect(Object.keys(config.config.ExposedPorts)).toEqual(expect.arrayContaining(['8080/tcp', '8443/tcp']));
    expect(config.config.Env).toContain('QUAY_VERSION=v3.8.0');
    expect(config.config.Labels.summary).toMatch(/^STAND-IN for Red Hat Quay v3\.8\.0/);
    expect(manifest.layers).toHaveLength(2);
    for (const [position, layer] of manifest.layers.entries()) {
      const data = blob(layer.digest);
      expect(data).toHaveLength(layer.size);
      expect(`sha256:${sha(gunzipSync(data))}`).toBe(config.rootfs.diff_ids[position]);
      expect(link(`quay/quay-rhel8/_layers/sha256/${layer.digest.slice(7)}`)).toBe(layer.digest);
    }
  });
});

it('every program of the lab is executable, every part is not', () => {
  const mode = (path: string): number => statSync(`${LAB}/${path}`).mode & 0o111;
  for (const path of ['lab', 'demo.sh', 'lib/serve.sh', 'lib/supervise.sh', 'repo/make-packages']) expect(mode(path), path).not.toBe(0);
  for (const path of ['lib/conf.sh', 'build/stage.sh']) expect(mode(path), path).toBe(0);
});
