// Starts the page: refuses frames, takes a sign-in answer out of the address before anything waits, makes the one
// Trusted Types policy, loads the door or the application, and says in plain words when that fails.

const files = document.querySelector('script[data-door-js]').dataset;
const status = document.getElementById('boot-status');
const shell = document.getElementById('shell');
const button = document.getElementById('sign-in');
const leaving = document.getElementById('leaving');
const keep = document.getElementById('keep');

// A host that sends the policy of another release blocks the style in the page: its file does as well.
if (document.styleSheets.length === 0) document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: files.style }));

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

const say = (text) => {
  if (status) status.textContent = text;
};

// A module is fetched at once but run after the first paint, which it would delay. A tab in the background paints nothing.
const painted = () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 200);
  });

const load = async (js, wasm) => {
  const slow = setTimeout(() => say('Still loading. Check the connection, or reload the page.'), 10000);
  try {
    const bytes = fetch(wasm, { credentials: 'same-origin' });
    bytes.catch(() => {});
    document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', href: js }));
    await painted();
    const module = await import(js);
    await module.default({ module_or_path: bytes });
  } catch (error) {
    stop('The page could not be loaded', 'A file is missing or was blocked. Reload the page; if that does not help, tell whoever runs this page.', `Detail: ${error.message}`);
  } finally {
    clearTimeout(slow);
  }
};

// A click before a module is ready is kept in `wanted`; the door sets `signIn`. A click before this file ran has left
// its trace without any script: the button opens `leaving` by itself.
const wasPressed = 'popover' in HTMLElement.prototype && leaving.matches(':popover-open');
const boot = { callback: null, wanted: wasPressed, config: null, signIn: null, loadApplication: null };
window.latchkeyBoot = boot;
boot.loadApplication = () => {
  boot.loadApplication = () => {};
  load(files.appJs, files.appWasm);
};

// Certificates are rare work: their module is fetched when somebody makes or uploads one.
let certificates = null;
boot.certificates = () => {
  certificates ??= import(files.certificateJs).then(async (module) => {
    await module.default({ module_or_path: fetch(files.certificateWasm, { credentials: 'same-origin' }) });
    return module;
  });
  certificates.catch(() => {
    certificates = null;
  });
  return certificates;
};

const stored = (storage, key) => {
  try {
    return window[storage].getItem(key);
  } catch {
    return null;
  }
};

button?.addEventListener('click', () => {
  if (boot.signIn) boot.signIn();
  else boot.wanted = true;
});

// Back from Microsoft's page, a browser may show this one as it was left.
addEventListener('pageshow', (event) => {
  if (event.persisted && leaving.isConnected) leaving.hidePopover?.();
});

// Whoever reaches for the button will need the application when they come back from Microsoft.
const prefetch = () => {
  for (const [href, as] of [[files.appJs, 'script'], [files.appWasm, 'fetch']]) {
    document.head.append(Object.assign(document.createElement('link'), { rel: 'prefetch', href, as, crossOrigin: 'anonymous' }));
  }
};
for (const sign of ['pointerenter', 'focus', 'pointerdown']) button?.addEventListener(sign, () => prefetch(), { once: true });

if (keep) {
  keep.checked = stored('localStorage', 'latchkey.keep') !== null;
  keep.addEventListener('change', () => {
    try {
      if (keep.checked) localStorage.setItem('latchkey.keep', '1');
      else localStorage.removeItem('latchkey.keep');
    } catch {
      keep.checked = false;
    }
  });
}

const start = () => {
  if (window.top !== window.self) return stop('This page does not run inside another page', 'Open it in a tab of its own.');
  if (!window.isSecureContext) return stop('This page needs https', 'Open it by its https address.');
  const path = location.pathname;
  if (path === '/auth' && location.hash.length > 1) {
    boot.callback = { kind: 'sign-in', text: location.hash.slice(1) };
    history.replaceState(null, '', '/auth');
  } else if (path === '/consent' && location.search.length > 1) {
    boot.callback = { kind: 'consent', text: location.search.slice(1) };
    history.replaceState(null, '', '/consent');
  }
  if (window.trustedTypes) {
    // A tripwire for markup that the build made; what people typed never gets here.
    const refused = /<\s*(script|iframe|object|embed|base|meta|link|form)\b|\son\w+\s*=|javascript:|srcdoc/i;
    window.trustedTypes.createPolicy('default', { createHTML: (text) => (refused.test(text) ? null : text) });
  }
  if (typeof WebAssembly !== 'object' || !window.crypto?.subtle) {
    return stop('This browser is too old for this page', 'Update it, or use a current Edge, Chrome, Firefox or Safari.');
  }
  boot.config = fetch('/config.json', { cache: 'no-cache', credentials: 'omit' }).then((answer) => {
    if (!answer.ok) throw new Error(`config.json answered ${answer.status}`);
    return answer.text();
  });
  boot.config.catch(() => {});
  const isFirst = path === '/' && !stored('localStorage', 'latchkey.known') && !stored('sessionStorage', 'latchkey.sealed') && !stored('localStorage', 'latchkey.keep');
  if (isFirst) {
    load(files.doorJs, files.doorWasm);
    return undefined;
  }
  if (path !== '/') shell.querySelector('main').replaceChildren(Object.assign(document.createElement('p'), { textContent: 'Loading…' }));
  boot.loadApplication();
  return undefined;
};
start();
