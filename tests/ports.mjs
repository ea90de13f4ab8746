// Servers of this computer that a test or a measurement starts itself.
import { once } from 'node:events';

/** Listens on a port that is free; returns the port. */
export const listen = async (/** @type {import('node:net').Server} */ server, host = '127.0.0.1') => {
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return port;
};
