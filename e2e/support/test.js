// What every journey starts from: a desk of its own (the real binary on a copy of the demo), a person signed in, a browser whose
// console must stay empty (the Content-Security-Policy is on), and the judge of accessibility.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base } from '@playwright/test';
import { engines } from './engines.js';
import { begin, run, serve } from './regulars.js';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
let copies = 0;

/** A session of a moment ago, so that no journey is asked to sign in again before what cannot be taken back. */
async function signedIn(playwright, { url, person }) {
  const door = await playwright.request.newContext({ baseURL: url });
  const answer = await door.post('/sign-in', { form: { email: person.email, password: person.password, next: '/' }, maxRedirects: 0 });
  expect(answer.status(), 'the person of the demo signs in').toBe(303);
  const session = await door.storageState();
  await door.dispose();
  return session;
}

export const test = base.extend({
  engine: ['sqlite', { option: true, scope: 'worker' }],

  /** The running desk: `url`, `person` (e-mail, password), `session`, `key` (of the API), `database`, `cli(...args)`, `begin(...args)`,
   *  `say(sql)` (to the database), `stop()`, `start(...args)`. */
  desk: async ({ engine, playwright }, use, info) => {
    const { place, person, key } = JSON.parse(readFileSync(join(process.env.REGULARS_E2E, `${engine}.json`), 'utf8'));
    const folder = mkdtempSync(join(tmpdir(), 'regulars-desk-'));
    const own = engines[engine].copy(place, folder, `regulars_e2e_${process.pid}_${info.workerIndex}_${++copies}`);
    const desk = { folder, person, key, database: own.database };
    desk.cli = (...args) => run(desk, ...args);
    desk.begin = (...args) => begin(desk, ...args);
    desk.say = (text) => engines[engine].say(own, text);
    desk.start = async (...args) => {
      const server = await serve(desk, { args });
      Object.assign(desk, { url: server.url, pid: server.pid, stop: server.stop, printed: server.printed });
    };
    await desk.start();
    desk.session = await signedIn(playwright, desk);
    try {
      await use(desk);
    } finally {
      if (info.status !== info.expectedStatus && desk.printed()) {
        await info.attach('server', { body: desk.printed(), contentType: 'text/plain' });
      }
      await desk.stop();
      engines[engine].drop(own);
      rmSync(folder, { recursive: true, force: true });
    }
    expect(desk.printed(), 'the server must not complain').not.toMatch(/panicked|ERROR/);
  },

  baseURL: ({ desk }, use) => use(desk.url),
  storageState: ({ desk }, use) => use(desk.session),

  /** Set `test.use({ expectConsole: [/pattern/] })` for what a journey provokes. A refused form (4xx) is named by Chromium itself. */
  expectConsole: [[/Failed to load resource: the server responded with a status of 4\d\d/], { option: true }],

  page: async ({ page, expectConsole }, use) => {
    const heard = listen(page);
    await use(page);
    expect(heard.filter((line) => !expectConsole.some((known) => known.test(line))), 'the console stays empty').toEqual([]);
  },

  /** A page of somebody who has not signed in. */
  stranger: async ({ browser, desk }, use) => {
    const context = await browser.newContext({ baseURL: desk.url, storageState: { cookies: [], origins: [] } });
    await use(await context.newPage());
    await context.close();
  },
});

function listen(page) {
  const heard = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) heard.push(message.text());
  });
  page.on('pageerror', (error) => heard.push(String(error)));
  return heard;
}

/** What axe finds on this page as it stands, or in a part of it, in words. */
export async function barriers(page, part = page.locator('html')) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  const found = await part.evaluate((node, tags) => {
    const where = node === document.documentElement ? document : node;
    return window.axe.run(where, { runOnly: { type: 'tag', values: tags } });
  }, rules);
  return found.violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n` + nodes.slice(0, 5).map((node) => `    ${node.target.join(' ')}  ${node.html.slice(0, 160)}`).join('\n'),
  );
}

/** axe finds nothing on this page as it stands. */
export async function accessible(page) {
  expect(await barriers(page), `axe on ${page.url()}`).toEqual([]);
}

/** How many pixels the page is wider than its window. */
export const overhang = (page) =>
  page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));

/** Nothing sticks out: the page does not scroll sideways. */
export async function fits(page) {
  expect(await overhang(page), `${page.url()} is wider than the window by`).toBe(0);
}

export { expect };
