/**
 * One session on an open socket: requests with their replies, notifications, and what the server sends by itself.
 *
 * Owns pairing replies with requests, time-outs, and checking every message in both directions. Opening the socket and
 * connecting anew are the application's.
 */

import { z } from "zod";

import { type Envelope, EnvelopeError, parseEnvelope } from "./envelope.js";
import {
  type MessageId,
  type Notification,
  NotificationSchema,
  type Push,
  type Response,
  RPC_REQUEST_SCHEMAS,
  RPC_RESPONSE_SCHEMAS,
  type RpcMethod,
  type RpcRequestMap,
  ServerMessageSchema,
} from "./protocol.generated.js";
import { SOCKET_OPEN, type WebSocketLike } from "./socket.js";

/** How long a request waits for its reply, in milliseconds. `init` may download and compile a model. */
export const DEFAULT_TIMEOUTS_MS: Readonly<Record<RpcMethod, number>> = {
  init: 30 * 60_000,
  scene_edit: 5 * 60_000,
  generate_scene: 5 * 60_000,
  check_seed_safety: 60_000,
};

/**
 * Why a request has no data: the server refused it, no reply came in time, the socket closed, or one of the two
 * messages does not fit its schema.
 */
export type RpcFailure = "refused" | "timed_out" | "closed" | "invalid_request" | "invalid_response";

/** What a request rejects with. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly failure: RpcFailure;
  /** What to translate for the user, if the server refused by a message id. */
  readonly errorId: MessageId | undefined;

  constructor(failure: RpcFailure, message: string, errorId?: MessageId) {
    super(message);
    this.failure = failure;
    this.errorId = errorId;
  }
}

/** A message of the server's that fits no schema. It is dropped; `raw` is what came. */
export interface InvalidServerMessage {
  readonly reason: string;
  readonly raw: unknown;
}

export interface RpcClientOptions {
  /** Instead of DEFAULT_TIMEOUTS_MS. */
  readonly timeoutsMs?: Partial<Record<RpcMethod, number>>;
  readonly onPush?: (push: Push) => void;
  readonly onEnvelope?: (envelope: Envelope) => void;
  readonly onInvalid?: (message: InvalidServerMessage) => void;
}

type SchemasOf<Part extends "request" | "response"> = {
  readonly [Method in RpcMethod]: z.ZodType<RpcRequestMap[Method][Part]>;
};
const REQUEST_SCHEMAS: SchemasOf<"request"> = RPC_REQUEST_SCHEMAS;
const RESPONSE_SCHEMAS: SchemasOf<"response"> = RPC_RESPONSE_SCHEMAS;

/** Enough of a reply to know which request waits for it, when the rest is not valid. */
const ReplyAddressSchema = z.object({ type: z.literal("response"), req_id: z.string() });

interface Pending {
  settle(response: Response): void;
  fail(error: RpcError): void;
}

export class RpcClient {
  readonly #socket: WebSocketLike;
  readonly #options: RpcClientOptions;
  readonly #pending = new Map<string, Pending>();
  #lastId = 0;
  #isClosed = false;

