import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inputError } from '../error.ts';
import { settings } from '../load/settings.ts';
import type { Parsed } from './flags.ts';

type Value = Parsed['values'][string];

/** The value of a flag that takes one. */
export const text = (value: Value): string | undefined => (typeof value === 'string' ? value : undefined);

/** The values of a flag that may be repeated. */
export const texts = (value: Value): string[] => (Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : []);

/** Comma lists and repeated flags as one list. */
export const split = (values: readonly string[]): string[] =>
  values
    .flatMap((one) => one.split(','))
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** How often a flag without a value was given. */
export const count = (value: Value): number => (Array.isArray(value) ? value.length : value ? 1 : 0);

/** An object of one member, or of none where there is no value. */
export const optional = <K extends string>(key: K, value: string | undefined): { [P in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: string });

export function number(name: string, value: Value, otherwise: number): number {
  if (value === undefined) return otherwise;
  const parsed = Number(value);
  if (Number.isInteger(parsed) && parsed > 0) return parsed;
  throw inputError('flag', `--${name} needs a whole number above 0, and this is "${String(value)}"`);
}

/** The first line of a password file. */
export function fileText(value: Value): string | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return readFileSync(resolve(value), 'utf8').replace(/\r?\n$/, '');
  } catch {
    throw inputError('missing-file', `there is no password file "${value}"`);
  }
}

/** Inventories as given, or from the environment, or where this project or the system keeps one. */
export function inventories(given: readonly string[]): readonly string[] {
  if (given.length > 0) return given;
  const set = settings().paths('DEFAULT_HOST_LIST');
  if (set !== undefined && set.length > 0) return set;
  const usual = ['hosts', 'hosts.yaml', 'hosts.yml', 'hosts.ini'].map((file) => join('inventory', file));
  const found = [...usual, '/etc/ansible/hosts'].find((file) => existsSync(file) && statSync(file).isFile());
  return found === undefined ? [] : [found];
}
