// What a page with a passkey's button does beyond forms: asks the server for a question, the device for its answer, and sends that as the form.
// Loaded by such pages alone. The button is hidden until this has run, and stays so where the browser knows no passkeys.
(() => {
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt());
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
  const ids = list => list.map(id => ({ type: 'public-key', id: bytes(id) }));
  const words = {
    NotAllowedError: 'Nothing was done: it was cancelled, took too long, or there is no passkey for here on this device.',
    InvalidStateError: 'This device has a passkey of your account already.',
    NotSupportedError: 'This device cannot make a passkey that is known here.',
    SecurityError: 'Passkeys do not work at this address. Open the address that your colleagues use.',
  };
  const make = async ask => {
    ask.user.id = bytes(ask.user.id);
    ask.excludeCredentials = ids(ask.excludeCredentials);
    const { rawId, response: r } = await navigator.credentials.create({ publicKey: ask });
    return { id: text(rawId), client: text(r.clientDataJSON), made: text(r.attestationObject) };
  };
  const use = async ask => {
    ask.allowCredentials = ids(ask.allowCredentials);
    const { rawId, response: r } = await navigator.credentials.get({ publicKey: ask });
    const answer = { id: text(rawId), client: text(r.clientDataJSON), data: text(r.authenticatorData), signature: text(r.signature) };
    return r.userHandle ? { ...answer, user: text(r.userHandle) } : answer;
  };
  if (!window.PublicKeyCredential) return;
  for (const button of document.querySelectorAll('[data-passkey]')) {
    const form = button.form, said = form.querySelector('[data-said]');
    const say = what => said.hidden = !(said.textContent = what);
    button.hidden = false;
    button.addEventListener('click', async () => {
      say('');
      button.disabled = true;
      try {
        const answer = await fetch(button.dataset.passkey, { method: 'POST' });
        // No question but a page: the session has ended, or wants a proof first.
        if (!answer.headers.get('content-type')?.includes('json')) return location.reload();
        const ask = await answer.json();
        if (ask.error) return say(ask.error);
        ask.challenge = bytes(ask.challenge);
        form.querySelector('[data-answer]').value = JSON.stringify(await (ask.user ? make : use)(ask));
        form.requestSubmit();
      } catch (error) {
        say(words[error.name] ?? 'This did not work. Try again in a moment.');
      } finally {
        button.disabled = false;
      }
    });
  }
})();
