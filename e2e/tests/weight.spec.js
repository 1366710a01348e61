import { expect, test } from '../support/test.js';

/** What crosses the wire while the page loads, in bytes, headers and compression included. */
async function weigh(page, path) {
  const wire = await page.context().newCDPSession(page);
  await wire.send('Network.enable');
  let bytes = 0;
  wire.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(path, { waitUntil: 'networkidle' });
  await wire.detach();
  return bytes;
}

test('the list weighs at most 30 KB on the first visit and 8 KB afterwards', async ({ page }) => {
  const first = await weigh(page, '/customers?view=all');
  const again = await weigh(page, '/customers?view=all&sort=name');
  expect(first, 'first visit').toBeLessThanOrEqual(30 * 1024);
  expect(again, 'afterwards').toBeLessThanOrEqual(8 * 1024);
  // What opens over the list brings the sheet it needs.
  await expect(page.locator('link[href*=rooms]')).toHaveCount(0);
  await page.getByRole('link', { name: 'Profile' }).first().click();
  await expect(page.getByRole('dialog').locator('.figures')).toHaveCSS('display', 'flex');
});
