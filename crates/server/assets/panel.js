// A form in the panel, or in a dialog over it, stays there: what follows is shown in the panel, and the list behind is read
// again when the panel closes. What only a page can do (sign in, prove oneself again, a download) leaves. Comes with the first
// panel, behind app.js, whose helpers it uses.
(() => {
  const doc = document, { one, all, on, here, calm, say, show, shown, panel, bread } = window.desk;
  const place = (box, from, at) => {
    const body = one('[data-body]', box), had = doc.activeElement, top = box.scrollTop;
    const mark = had?.id ? '#' + CSS.escape(had.id) : had?.form && `form[action="${CSS.escape(had.form.getAttribute('action'))}"] button`;
    body.replaceChildren(...all('#main > *', from));
    htmx.process(body);
    shown(box, body, at);
    box.scrollTop = top;
    if (!one('[data-errors]', body)) ((mark && one(mark, body)) || one('[data-close]', box)).focus({ preventScroll: true });
  };
  const inside = async (box, form, submitter) => {
    const leave = () => { form.dataset.plain = 1; delete form.dataset.sent; form.requestSubmit(submitter); };
    const data = new FormData(form, submitter), many = form.enctype === 'multipart/form-data';
    const action = submitter?.hasAttribute('formaction') ? submitter.formAction : form.getAttribute('action') || location.href;
    let answer, words;
    try {
      answer = await fetch(action, { method: 'POST', body: many ? data : new URLSearchParams(data), headers: { Accept: 'text/html' } });
      words = await answer.text();
    } catch {
      calm();
      return say('The server does not answer. Try again in a moment.');
    }
    calm();
    const to = new URL(answer.url), page = new DOMParser().parseFromString(words, 'text/html'), own = panel.dataset.of;
    if (to.pathname.startsWith('/sign-in')) return location.assign(answer.url);
    if (answer.status === 403 && !answer.redirected && one('form[method=post]', page)) return leave();
    if (!answer.redirected) return one('#main > *', page) ? place(box, page) : location.assign(panel.dataset.at);
    panel.dataset.changed = 1;
    const said = all('.toasts > *', page);
    if (box !== panel) box.close();
    if (to.pathname === '/customers') panel.close();
    else if (to.pathname === own || to.pathname.startsWith(own + '/')) place(panel, page, answer.url);
    else await show(panel, panel.dataset.at);
    if (panel.open) panel.append(bread);
    bread.replaceChildren(...said);
  };
  on('submit', '#panel form, #dialog form', (e, form) => {
    const box = form.closest('dialog'), { submitter } = e;
    if (!panel.open || form.target || form.dataset.plain || form.method === 'dialog' || form.matches('[data-download], [hx-get], [hx-post]')) return;
    if (form.method === 'get') {
      e.preventDefault();
      const to = new URL(form.action);
      to.search = new URLSearchParams(new FormData(form, submitter));
      return show(box, to.href);
    }
    if (e.defaultPrevented) return;
    e.preventDefault();
    inside(box, form, submitter);
  });
  panel.addEventListener('close', () => {
    doc.body.append(bread);
    if (!panel.dataset.changed) return;
    delete panel.dataset.changed;
    const list = one('#results');
    if (list && window.htmx) htmx.ajax('GET', here(), { source: list, target: list, select: '#results', swap: 'outerHTML ignoreTitle:true' });
  });
})();
