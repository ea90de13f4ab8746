// WebKit: WebKitWebDriver, spoken to as the W3C says, steers the browser of browser.py on a screen that nobody sees.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listen } from '../ports.mjs';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const KEYS = { Delete: '\uE017', Enter: '\uE007' };
const BROWSER = fileURLToPath(new URL('browser.py', import.meta.url));

const freePort = async () => {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
};

/** Starts a screen; returns its name. */
const startScreen = async () => {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const [number] = await once(child.stdio[3], 'data');
  return { child, display: `:${String(number).trim()}` };
};

export const start = async ({ profile, downloads }) => {
  const screen = await startScreen();
  const port = await freePort();
  const messages = [];
  const driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], {
    env: { ...process.env, DISPLAY: screen.display, GDK_BACKEND: 'x11', NO_AT_BRIDGE: '1', LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Errors of scripts, of the network and of the policy are all told there.
  for (const input of [driver.stdout, driver.stderr]) {
    createInterface({ input }).on('line', (text) => messages.push({ isFault: /\bCONSOLE (\S+ )?(ERROR|WARN)\b/.test(text), text }));
  }
  const ask = async (method, path, body = {}) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: method === 'POST' ? JSON.stringify(body) : undefined });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  const isUp = () => ask('GET', '/status').then(() => true, () => false);
  while (!(await isUp())) {
    assert.equal(driver.exitCode, null, 'WebKitWebDriver starts');
    await pause(20);
  }
  const { sessionId, capabilities } = await ask('POST', '/session', {
    capabilities: { alwaysMatch: { unhandledPromptBehavior: 'accept', 'webkitgtk:browserOptions': { binary: BROWSER, args: ['--profile', profile, '--downloads', downloads] } } },
  });
  const post = (path, body) => ask('POST', `/session/${sessionId}${path}`, body);
  const get = (path) => ask('GET', `/session/${sessionId}${path}`);
  const run = (script, ...args) => post('/execute/sync', { script: `return (${script}).apply(null, arguments)`, args });
  const send = (element, text) => post(`/element/${element[ELEMENT]}/value`, { text });
  return {
    version: `WebKitGTK ${capabilities.browserVersion}`,
    messages,
    first: await get('/window'),
    open: (url) => post('/url', { url }),
    reload: () => post('/refresh'),
    load: (source) => post('/execute/sync', { script: source, args: [] }),
    run,
    find: run,
    press: (element) => post(`/element/${element[ELEMENT]}/click`),
    /** Replaces what is selected. A new line is a key. */
    type: (element, text) => send(element, text.replaceAll('\n', KEYS.Enter) || KEYS.Delete),
    choose: send,
    screenshot: async (path) => writeFileSync(path, Buffer.from(await get('/screenshot'), 'base64')),
    newTab: async () => {
      const { handle } = await post('/window/new', { type: 'tab' });
      await post('/window', { handle });
      return handle;
    },
    use: (handle) => post('/window', { handle }),
    stop: async () => {
      try {
        await ask('DELETE', `/session/${sessionId}`);
      } finally {
        for (const child of [driver, screen.child]) {
          child.kill();
          if (child.exitCode === null) await once(child, 'exit');
        }
      }
    },
  };
};
