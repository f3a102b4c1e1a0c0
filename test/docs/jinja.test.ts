import { test } from 'vitest';
import { callablesPage, differencesPage } from '../jinja/differential/pages.ts';
import { expectPage } from './pages.ts';

// every example is run, some of them by hashing and by searching files
test('filters, tests and lookups', () => expectPage('docs/reference/jinja.md', callablesPage()), 60_000);
test('what differs from ansible-core in them', () => expectPage('docs/reference/jinja-differences.md', differencesPage()));
