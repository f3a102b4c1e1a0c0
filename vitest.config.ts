import { defineConfig } from 'vitest/config';
import { InOrder } from './test/support/in-order.ts';

export default defineConfig({
  test: {
    // the end-to-end tests tell one story, from bare hosts on
    sequence: { sequencer: InOrder },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: ['test/e2e/**', 'test/upgrades/**', 'test/fidelity/**', 'test/modules/law.test.ts'],
          testTimeout: 20_000,
          pool: 'threads',
          // hosts of CI may be slow for a moment; what fails thrice is broken
          retry: process.env.CI ? 2 : 0,
        },
      },
      {
        test: {
          // runs in folders of its own, which a thread cannot
          name: 'fidelity',
          include: ['test/fidelity/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          retry: process.env.CI ? 1 : 0,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          // npm run test:upgrades; no part of npm test
          name: 'upgrades',
          include: ['test/upgrades/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 900_000,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          name: 'law',
          include: ['test/modules/law.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
          // the host is whole and alive: its own timers and services may stir between two looks
          retry: process.env.CI ? 1 : 0,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
