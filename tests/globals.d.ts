// What tests and measurements put into a page: a function that runs there reaches nothing of its file.

interface Window {
  // tests/e2e/support.mjs
  axe: typeof import('axe-core');
  noteCopy: (text: string) => Promise<void>;
  noteViolation: (text: string) => Promise<void>;

  // tests/e2e/accounts.test.mjs
  holdsTurn?: Promise<void>;
  giveTurn: () => void;
  waitsForTurn?: boolean;

  // tests/e2e/boot.test.mjs
  ahead: number;
  injected?: boolean;

  // tests/e2e/hostile.test.mjs and network.test.mjs: what foreign markup would leave
  taken?: boolean;
  noteText: (text: string) => Promise<void>;

  // tests/e2e/partner.test.mjs
  misplaced: string[];
  keptAtBanner: boolean | null;
  lengths: Set<number>;

  // tests/e2e/sign-in.test.mjs
  noteKept: (key: string, value: string) => Promise<void>;

  // tests/e2e/storage.test.mjs
  broken: number;
  channel: BroadcastChannel;
  database: IDBDatabase;
  first?: IDBDatabase;
  heard: unknown[];
  makeRoom: () => void;

  // tests/engines/visitor.mjs: the members of a field are missing where something else was found
  TestingLibraryDom: typeof import('@testing-library/dom');
  latchkeyFind?: (path: object[]) => (HTMLElement & Partial<Pick<HTMLInputElement, 'checked' | 'disabled' | 'select' | 'value'>>)[];

  // tests/foreign/foreign.test.mjs
  client: import('@azure/msal-browser').PublicClientApplication;

  // bench/search.mjs
  came: number[];
  drawn: number[];
  firstRow?: number;
  frame: number;
  keys: number[];
  watcher: MutationObserver;
}

/** The script of MSAL for browsers, which tests/foreign/foreign.test.mjs puts into a page. */
declare const msal: typeof import('@azure/msal-browser');
