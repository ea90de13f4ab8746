// Firefox: puppeteer speaks WebDriver BiDi with it.
import { launch } from 'puppeteer-core';

const FIREFOX = process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr';

export const start = async ({ profile, downloads }) => {
  const browser = await launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    userDataDir: profile,
    defaultViewport: { width: 1280, height: 800 },
    extraPrefsFirefox: { 'browser.download.folderList': 2, 'browser.download.dir': downloads, 'browser.download.alwaysOpenPanel': false },
  });
  const messages = [];
  const tabs = [];
  let page;
  // What the policy blocked comes as an error of the page.
  const newTab = async () => {
    page = await browser.newPage();
    page.on('pageerror', (error) => messages.push({ isFault: true, text: String(error.stack ?? error) }));
    page.on('console', (message) => messages.push({ isFault: ['error', 'warn'].includes(message.type()), text: message.text() }));
    return tabs.push(page) - 1;
  };
  const first = await newTab();
  const call = (script, args) => `(${script}).apply(null, ${JSON.stringify(args)})`;
  return {
    version: await browser.version(),
    messages,
    first,
    open: (url) => page.goto(url),
    reload: () => page.reload(),
    load: (source) => page.evaluate(source),
    run: (script, ...args) => page.evaluate(call(script, args)),
    /** What the script returns is an element or null. */
    find: async (script, ...args) => (await page.evaluateHandle(call(script, args))).asElement(),
    press: (element) => element.click(),
    /** Replaces what is selected. */
    type: async (_, text) => (text === '' ? page.keyboard.press('Delete') : page.keyboard.type(text)),
    choose: (element, path) => element.uploadFile(path),
    screenshot: (path) => page.screenshot({ path }),
    newTab,
    use: async (tab) => {
      page = tabs[tab];
      await page.bringToFront();
    },
    stop: () => browser.close(),
  };
};
