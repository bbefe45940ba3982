import { SOCKET_OPEN, type WebSocketLike } from "../src/index.js";

type Listener = (event: { readonly data: unknown }) => void;

/** A socket without a network: remembers what was sent, and delivers what a test hands in. */
export class FakeSocket implements WebSocketLike {
  binaryType = "blob";
  readyState = SOCKET_OPEN;
  readonly sent: string[] = [];
  readonly #listeners: { type: string; listener: Listener }[] = [];

  send(data: string): void {
    this.sent.push(data);
  }

  close(): void {
    this.end("close");
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push({ type, listener });
  }

  deliver(data: unknown): void {
    this.#emit("message", data);
  }

  deliverJson(document: unknown): void {
    this.deliver(JSON.stringify(document));
  }

  end(how: "close" | "error"): void {
    this.readyState = 3;
    this.#emit(how, undefined);
  }

  /** The messages that were sent, parsed. */
  get documents(): unknown[] {
    return this.sent.map((text): unknown => JSON.parse(text));
  }

  #emit(type: string, data: unknown): void {
    for (const entry of this.#listeners.filter((candidate) => candidate.type === type)) {
      entry.listener({ data });
    }
  }
}
