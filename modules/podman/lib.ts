import type { Observed, OptionSpec, Plan } from '../../engine/module/contract.ts';
import { raw, type Script, sh } from '../../engine/module/contract.ts';
import { complaint, type Section, sectionOf, sections } from '../sections.ts';

export const executable = {
  type: 'str',
  default: 'podman',
  description: 'The podman to run: a name in the PATH or an absolute path.',
} as const satisfies OptionSpec;

/** Ends the probe quietly when there is no podman; `absent` tells. */
export const needPodman = (podman: string): Script => sh`command -v ${podman} >/dev/null 2>&1 || { echo qp-no-podman; exit 0; }`;

/** What to say when the host has no podman; an earlier task may install it. */
export function absent(seen: Observed, podman: string): Plan | undefined {
  if (!seen.stdout.startsWith('qp-no-podman')) return undefined;
  return { is: 'premature', why: `${podman} is not installed on this host`, hint: 'Install it first, with the package module: name: podman' };
}

/** `podman X inspect` as one section: the first object of its answer, `undefined` when there is no such thing. */
export function inspected(seen: Observed, name: string): Record<string, unknown> | undefined {
  const part = sectionOf(sections(seen.stdout), name);
  if (part.code !== 0) return undefined;
  const parsed = JSON.parse(part.text.slice(Math.max(0, part.text.search(/[[{]/)))) as unknown;
  return (Array.isArray(parsed) ? parsed[0] : parsed) as Record<string, unknown> | undefined;
}

/** Why a section's command failed, or `undefined` when it did not or only said that there is no such thing. */
export function trouble(seen: Observed, name: string, notThere: RegExp): string | undefined {
  const part: Section = sectionOf(sections(seen.stdout), name);
  if (part.code === 0 || notThere.test(part.text) || notThere.test(seen.stderr)) return undefined;
  return complaint(`${seen.stderr}\n${part.text}`) || `podman ended with status ${part.code}`;
}

/** `--flag value` for a value that is given. */
export const flag = (name: string, value: string | number | undefined): Script => (value === undefined ? raw('') : sh`${name} ${value}`);

/** `registry/name:tag` of a name that may have no tag; a name with a tag or digest is taken as it is. */
export function reference(name: string, tag: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return last.includes('@') || last.includes(':') || tag === '' ? name : `${name}:${tag}`;
}

/** Registry of a reference: its first part when that looks like a host. */
export function registryOf(name: string): string {
  const first = name.split('/')[0] as string;
  return name.includes('/') && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}

/** An auth file's text that lets one user into one registry. */
export const authFile = (registry: string, username: string, password: string): string =>
  `${JSON.stringify({ auths: { [registry]: { auth: Buffer.from(`${username}:${password}`).toString('base64') } } })}\n`;
