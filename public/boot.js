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

// What the policy stops is noted: a person is told what is in the way, and whose it is.
const noted = [];
document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) => {
  if (noted.length < 50) noted.push({ directive: effectiveDirective, what: blockedURI, by: sourceFile });
});
// One script is served with this page. Another one was put in on its way here.
const foreign = [...document.scripts].filter((script) => !script.hasAttribute('data-door-js'));
noted.push(...foreign.map((script) => ({ directive: 'script-src-elem', what: script.src || 'inline', by: '' })));
if (document.scripts.length !== 1) {
  const text = document.createElement('p');
  text.className = 'bar';
  text.setAttribute('role', 'alert');
  text.textContent = 'This page was changed on its way to this browser: it carries a script that is not of it, which its policy keeps from running. A proxy, the host or an extension did it. Do not sign in before whoever runs this page has looked at it.';
  document.body.prepend(text);
}

const reloadButton = () => {
  const reload = document.createElement('button');
  reload.className = 'button button--primary';
  reload.textContent = 'Reload the page';
  reload.addEventListener('click', () => location.reload());
  return reload;
};

const stop = (...lines) => {
  const main = document.createElement('main');
  main.className = 'page stopped';
  main.setAttribute('role', 'alert');
  lines.forEach((line, index) => {
    const element = document.createElement(index === 0 ? 'h1' : 'p');
    element.textContent = line;
    main.append(element);
  });
  main.append(reloadButton());
  document.body.replaceChildren(main);
};
window.latchkeyStop = stop;

// A file that hangs fails nothing: after a while a sentence and a button stand where the page should be.
const sayItIsSlow = () => {
  const text = status?.isConnected ? status : shell.querySelector('main').appendChild(document.createElement('p'));
  text.textContent = 'Still loading. Check the connection, or reload the page. What you were doing is kept.';
  text.after(reloadButton());
};

// A module is fetched at once but run after the first paint, which it would delay. A tab in the background paints nothing.
const painted = () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 200);
  });

