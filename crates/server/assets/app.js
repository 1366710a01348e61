// What pages do beyond links and forms. Everything hangs on data attributes (docs/look.md) and on listeners of the
// document, so a page needs no script of its own and a swapped part works at once. Without this file all still works.
(() => {
  const doc = document, root = doc.documentElement, here = () => location.pathname + location.search;
  const one = (what, from = doc) => from.querySelector(what);
  const all = (what, from = doc) => [...from.querySelectorAll(what)];
  const on = (event, what, act) => doc.addEventListener(event, e => {
    const hit = e.target.closest?.(what);
    if (hit) act(e, hit);
  });
  const BOX = 'input[name=id]', panel = one('#panel'), bread = one('.toasts');
  const say = text => bread?.replaceChildren(Object.assign(doc.createElement('div'), { className: 'toast', textContent: text }));

  // Rows: ranges, the number selected, "all that match" less the ones unticked.
  let last, held;
  const count = form => {
    const boxes = all(BOX, form), ticked = boxes.filter(b => b.checked).length;
    const every = one('[data-every]', form), page = one('[data-all]', form), words = one('[data-selected]', form);
    const n = every?.checked ? every.dataset.every - (boxes.length - ticked) : ticked;
    if (words) words.textContent = n.toLocaleString(root.dataset.locale || root.lang) + ' selected';
    if (page) {
      page.checked = ticked > 0 && ticked === boxes.length;
      page.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    if (every && !ticked) every.checked = false;
  };
  const tick = (form, to, boxes = all(BOX, form)) => { boxes.forEach(b => b.checked = to); count(form); };
  on('click', '[data-bulk] ' + BOX, (e, box) => {
    const form = box.form, boxes = all(BOX, form), a = boxes.indexOf(last), b = boxes.indexOf(box);
    if (e.shiftKey && a >= 0) tick(form, box.checked, boxes.slice(Math.min(a, b), Math.max(a, b) + 1));
    last = box;
    count(form);
  });
  on('change', '[data-all]', (e, box) => tick(box.form, box.checked));
  on('change', '[data-every]', (e, box) => tick(box.form, box.checked || all(BOX, box.form).every(b => b.checked)));

  // Forms: never twice; of "all that match" the unticked travel as `except`.
  on('submit', 'form', (e, form) => {
    if (form.method === 'get' || form.method === 'dialog' || e.defaultPrevented) return;
    if (form.dataset.sent) return e.preventDefault();
    form.dataset.sent = 1;
    e.submitter?.setAttribute('aria-busy', true);
    if (one('[data-every]', form)?.checked) {
      for (const box of all(BOX, form)) if (!box.checked) {
        const out = doc.createElement('input');
        Object.assign(out, { type: 'hidden', name: 'except', value: box.value });
        form.append(out);
      }
    }
    busy(form);
  });
  const rest = () => root.classList.remove('busy');
  const calm = () => {
    rest();
    all('[data-sent]').forEach(f => { delete f.dataset.sent; all('[name=except]', f).forEach(x => x.remove()); });
    all('[aria-busy]').forEach(b => b.removeAttribute('aria-busy'));
  };
  // The bar shows itself only after 300 ms (app.css). A download leaves the page where it is.
  const busy = el => {
    root.classList.add('busy');
    if (el?.matches('[download], [data-download]')) setTimeout(calm, 2000);
  };
  on('htmx:before:request', '*', e => e.detail.ctx?.sourceEvent?.type === 'every' || busy());
  on('htmx:finally:request', '*', rest);
  on('htmx:config:request', '*', e => {
    const { method, body } = e.detail.ctx.request;
    if (method === 'GET') for (const key of new Set(body.keys())) if (!body.getAll(key).join('')) body.delete(key);
  });

  // An answer without the part that was asked for (signed out, an error page) is shown as the page it is; none at all is said.
  doc.addEventListener('htmx:before:swap', e => {
    const { ctx, tasks } = e.detail, main = tasks.find(t => t.type === 'main');
    // A field that somebody made larger has a style, which the swap would copy and the policy forbids.
    all('[data-body] [style]').forEach(field => field.removeAttribute('style'));
    if (!ctx.select || !main || main.fragment.firstElementChild || ctx.sourceElement.closest('.find')) return;
    e.preventDefault();
    if (ctx.sourceEvent?.type !== 'every') location.assign(ctx.response.raw.url);
  });
  doc.addEventListener('htmx:error', e => {
    if (!e.detail.ctx || e.detail.ctx.response) return;
    say('The server does not answer. Try again in a moment.');
  });

  // A button that repeats what is typed beside it: "Refund 25.00 GBP".
  on('input', '.input[id]', (e, field) => all(`[data-says="${CSS.escape(field.id)}"]`).forEach(said => said.textContent = field.value));

  // The sheet of what opens over a list that came without it.
  const dress = () => new Promise(done => {
    const later = one('meta[name=rooms]'), sheet = doc.createElement('link');
    if (!later) return done();
    sheet.rel = 'stylesheet';
    sheet.onload = sheet.onerror = done;
    sheet.href = later.content;
    later.replaceWith(sheet);
  });
  // Panels and dialogs: the page behind a link, shown over this one. A panel keeps in `dataset.at` which page it shows.
  const shown = (box, body, at) => {
    const page = one('[data-page]', box);
    if (at) box.dataset.at = at;
    if (at && page) page.href = at;
    box.setAttribute('aria-label', one('h1', body)?.textContent.trim() || 'Dialog');
    if (!box.open) box.showModal();
    ready(body);
  };
  const show = async (box, href) => {
    const body = one('[data-body]', box), dressed = dress();
    await htmx.ajax('GET', href, { source: body, target: body, select: '#main > *', swap: 'innerHTML ignoreTitle:true' });
    if (!body.firstElementChild) return location.assign(href);
    await dressed;
    shown(box, body, href);
    box.scrollTop = 0;
  };

  on('click', '[data-close]', (e, b) => { const box = b.closest('dialog'); if (box) { e.preventDefault(); box.close(); } });
  const plain = e => e.button === 0 && !(e.ctrlKey || e.metaKey || e.shiftKey || e.altKey);
  on('click', 'a[href]', (e, link) => {
    if (!plain(e) || e.defaultPrevented || link.target) return;
    const topic = link.closest('#panel') && (link.matches('[data-in-panel]') || all('.tabs a', panel).some(tab => tab.pathname === link.pathname));
    const box = topic ? panel : link.dataset.open && one('#' + link.dataset.open);
    if (box && window.htmx) {
      e.preventDefault();
      if (box === panel) {
        panel.dataset.of = link.pathname.split('/').slice(0, 3).join('/');
        // What forms in it need comes with the first panel.
        window.desk ||= doc.head.append(Object.assign(doc.createElement('script'), { src: panel.dataset.script })) || { one, all, on, here, calm, say, show, shown, panel, bread };
      }
      // An entry of a menu goes with it: the focus comes back to the menu.
      link.closest('.menu')?.firstElementChild.focus();
      show(box, link.href);
      return;
    }
    const row = link.closest('[data-rows] tr');
    if (row) sessionStorage.setItem('row ' + here(), one('[data-main]', row)?.pathname ?? '');
    // A click into a list that opens tabs waits whether it is the first of two.
    if (e.detail && link.matches('[data-tab] [data-main]')) {
      e.preventDefault();
      clearTimeout(held);
      if (e.detail > 1) open(link.href, '_blank'); else held = setTimeout(() => { busy(link); location = link.href; }, 300);
    } else if (!link.getAttribute('href').startsWith('#')) busy(link);
  });
  on('click', '[data-copy]', (e, b) => navigator.clipboard.writeText(b.previousElementSibling.value).then(() => { b.textContent = 'Copied'; }));
  on('click', 'button[data-open]', (e, b) => one('#' + b.dataset.open).showModal());
  on('click', 'dialog', (e, box) => e.target === box && box.close());
  on('click', '[data-dismiss]', (e, b) => b.parentElement.remove());
  on('dblclick', '[data-rows] tr', (e, row) => {
    const main = e.target.closest('a, button, input, label') ? null : one('[data-main]', row);
    if (main && row.closest('[data-tab]')) open(main.href, '_blank'); else main?.click();
  });

  // A menu that would stick out of the window hangs from its other end.
  doc.addEventListener('toggle', e => {
    const pop = e.target.matches?.('details.menu:not(.at-end)') && one('.pop', e.target);
    if (!pop) return;
    delete e.target.dataset.turned;
    const { left, right } = pop.getBoundingClientRect();
    if (e.target.open && (right > root.clientWidth || left < 0)) e.target.dataset.turned = '';
  }, true);

  // Menus close behind one.
  const shut = e => all('details.menu[open]').forEach(m => m.contains(e.target) || (m.open = false));
  doc.addEventListener('click', shut);
  doc.addEventListener('focusin', e => e.target.matches('body, main, dialog') || shut(e));

  // Keys. data-key on a link, button or field is its key; body[data-keys=off] turns single keys off.
  const step = (list, by) => {
    const at = list.indexOf(doc.activeElement);
    list[at < 0 && by < 0 ? list.length - 1 : at + by]?.focus();
  };
  doc.addEventListener('keydown', e => {
    const at = doc.activeElement, menu = at.closest('details.menu[open]'), find = at.closest('.find');
    if ((e.ctrlKey || e.metaKey) && e.key === 'k') { e.preventDefault(); return one('[data-palette]')?.select(); }
    if (e.key === 'Escape' && menu) { menu.open = false; return one('summary', menu).focus(); }
    if (e.key === 'Escape' && find) return at.blur();
    if (/^Arrow(Down|Up)$/.test(e.key) && (menu || find) && !at.matches('select, textarea, [type=date]')) {
      e.preventDefault();
      return step(all('a, button, summary, input:not([type=hidden])', menu || find), e.key === 'ArrowDown' ? 1 : -1);
    }
    const alt = (e.altKey || e.ctrlKey) && !e.getModifierState('AltGraph');
    if (alt || e.metaKey || doc.body.dataset.keys === 'off' || menu) return;
    if (at.matches('input:not([type=checkbox]), textarea, select, [contenteditable]')) return;
    const top = all('dialog[open]').pop(), within = top || doc;
    const row = at.closest('[data-rows] tr'), mains = all('[data-rows] [data-main]', within);
    const key = e.key.toLowerCase(), hit = one(`[data-key="${CSS.escape(key)}"]`, within);
    if (key === 'j' || key === 'k') step(row ? (one('[data-main]', row).focus(), mains) : mains, key === 'j' ? 1 : -1);
    else if (key === 'x' && row) one(BOX, row)?.click();
    else if (key === 'p' && row) one('[data-open=panel]', row)?.click();
    else if (key === '?' && !top) one('#help')?.showModal();
    else if (hit) hit.matches('input') ? hit.select() : hit.click();
    else return;
    e.preventDefault();
  });

  // Dates tell on hover and focus how long ago they are; over those of a row lies its link, which tells it for them.
  const told = t => {
    const s = (new Date(t.dateTime) - Date.now()) / 1000;
    const [unit, size] = [['year', 31557600], ['month', 2629800], ['day', 86400], ['hour', 3600], ['minute', 60]]
      .find(([, size]) => Math.abs(s) >= size) || ['second', 1];
    return t.title = new Intl.RelativeTimeFormat(root.lang, { numeric: 'auto' }).format(Math.round(s / size), unit);
  };
  const ago = e => {
    const t = e.target.closest?.('time[datetime]');
    if (t) told(t); else if (e.type === 'focusin') all('time[datetime]', e.target).forEach(told);
  };
  doc.addEventListener('mousemove', e => {
    if (!e.target.matches?.('.rows [data-main]')) return;
    const t = doc.elementsFromPoint(e.clientX, e.clientY).find(n => n.matches('time[datetime]'));
    if (t) e.target.title = told(t); else e.target.removeAttribute('title');
  });
  doc.addEventListener('mouseover', ago);
  doc.addEventListener('focusin', ago);

  // After a page or a part has come: what is wrong takes the focus; Back returns to the row one left.
  const ready = part => {
    all('[data-bulk]', part).forEach(count);
    one('[data-errors]', part)?.focus();
  };
  on('htmx:after:swap', '*', () => all('[data-bulk]').forEach(count));
  addEventListener('pageshow', e => {
    calm();
    ready(doc);
    const back = e.persisted || performance.getEntriesByType('navigation')[0]?.type === 'back_forward';
    const path = back && sessionStorage.getItem('row ' + here());
    const link = path && all('[data-main]').find(a => a.pathname === path);
    if (link) { link.focus({ preventScroll: true }); link.closest('tr').scrollIntoView({ block: 'nearest' }); }
  });
})();
