// @ts-check
/**
 * The connection: one WebSocket, from opening to its end.
 *
 * Owns the socket and the requests that wait for a reply. What the messages mean is decided in `world`.
 */

import { RpcClient } from "./rpc.js";
import { Silence } from "./silence.js";

export const PROTOCOL_VERSION = 5;
const FEATURES = "recording_status,idle_limit";

/** Above this much unsent data, controls are held back: they would be old before they arrive. */
const BACKLOG_BYTES = 64 * 1024;

/**
 * @typedef {object} Handlers
 * @property {() => void} opened
 * @property {(message: any) => void} message a push; replies are settled here
 * @property {(buffer: ArrayBuffer) => void} batch
 * @property {() => void} closed once, unless we closed it ourselves
 */

/**
 * @param {Location} page
 * @param {string} token
 */
export function socketUrl(page, token) {
  const scheme = page.protocol === "https:" ? "wss:" : "ws:";
  const query = new URLSearchParams({ protocol_version: String(PROTOCOL_VERSION), features: FEATURES });
  if (token) query.set("access_token", token);
  return `${scheme}//${page.host}/ws?${query}`;
}

export class Connection {
  #socket;
  #rpc = new RpcClient((message) => this.send(message));
  #silence = new Silence();
  #unsentBytes = 0;
  #isOver = false;

  /**
   * @param {string} url
   * @param {Handlers} handlers
   */
  constructor(url, handlers) {
    this.#socket = new WebSocket(url);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => handlers.opened();
    this.#socket.onmessage = ({ data }) => {
      if (this.#isOver) return;
      this.#silence.heard(performance.now());
      if (typeof data !== "string") handlers.batch(data);
      else this.#takeText(data, handlers);
    };
    this.#socket.onclose = () => {
      this.#rpc.close();
      if (!this.#isOver) handlers.closed();
      this.#isOver = true;
    };
  }

  /**
   * Send a control, unless it would be old before it arrives.
   *
   * @param {object} message
   * @param {number} nowMs
   * @returns {boolean} false when the line has died without a word
   */
  steer(message, nowMs) {
    const unsentBytes = this.#socket.bufferedAmount;
    const isBacklogged = unsentBytes >= BACKLOG_BYTES;
    // The network's own buffers are full then, and only the other side makes room: a picture is on its way.
    if (isBacklogged && unsentBytes < this.#unsentBytes) this.#silence.heard(nowMs);
    this.#unsentBytes = unsentBytes;
    if (this.#silence.steered(nowMs)) return false;
    if (!isBacklogged) this.send(message);
    return true;
  }

  /** @param {object} message */
  send(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /**
   * @param {string} type
   * @param {object} params
   * @param {number} timeoutMs
   */
  request(type, params, timeoutMs) {
    return this.#rpc.request(type, params, timeoutMs);
  }

  /** End it from this side; no handler is called any more. */
  close() {
    this.#isOver = true;
    this.#rpc.close();
    this.#socket.close(1000);
  }

  /**
   * @param {string} text
   * @param {Handlers} handlers
   */
  #takeText(text, handlers) {
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (message?.type === "response") this.#rpc.settle(message);
    else if (typeof message?.type === "string") handlers.message(message);
  }
}