const load = async (js, wasm) => {
  const slow = setTimeout(sayItIsSlow, 10000);
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
const boot = { callback: null, wanted: wasPressed, config: null, hostIsAhead: null, signIn: null, loadApplication: null, stopped: noted };
window.latchkeyBoot = boot;
boot.loadApplication = () => {
  boot.loadApplication = () => {};
  load(files.appJs, files.appWasm);
};

// A tab may stay open over a release. What is served now names its files by their content.
const HOUR = 3_600_000;
let looked = Date.now();
const lookForRelease = async () => {
  if (document.hidden || Date.now() - looked < HOUR) return;
  looked = Date.now();
  const answer = await fetch('/', { cache: 'no-store', credentials: 'omit' }).catch(() => null);
  const page = answer?.ok ? await answer.text() : '';
  if (page.includes('data-app-wasm=') && !page.includes(`"${files.appWasm}"`)) dispatchEvent(new Event('latchkey-outdated'));
};
setInterval(lookForRelease, 60_000);
document.addEventListener('visibilitychange', lookForRelease);

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

const stored = (/** @type {'localStorage' | 'sessionStorage'} */ storage, key) => {
  try {
    return window[storage].getItem(key);
  } catch {
    return null;
  }
};

button?.addEventListener('click', () => {
  // Without popover the button does not open `leaving` by itself.
  if (!('popover' in HTMLElement.prototype) && status) status.textContent = leaving.textContent;
  if (boot.signIn) boot.signIn();
  else boot.wanted = true;
});

// A key that is held down presses once: the next step may have the same button in the same place.
addEventListener('keydown', (event) => event.repeat && event.key === 'Enter' && /** @type {Element} */ (event.target).closest('button, a') && event.preventDefault(), true);

// Back from Microsoft's page, a browser may show this one as it was left.
addEventListener('pageshow', (event) => {
  if (event.persisted && leaving.isConnected) leaving.hidePopover?.();
});

// Whoever reaches for the button will need the application when they come back from Microsoft: it is fetched into the
// cache, and goes on being fetched where the browser lets it outlive this page. (Firefox blocks rel=prefetch by default-src.)
// What fails here is fetched when it is needed, which says why.
let prefetch = () => {
  prefetch = () => {};
  for (const file of [files.appJs, files.appWasm]) fetch(file, { priority: 'low', keepalive: true, credentials: 'same-origin' }).catch(() => {});
};
for (const sign of ['pointerenter', 'focus', 'pointerdown']) button?.addEventListener(sign, () => prefetch());

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

// Says what an answer of Microsoft's is about, wherever a host let it arrive: some redirect /auth and /consent to another path.
const kindOf = (text, isQuery, path) => {
  const said = new URLSearchParams(text);
  const isAwaited = stored('sessionStorage', `latchkey.attempt.${said.get('state')}`) !== null;
  if (isAwaited || said.has('code')) return 'sign-in';
  if (said.has('admin_consent')) return 'consent';
  if (!said.has('error')) return null;
  return isQuery && path !== '/auth' ? 'consent' : 'sign-in';
};
// What nobody can tell is damaged, where it arrives as an answer does.
const usualOf = (text, isQuery, path) => text && path === (isQuery ? '/consent' : '/auth') && (isQuery ? 'consent' : 'sign-in');

// Takes an answer out of the address, and returns the path as the page knows it: hosts of plain files add a slash.
const takeAnswer = () => {
  const path = location.pathname.replace(/\/+(index\.html)?$/, '') || '/';
  const parts = [[location.hash.slice(1), false], [location.search.slice(1), true]];
  for (const judge of [kindOf, usualOf]) {
    for (const [text, isQuery] of parts) {
      const kind = judge(text, isQuery, path);
      if (kind) {
        boot.callback = { kind, text };
        const shown = kind === 'consent' ? '/consent' : '/auth';
        history.replaceState(null, '', shown);
        return shown;
      }
    }
  }
  if (path !== location.pathname) history.replaceState(null, '', location.origin + path + location.search + location.hash);
  return path;
};

const start = () => {
  if (window.top !== window.self) return stop('This page does not run inside another page', 'Open it in a tab of its own.');
  if (!window.isSecureContext) return stop('This page needs https', 'Open it by its https address.');
  const path = takeAnswer();
  if (window.trustedTypes) {
    // A tripwire for markup that the build made; what people typed never gets here.
    const refused = /<\s*(script|iframe|object|embed|base|meta|link|form)\b|\son\w+\s*=|javascript:|srcdoc/i;
    window.trustedTypes.createPolicy('default', { createHTML: (text) => (refused.test(text) ? null : text) });
  }
  if (typeof WebAssembly !== 'object' || !window.crypto?.subtle) {
    return stop('This browser is too old for this page', 'Update it, or use a current Edge, Chrome, Firefox or Safari.');
  }
  const asked = Date.now();
  boot.config = fetch('/config.json', { cache: 'no-cache', credentials: 'omit' }).then((answer) => {
    if (!answer.ok) throw new Error(`config.json answered ${answer.status}`);
    // The host's time, in whole seconds, at some moment between the question and now. A cache in between says how old the answer is.
    const sent = Date.parse(answer.headers.get('date'));
    if (sent) boot.hostIsAhead = sent + 500 + 1000 * Number(answer.headers.get('age')) - (asked + Date.now()) / 2;
    return answer.text();
  });
  boot.config.catch(() => {});
  const isFirst = path === '/' && !boot.callback && !stored('localStorage', 'latchkey.known') && !stored('sessionStorage', 'latchkey.sealed') && !stored('localStorage', 'latchkey.keep');
  if (isFirst) {
    load(files.doorJs, files.doorWasm);
    return undefined;
  }
  if (path !== '/') shell.querySelector('main').replaceChildren(Object.assign(document.createElement('p'), { textContent: 'Loading…' }));
  boot.loadApplication();
  return undefined;
};
start();
