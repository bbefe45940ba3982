// @ts-check
/**
 * Requests and their replies.
 *
 * Owns the pairing by `req_id` and the time-outs. Sending is the connection's.
 */

/** A request that failed: the server's message id, or raw text for the rest. */
export class RpcError extends Error {
  /**
   * @param {string} message
   * @param {string} [errorId]
   */
  constructor(message, errorId) {
    super(message);
    this.name = "RpcError";
    this.errorId = errorId;
  }
}

/** The connection ended before the reply came. */
export class RpcClosedError extends RpcError {
  constructor() {
    super("the connection closed before the reply");
    this.name = "RpcClosedError";
  }
}

/** No reply came in time. */
export class RpcTimeoutError extends RpcError {
  /** @param {string} type @param {number} timeoutMs */
  constructor(type, timeoutMs) {
    super(`no reply to ${type} within ${Math.round(timeoutMs / 1000)} s`);
    this.name = "RpcTimeoutError";
  }
}

export class RpcClient {
  /** @type {Map<string, {resolve: (data: any) => void, reject: (error: RpcError) => void, timer: ReturnType<typeof setTimeout>}>} */
  #pending = new Map();
  #next = 1;
  #send;

  /** @param {(message: object) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /**
   * @param {string} type
   * @param {object} params
   * @param {number} timeoutMs
   * @returns {Promise<any>} the reply's `data`; rejects with RpcError
   */
  request(type, params, timeoutMs) {
    const reqId = `r${this.#next}`;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(reqId);
        reject(new RpcTimeoutError(type, timeoutMs));
      }, timeoutMs);
      this.#pending.set(reqId, { resolve, reject, timer });
      this.#send({ type, req_id: reqId, ...params });
    });
  }

  /**
   * Take a reply in. False when nobody waits for it.
   *
   * @param {{req_id: string, success: boolean, data?: any, error_id?: string, error?: string}} reply
   */
  settle(reply) {
    const waiting = this.#pending.get(reply.req_id);
    if (!waiting) return false;
    this.#pending.delete(reply.req_id);
    clearTimeout(waiting.timer);
    if (reply.success) waiting.resolve(reply.data);
    else waiting.reject(new RpcError(reply.error ?? reply.error_id ?? "refused", reply.error_id));
    return true;
  }

  /** Nothing will come any more: everybody who waits is told. */
  close() {
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject, timer } of waiting) {
      clearTimeout(timer);
      reject(new RpcClosedError());
    }
  }
}
