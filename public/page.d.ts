// What boot.js finds in index.html, and what it leaves for the modules that it loads. This file is not part of the page.

interface LatchkeyBoot {
  /** The answer of Microsoft's that was in the address. */
  callback: { kind: 'sign-in' | 'consent'; text: string } | null;
  /** Sign in was pressed before the door was ready. */
  wanted: boolean;
  /** The text of config.json. */
  config: Promise<string> | null;
  /** How many milliseconds the host's clock is ahead of this computer's. */
  hostIsAhead: number | null;
  signIn: (() => void) | null;
  loadApplication: () => void;
  /** The module that makes certificates. */
  certificates?: () => Promise<Record<string, unknown>>;
  /** What the policy stopped, and whose it is. */
  stopped: { directive: string; what: string; by: string }[];
}

interface Window {
  latchkeyBoot?: LatchkeyBoot;
  /** Shows these lines in place of the page, the first one as its heading. */
  latchkeyStop?: (...lines: string[]) => void;
  /** Not every browser has them. */
  trustedTypes?: { createPolicy(name: string, rules: { createHTML?: (text: string) => string | null }): unknown };
}

interface ParentNode {
  querySelector(selectors: 'script[data-door-js]'): HTMLScriptElement | null;
}

interface Document {
  getElementById(elementId: 'keep'): HTMLInputElement | null;
}
