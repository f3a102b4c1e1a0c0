import { settings } from '../load/settings.ts';
import type { LayeredScope } from '../vars/scope.ts';

/** Folder of the hosts in which `async` jobs keep their files. */
export const asyncDir = (scope: LayeredScope): string => String(scope.get('ansible_async_dir') ?? settings().text('ASYNC_DIR') ?? '~/.ansible_async');
