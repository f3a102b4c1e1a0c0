// Every value a template can hold, in one place to import from.
export * from './objects.ts';
export * from './value-base.ts';
