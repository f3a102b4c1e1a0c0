import { globExpression } from '../system/facts/subset.ts';
import { textLines } from '../system/lib.ts';

export const RPM_FORMAT = '%{NAME}|%{EPOCHNUM}|%{VERSION}|%{RELEASE}|%{ARCH}\\n';

/** An installed package. */
export interface Rpm {
  readonly name: string;
  readonly epoch: string;
  readonly version: string;
  readonly release: string;
  readonly arch: string;
}

/** Lines in RPM_FORMAT; others (`package x is not installed`) are passed over. */
export function readRpms(text: string): Rpm[] {
  return textLines(text).flatMap((line) => {
    const [name, epoch, version, release, arch] = line.split('|');
    return arch === undefined ? [] : [{ name: name as string, epoch: epoch as string, version: version as string, release: release as string, arch }];
  });
}

export const evr = (rpm: Rpm): string => `${rpm.epoch === '0' ? '' : `${rpm.epoch}:`}${rpm.version}-${rpm.release}`;

/** Every way to write a package that dnf understands, as long as it names this one. */
export function isNamed(rpm: Rpm, spec: string): boolean {
  const { name, epoch, version, release, arch } = rpm;
  const forms = [
    name,
    `${name}.${arch}`,
    `${name}-${version}`,
    `${name}-${version}-${release}`,
    `${name}-${version}-${release}.${arch}`,
    `${name}-${epoch}:${version}-${release}`,
    `${name}-${epoch}:${version}-${release}.${arch}`,
    `${epoch}:${name}-${version}-${release}.${arch}`,
  ];
  const expression = globExpression(spec.replace(/\s*(==|=)\s*/, '-'));
  return forms.some((form) => expression.test(form));
}
