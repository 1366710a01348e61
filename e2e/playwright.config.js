// A real browser against the real binary, once on each engine. The browser is the machine's own: nothing is downloaded.
import { defineConfig } from '@playwright/test';
import { browser } from './support/browser.js';

export default defineConfig({
  testDir: './tests',
  outputDir: './test-results',
  globalSetup: './support/templates.js',
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 60_000, // generous: two shared cores may be slow, and waiting costs nothing when all is well
  expect: { timeout: 10_000 },
  reporter: process.env.CI ? [['list', { printSteps: false }]] : [['list']],
  use: {
    ...browser,
    viewport: { width: 1280, height: 900 },
    trace: 'off',
    screenshot: 'only-on-failure',
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
  },
  projects: [
    { name: 'sqlite', use: { engine: 'sqlite' } },
    { name: 'postgres', use: { engine: 'postgres' } },
  ],
});
