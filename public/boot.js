// Starts the page: refuses frames, takes a sign-in answer out of the address before anything waits,
// makes the one Trusted Types policy, loads the module, and says in plain words when that fails.

const loader = document.querySelector('script[data-js]');
const status = document.getElementById('boot-status');
const shell = document.getElementById('shell');

const stop = (...lines) => {
  const main = document.createElement('main');
  main.className = 'page stopped';
  main.setAttribute('role', 'alert');
  lines.forEach((line, index) => {
    const element = document.createElement(index === 0 ? 'h1' : 'p');
    element.textContent = line;
    main.append(element);
  });
  const reload = document.createElement('button');
  reload.className = 'button button--primary';
  reload.textContent = 'Reload the page';
  reload.addEventListener('click', () => location.reload());
  main.append(reload);
  document.body.replaceChildren(main);
};
window.latchkeyStop = stop;

// A click before the module is ready is kept: `wanted` is read and `start` is set by the module.
const boot = { callback: null, wanted: false, config: null };
window.latchkeyBoot = boot;
document.getElementById('sign-in')?.addEventListener('click', () => {
  boot.wanted = true;
  if (status) status.textContent = 'Starting. Microsoft’s sign-in page opens in a moment.';
});

const start = async () => {
  if (window.top !== window.self) {
    return stop('This page does not run inside another page', 'Open it in a tab of its own.');
  }
  if (!window.isSecureContext) {
    return stop('This page needs https', 'Open it by its https address.');
  }
  const path = location.pathname;
  if (path === '/auth' && location.hash.length > 1) {
    boot.callback = { kind: 'sign-in', text: location.hash.slice(1) };
    history.replaceState(null, '', '/auth');
  } else if (path === '/consent' && location.search.length > 1) {
    boot.callback = { kind: 'consent', text: location.search.slice(1) };
    history.replaceState(null, '', '/consent');
  }
  if (path !== '/') shell.querySelector('main')?.replaceChildren(Object.assign(document.createElement('p'), { textContent: 'Loading…' }));
  if (window.trustedTypes) {
    // A tripwire for markup that the build made; what people typed never gets here.
    const refused = /<\s*(script|iframe|object|embed|base|meta|link|form)\b|\son\w+\s*=|javascript:|srcdoc/i;
    window.trustedTypes.createPolicy('default', { createHTML: (text) => (refused.test(text) ? null : text) });
  }
  if (typeof WebAssembly !== 'object' || !window.crypto?.subtle) {
    return stop('This browser is too old for this page', 'Update it, or use a current Edge, Chrome, Firefox or Safari.');
  }
  const slow = setTimeout(() => {
    if (status) status.textContent = 'Still loading. Check the connection, or reload the page.';
  }, 10000);
  try {
    boot.config = fetch('/config.json', { cache: 'no-cache', credentials: 'omit' }).then((answer) => {
      if (!answer.ok) throw new Error(`config.json answered ${answer.status}`);
      return answer.text();
    });
    boot.config.catch(() => {});
    const module = await import(loader.dataset.js);
    await module.default({ module_or_path: fetch(loader.dataset.wasm, { credentials: 'same-origin' }) });
  } catch (error) {
    stop('The page could not be loaded', 'A file is missing or was blocked. Reload the page; if that does not help, tell whoever runs this page.', `Detail: ${error.message}`);
  } finally {
    clearTimeout(slow);
  }
};
start();
