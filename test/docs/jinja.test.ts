import { test } from 'vitest';
import { callablesPage, differencesPage } from '../jinja/differential/pages.ts';
import { expectPage } from './pages.ts';

test('filters, tests and lookups', () => expectPage('docs/reference/jinja.md', callablesPage()));
test('what differs from ansible-core in them', () => expectPage('docs/reference/jinja-differences.md', differencesPage()));
