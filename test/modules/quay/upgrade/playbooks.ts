import { readdirSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';

/** The playbooks upgrade-<line>.yaml, each with the line it names. */
export const releasesOfPlaybooks = (): [string, string][] =>
  readdirSync('playbooks')
    .filter((name) => /^upgrade-\d/.test(name))
    .map((name) => {
      const [play] = load(readFileSync(`playbooks/${name}`, 'utf8')) as { vars: { upgrade_to: string } }[];
      return [name, play?.vars.upgrade_to ?? ''];
    });
