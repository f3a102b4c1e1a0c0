import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { didYouMean } from '../../engine/error.ts';
import { crossFindings } from './rules.ts';
import { eraOf, fieldsOf, inEra, minorOf, schemaOf } from './schema/schema.ts';
import type { Config, Finding } from './schema/types.ts';

/**
 * Everything that is wrong or doubtful about a configuration for a release: schema, unknown fields, rules between fields.
 * Numbers and booleans that came as text out of a template are put right in `config`.
 */
export function findingsOf(config: Record<string, unknown>, version: string, how: { readonly ha: boolean; readonly settingUp: boolean }): Finding[] {
  // before ajv: its coercion would turn a number into the text that a secret should have been
  const secrets = crossFindings(config, version, how).filter(({ message }) => message.includes(', not text:'));
  const schema = schemaFindings(config, version);
  const cross = crossFindings(config, version, how);
  return unique([...secrets, ...schema, ...unknownFindings(config, version), ...cross]);
}

const validators = new Map<string, ValidateFunction>();

/** Compiling takes some 100 ms, and every host of a run has the same release. */
function validator(minor: string): ValidateFunction {
  const known = validators.get(minor);
  if (known !== undefined) return known;
  const made = new Ajv2020({ allErrors: true, strict: false, coerceTypes: true }).compile(schemaOf(minor));
  validators.set(minor, made);
  return made;
}

function schemaFindings(config: Record<string, unknown>, version: string): Finding[] {
  const check = validator(minorOf(version));
  if (check(config)) return [];
  return (check.errors ?? []).filter(({ keyword }) => !['if', 'anyOf', 'allOf'].includes(keyword)).map(findingOf);
}

/** `/BUILDLOGS_REDIS/port must be integer` to a sentence. */
function findingOf(problem: ErrorObject): Finding {
  const path = problem.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
  const message = (text: string): Finding => ({ severity: 'error', field: path, message: text });
  switch (problem.keyword) {
    case 'required': {
      const field = [path, (problem.params as { missingProperty: string }).missingProperty].filter(Boolean).join('.');
      return { severity: 'error', field, message: `${field} is missing` };
    }
    case 'enum':
      return message(`${path} must be one of ${(problem.params as { allowedValues: unknown[] }).allowedValues.join(', ')}`);
    case 'const':
      return message(`${path} must be ${JSON.stringify((problem.params as { allowedValue: unknown }).allowedValue)}`);
    case 'pattern':
      return message(patternSentence(path, (problem.params as { pattern: string }).pattern));
    default:
      return message(`${path} ${problem.message ?? 'is not valid'}`);
  }
}

function patternSentence(path: string, pattern: string): string {
  if (pattern.includes('w|m|d|h|s')) return `${path} must be a time such as 2w, 1d or 30m`;
  if (path === 'SERVER_HOSTNAME') return `${path} must be a host name, with a port if need be, and no scheme: quay.example.com`;
  return `${path} must match ${pattern}`;
}

function unknownFindings(config: Config, version: string): Finding[] {
  return Object.keys(config).flatMap((field): Finding[] => {
    const era = eraOf(field);
    if (era === undefined)
      return [{ severity: 'warning', field, message: `Quay ${minorOf(version)} knows no field ${field}.${didYouMean(field, fieldsOf(version))}` }];
    if (inEra(era, version)) return [];
    const when =
      era.until !== undefined && !inEra({ type: era.type, since: '3.2', until: era.until }, version) ? `gone after ${era.until}` : `new in ${era.since}`;
    return [{ severity: 'warning', field, message: `Quay ${minorOf(version)} does not use ${field}: ${when}` }];
  });
}

function unique(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ field, severity, message }) => {
    const id = `${severity} ${field} ${message}`;
    return seen.has(id) ? false : seen.add(id) !== undefined;
  });
}
