import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HAPROXY, type Play } from './task.ts';
import { plays } from './workloads.ts';
import { ansibleInventory, ansiblePlay } from './write-ansible.ts';
import { plainTemplate, pyinfraDeploy, pyinfraInventory } from './write-pyinfra.ts';

export interface Places {
  /** Where the generated files go. */
  readonly out: string;
  /** Folder of the fleet: keys and known_hosts. */
  readonly fleet: string;
  /** Folder of the bench's own files. */
  readonly here: string;
}

/** Writes every workload for every engine. */
export function generate(places: Places, hosts: number, names: readonly string[]): void {
  const { out, fleet, here } = places;
  const template = readFileSync(join(here, 'templates/haproxy.cfg.j2'), 'utf8');
  put(join(out, 'templates/haproxy.cfg.j2'), template);
  put(join(out, 'templates-pyinfra/haproxy.cfg.j2'), plainTemplate(template));
  put(join(out, 'inventory.yml'), ansibleInventory(hosts, fleet));
  put(join(out, 'inventory.pyinfra.py'), pyinfraInventory(hosts, fleet));
  const big = join(out, 'big.bin');
  if (names.includes('w6')) writeFileSync(big, Buffer.concat(Array.from({ length: 100 }, () => randomBytes(1 << 20))));
  for (const play of Object.values(plays(big))) writePlay(out, play);
}

function writePlay(out: string, play: Play): void {
  put(join(out, `${play.name}.yml`), ansiblePlay(play));
  put(join(out, `${play.name}.pyinfra.py`), pyinfraDeploy(play, join(out, 'templates-pyinfra')));
  put(join(out, `${play.name}.floor.json`), JSON.stringify({ ...play, haproxy: HAPROXY }));
}

function put(file: string, text: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}
