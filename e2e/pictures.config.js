// The pictures of the documentation: the same desk as in the tests, but nothing is judged.
import journeys from './playwright.config.js';

export default {
  ...journeys,
  testDir: './pictures',
  workers: 1,
  projects: [{ name: 'pictures', use: { engine: 'sqlite' } }],
};
