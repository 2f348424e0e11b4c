import { defineConfig } from 'vitest/config'

const database = ['packages/**/*.db.test.ts', 'tests/wall/**/*.test.ts', 'tests/faults/**/*.test.ts']

// Clusters, notebooks and a browser have moods of their own. What passes only then is named at the end of `npm test`.
const onceMore = 1

// Each project of its own kind of load waits for the one before: two cores do not carry them at once.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Most of a file's time is reading the same modules again.
          isolate: false,
          setupFiles: ['tests/setup/seed.ts'],
          testTimeout: 30_000,
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'tests/properties/**/*.test.ts', 'tests/*.test.ts'],
          exclude: [
            '**/node_modules/**',
            'packages/**/*.db.test.ts',
            'packages/server/src/platform/database/embedded/**',
          ],
        },
      },
      {
        test: {
          name: 'integration',
          include: database,
          isolate: false,
          setupFiles: ['tests/setup/seed.ts'],
          globalSetup: 'tests/setup/database.ts',
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          expect: { poll: { timeout: 10_000 } },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'engines',
          isolate: false,
          include: ['tests/engines/**/*.test.ts'],
          globalSetup: 'tests/setup/database.ts',
          fileParallelism: false,
          retry: onceMore,
          sequence: { groupOrder: 4 },
          expect: { poll: { timeout: 10_000 } },
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'embedded',
          include: ['packages/server/src/platform/database/embedded/**/*.test.ts', 'tests/process/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          // As long as a page is waited for elsewhere: a busy machine draws slowly.
          expect: { poll: { timeout: 30_000 } },
          include: ['tests/browser/**/*.test.ts'],
          fileParallelism: false,
          retry: onceMore,
          sequence: { groupOrder: 3 },
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