  /** Listens on a socket, which may still be connecting. Other listeners may be on it too. */
  constructor(socket: WebSocketLike, options: RpcClientOptions = {}) {
    this.#socket = socket;
    this.#options = options;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", (event) => this.#receive(event.data));
    socket.addEventListener("close", () => this.#lose());
    socket.addEventListener("error", () => this.#lose());
  }

  /** Whether messages can be sent now. */
  get isOpen(): boolean {
    return !this.#isClosed && this.#socket.readyState === SOCKET_OPEN;
  }

  /** Send a request. The promise gives the data of its reply, or rejects with an RpcError. */
  request<Method extends RpcMethod>(
    method: Method,
    params: RpcRequestMap[Method]["params"],
    options: { readonly timeoutMs?: number } = {},
  ): Promise<RpcRequestMap[Method]["response"]> {
    this.#lastId += 1;
    const id = `request-${this.#lastId}`;
    const message = REQUEST_SCHEMAS[method].safeParse({ ...params, type: method, req_id: id });
    if (!message.success) {
      return Promise.reject(new RpcError("invalid_request", `${method}: ${z.prettifyError(message.error)}`));
    }
    if (!this.isOpen) {
      return Promise.reject(new RpcError("closed", `${method}: the socket is not open`));
    }
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutsMs?.[method] ?? DEFAULT_TIMEOUTS_MS[method];
    const reply = this.#expect(method, id, timeoutMs);
    this.#socket.send(JSON.stringify(message.data));
    return reply;
  }

  /**
   * Send a notification. The result says whether it was sent: a closed socket is no error, as controls may be on
   * their way while it closes. Throws an RpcError for a message that the server would refuse.
   */
  notify(notification: Notification): boolean {
    const message = NotificationSchema.safeParse(notification);
    if (!message.success) {
      throw new RpcError("invalid_request", `${notification.type}: ${z.prettifyError(message.error)}`);
    }
    if (!this.isOpen) {
      return false;
    }
    this.#socket.send(JSON.stringify(message.data));
    return true;
  }

  /** End the session: everything that waits is rejected, and the socket closes. */
  close(): void {
    this.#lose();
    this.#socket.close();
  }

  #expect<Method extends RpcMethod>(
    method: Method,
    id: string,
    timeoutMs: number,
  ): Promise<RpcRequestMap[Method]["response"]> {
    return new Promise((resolve, reject) => {
      const fail = (error: RpcError): void => {
        clearTimeout(timer);
        this.#pending.delete(id);
        reject(error);
      };
      const settle = (response: Response): void => {
        if (!response.success) {
          fail(new RpcError("refused", response.error ?? response.error_id ?? "refused", response.error_id));
          return;
        }
        const data = RESPONSE_SCHEMAS[method].safeParse(response.data);
        if (!data.success) {
          fail(new RpcError("invalid_response", `${method}: ${z.prettifyError(data.error)}`));
          return;
        }
        clearTimeout(timer);
        this.#pending.delete(id);
        resolve(data.data);
      };
      const timer = setTimeout(
        () => fail(new RpcError("timed_out", `${method}: no reply within ${timeoutMs} ms`)),
        timeoutMs,
      );
      this.#pending.set(id, { settle, fail });
    });
  }

  #receive(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      this.#receiveEnvelope(data);
    } else if (typeof data === "string") {
      this.#receiveText(data);
    } else {
      this.#options.onInvalid?.({ reason: "neither text nor an ArrayBuffer", raw: data });
    }
  }

  #receiveEnvelope(data: ArrayBuffer): void {
    let envelope: Envelope;
    try {
      envelope = parseEnvelope(data);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) {
        throw error;
      }
      this.#options.onInvalid?.({ reason: error.message, raw: data });
      return;
    }
    this.#options.onEnvelope?.(envelope);
  }

  #receiveText(text: string): void {
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch {
      this.#options.onInvalid?.({ reason: "not JSON", raw: text });
      return;
    }
    const message = ServerMessageSchema.safeParse(document);
    if (!message.success) {
      this.#refuse(document, z.prettifyError(message.error));
    } else if (message.data.type === "response") {
      // A reply that nobody waits for came after its time-out.
      this.#pending.get(message.data.req_id)?.settle(message.data);
    } else {
      this.#options.onPush?.(message.data);
    }
  }

  /** Report a message that fits no schema, and end the wait of the request that it answers, if it answers one. */
  #refuse(document: unknown, reason: string): void {
    const address = ReplyAddressSchema.safeParse(document);
    if (address.success) {
      this.#pending.get(address.data.req_id)?.fail(new RpcError("invalid_response", reason));
    }
    this.#options.onInvalid?.({ reason, raw: document });
  }

  #lose(): void {
    this.#isClosed = true;
    for (const pending of [...this.#pending.values()]) {
      pending.fail(new RpcError("closed", "the connection closed before the reply came"));
    }
  }
}
