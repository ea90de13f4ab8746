// The content security policy and the headers, for each cloud. One place: meta tag and header files are made from it.

import { createHash } from 'node:crypto';

/** Sign-in and Graph origins of each cloud, as in crates/entra/src/cloud.rs. */
export const CLOUDS = {
  global: ['https://login.microsoftonline.com', 'https://graph.microsoft.com'],
  usgov: ['https://login.microsoftonline.us', 'https://graph.microsoft.us'],
  'usgov-dod': ['https://login.microsoftonline.us', 'https://dod-graph.microsoft.us'],
  china: ['https://login.partner.microsoftonline.cn', 'https://microsoftgraph.chinacloudapi.cn'],
  france: ['https://login.sovcloud-identity.fr', 'https://graph.svc.sovcloud.fr'],
  germany: ['https://login.sovcloud-identity.de', 'https://graph.svc.sovcloud.de'],
  singapore: ['https://login.sovcloud-identity.sg', 'https://graph.svc.sovcloud.sg'],
  emulator: ['http://localhost:8401', 'http://localhost:8402'],
};

/** Directives that a meta tag can't carry. */
const HEADER_ONLY = ["frame-ancestors 'none'"];

const directives = (cloud, style) => [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "script-src-attr 'none'",
  // The style of the shell stands in the page, so that the first paint waits for one file only.
  `style-src 'self' '${style}'`,
  "style-src-attr 'none'",
  "img-src 'self' data:",
  "font-src 'self'",
  `connect-src 'self' ${CLOUDS[cloud].join(' ')}`,
  "worker-src 'self'",
  "frame-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
  // The emulator's origins are plain http on loopback.
  ...(cloud === 'emulator' ? [] : ['upgrade-insecure-requests']),
];

/** Returns the source expression that allows exactly this inline style. */
export const hashOf = (style) => `sha256-${createHash('sha256').update(style).digest('base64')}`;

/** `style` is the hash of the inline style, as hashOf makes it. */
export const metaPolicy = (cloud, style) => directives(cloud, style).join('; ');
export const headerPolicy = (cloud, style) => [...directives(cloud, style), ...HEADER_ONLY].join('; ');

const PERMISSIONS = `accelerometer autoplay browsing-topics camera clipboard-read display-capture encrypted-media fullscreen gamepad geolocation
gyroscope hid idle-detection local-fonts magnetometer microphone midi payment picture-in-picture publickey-credentials-get screen-wake-lock serial
storage-access usb xr-spatial-tracking`.split(/\s+/);

export const securityHeaders = (cloud, style) => ({
  'Content-Security-Policy': headerPolicy(cloud, style),
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'X-DNS-Prefetch-Control': 'off',
  'Permissions-Policy': ['clipboard-write=(self)', ...PERMISSIONS.map((name) => `${name}=()`)].join(', '),
});

/** How long browsers and caches may keep a file. */
export const CACHE = { kept: 'public, max-age=31536000, immutable', asked: 'no-cache', never: 'no-store' };

/** The names of assets carry a hash. Of the rest, only what the page is made with may be kept, and asked for again. */
export const cacheOf = (path) => {
  if (path.startsWith('/assets/')) return CACHE.kept;
  return path === '/boot.js' || path === '/icon.svg' ? CACHE.asked : CACHE.never;
};
