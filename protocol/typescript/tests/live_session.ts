/**
 * A session with a server that really runs. Beside what the client does, every message is held against its schema by
 * itself, and against what the schema makes of it: a field that the schema does not know is a difference.
 */

import { isDeepStrictEqual } from "node:util";

import { WebSocket } from "ws";

import {
  type Envelope,
  type Feature,
  parseEnvelope,
  PROTOCOL_VERSION,
  type Push,
  type Response,
  RpcClient,
  ServerMessageSchema,
  sessionUrl,
} from "../src/index.js";

export class LiveSession {
  readonly pushes: Push[] = [];
  readonly envelopes: Envelope[] = [];
  readonly replies: Response[] = [];
  /** What was wrong with messages that came; empty if nothing was. */
  readonly complaints: string[] = [];
  readonly socket: WebSocket;
  readonly rpc: RpcClient;
  messages = 0;
  isOver = false;
  #lastTs = 0;
  readonly #watchers = new Set<() => void>();

  constructor(server: string, { version = PROTOCOL_VERSION, features = [] as Feature[] } = {}) {
    const url = sessionUrl(server, features);
    url.searchParams.set("protocol_version", String(version));
    this.socket = new WebSocket(url);
    this.socket.addEventListener("message", (event) => this.#judge(event.data));
    this.rpc = new RpcClient(this.socket, {
      onPush: (push) => this.pushes.push(push),
      onEnvelope: (envelope) => this.envelopes.push(envelope),
      onInvalid: ({ reason }) => this.complaints.push(reason),
    });
    this.socket.addEventListener("message", () => this.#wake());
    this.socket.addEventListener("close", () => {
      this.isOver = true;
      this.#wake();
    });
  }

  /** Waits for messages until `find` finds something; rejects when the socket closes first. */
  until<Found>(what: string, find: () => Found | undefined): Promise<Found> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found !== undefined) {
          this.#watchers.delete(look);
          resolve(found);
        } else if (this.isOver) {
          this.#watchers.delete(look);
          reject(new Error(`the session ended before ${what}: ${JSON.stringify(this.pushes.slice(-5))}`));
        }
      };
      this.#watchers.add(look);
      look();
    });
  }

  push<Type extends Push["type"]>(
    type: Type,
    fits: (push: Extract<Push, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<Push, { type: Type }>> {
    const isOfType = (push: Push): push is Extract<Push, { type: Type }> => push.type === type;
    return this.until(`a ${type}`, () => this.pushes.filter(isOfType).find(fits));
  }

  end(): Promise<true> {
    return this.until("its end", () => this.isOver || undefined);
  }

  /** Sends a control and returns its `ts`, which no other control has. */
  control(buttons: string[]): number {
    this.#lastTs += 1;
    this.rpc.notify({ type: "control", buttons, mouse_dx: 2, mouse_dy: -1, ts: this.#lastTs });
    return this.#lastTs;
  }

  /** Sends a control and waits for the batch that consumed it. */
  step(buttons: string[]): Promise<Envelope> {
    const ts = this.control(buttons);
    return this.until("a batch", () => this.envelopes.find(({ header }) => header.client_ts === ts));
  }

  #judge(data: unknown): void {
    this.messages += 1;
    if (data instanceof ArrayBuffer) {
      const bytes = data.slice(4, 4 + new DataView(data).getUint32(0, true));
      this.#compare(parseEnvelope(data).header, JSON.parse(new TextDecoder().decode(bytes)));
    } else {
      const document: unknown = JSON.parse(String(data));
      const message = ServerMessageSchema.safeParse(document);
      this.#compare(message.data, document);
      if (message.data?.type === "response") {
        this.replies.push(message.data);
      }
    }
  }

  #compare(parsed: unknown, sent: unknown): void {
    if (!isDeepStrictEqual(parsed, sent)) {
      this.complaints.push(`sent ${JSON.stringify(sent)}, understood ${JSON.stringify(parsed)}`);
    }
  }

  #wake(): void {
    for (const look of [...this.#watchers]) {
      look();
    }
  }
}
