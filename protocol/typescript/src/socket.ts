/**
 * What the client needs of a socket, and the address to open one at.
 *
 * Owns neither opening nor reconnecting: those are the application's.
 */

import { type Feature, PROTOCOL_VERSION } from "./protocol.generated.js";

/** `readyState` of a socket that takes messages. */
export const SOCKET_OPEN = 1;

/** The part of a WebSocket that is used: a browser's and the `ws` package's both have it. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  send(data: string): void;
  close(): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close" | "error", listener: () => void): void;
}

/**
 * The address of a session on a server: `http://localhost:7987` gives `ws://localhost:7987/ws?protocol_version=5`.
 *
 * A path other than the root is kept as it is, and so are other query parameters.
 */
export function sessionUrl(server: string | URL, features: readonly Feature[] = []): URL {
  const url = new URL(server);
  url.protocol = url.protocol.replace(/^http/, "ws");
  if (url.pathname === "/") {
    url.pathname = "/ws";
  }
  url.searchParams.set("protocol_version", String(PROTOCOL_VERSION));
  if (features.length > 0) {
    url.searchParams.set("features", features.join(","));
  }
  return url;
}
