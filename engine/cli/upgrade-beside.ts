import type { Hop } from '../../modules/quay/upgrade/hop.ts';
import type { Seen } from './upgrade-look.ts';

/** What one upgrade of a route makes of Clair and of the workers that are here, as those before it leave them. */
export function besideText(hop: Hop, hops: readonly Hop[], { hosts }: Seen): readonly string[] {
  const gone = hops.slice(0, hops.indexOf(hop)).some(({ clair }) => clair.replaces);
  const has = (part: string): string[] => hosts.filter(({ units }) => units.some((one) => one.part === part)).map(({ host }) => host);
  const [two, four] = [has('clair2'), has('clair4')];
  const postgresql = hosts.find(({ clair_postgresql }) => clair_postgresql.version !== undefined);
  const { clair_postgresql: wanted } = hop.services;
  const older = wanted.changes && postgresql !== undefined && Number(postgresql.clair_postgresql.version) < Number(wanted.to);
  return [
    ...(hop.clair.replaces && two.length > 0 && !gone ? [`Clair 2 on ${two.join(', ')} gives way to Clair 4, which scans every image anew`] : []),
    ...(four.length > 0 || (two.length > 0 && gone) ? [`Clair on ${[...new Set([...four, ...two])].join(', ')} gets ${hop.images.clair}`] : []),
    ...(two.length > 0 && !hop.clair.replaces ? [`Clair 2 on ${two.join(', ')} gets ${hop.images.clair || 'no new image'}`] : []),
    ...(older && four.length > 0 ? [`Clair's PostgreSQL on ${postgresql.host} gets ${wanted.image}, with what it has`] : []),
    ...(has('mirror').length > 0 ? [`workers on ${has('mirror').join(', ')} get ${hop.images.quay}`] : []),
    ...(has('builder').length > 0 ? [`builders on ${has('builder').join(', ')} get ${hop.images.builder}`] : []),
  ];
}
