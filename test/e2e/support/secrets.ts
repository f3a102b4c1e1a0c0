import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { onHost, SECRETS } from './lab.ts';

/** Every generated secret by the name of its file: passwords whole, of keys one line of their middle. */
export function generatedSecrets(folder: string = SECRETS): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const path of filesBelow(folder)) {
    const text = readFileSync(path, 'utf8').trim();
    const secret = text.includes('-----BEGIN') ? keyLine(text) : text.split('\n')[0];
    if (secret !== undefined && secret.length >= 12) found[path.slice(folder.length + 1)] = secret;
  }
  return found;
}

const keyLine = (text: string): string | undefined => (text.includes('PRIVATE KEY') ? text.split('\n')[1] : undefined);

export const filesBelow = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });

/** Names of the secrets that a text holds. */
export const secretsIn = (text: string, secrets = generatedSecrets()): string[] =>
  Object.keys(secrets).filter((name) => text.includes(secrets[name] as string));

/** Where a host shows a secret to somebody who should not see it: journal, `podman inspect`, files that anybody may read. */
export async function leaksOn(host: string, secrets = generatedSecrets()): Promise<string[]> {
  const out = await onHost(
    host,
    `
umask 077
cat >/run/e2e-secrets <<'SECRETS'
${Object.values(secrets).join('\n')}
SECRETS
journalctl -q --no-pager -o export -a | grep -aF -f /run/e2e-secrets | sed 's/^/journal: /' | head -n 5
if command -v podman >/dev/null; then
  for container in $(podman ps -aq); do podman inspect $container; done | grep -F -f /run/e2e-secrets | sed 's/^/podman inspect: /' | head -n 5
  podman secret ls -q 2>/dev/null | xargs -r podman secret inspect | grep -F -f /run/e2e-secrets | sed 's/^/podman secret inspect: /' | head -n 5
fi
find /etc /var /tmp /home /root /mnt /opt /srv /usr/local /run -xdev -type f -perm /044 -size -4096k -print0 | xargs -0r grep -laF -f /run/e2e-secrets |
  while read -r file; do runuser -u nobody -- test -r "$file" && echo "readable by anybody: $file"; done
rm -f /run/e2e-secrets
`,
  );
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${host} ${mask(line, secrets)}`);
}

/** A leak is told without leaking once more. */
const mask = (line: string, secrets: Readonly<Record<string, string>>): string =>
  Object.entries(secrets).reduce((text, [name, secret]) => text.replaceAll(secret, `<${name}>`), line);
