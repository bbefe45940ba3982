// @ts-check
/**
 * The decoder: envelopes in, pictures out, off the main thread.
 *
 * Owns the worker and the rule that only the newest envelope waits: a tab that falls behind skips, it does not queue.
 */

/** So many envelopes may be in the worker; decoding one while the next arrives keeps it busy. */
const IN_WORK_LIMIT = 2;

/**
 * @typedef {object} Batch
 * @property {import("./envelope.js").FrameHeader} header
 * @property {ImageBitmap[]} bitmaps
 */

export class Decoder {
  #worker = new Worker(new URL("./decode_worker.js", import.meta.url), { type: "module" });
  #inWork = 0;
  /** @type {ArrayBuffer | null} */
  #newest = null;
  /** What is decoded for a world that has been left is thrown away. */
  #stale = 0;
  /** Envelopes that were replaced by a newer one before they were decoded. */
  skipped = 0;

  /**
   * @param {(batch: Batch) => void} onBatch
   * @param {(reason: string) => void} onFlaw
   */
  constructor(onBatch, onFlaw) {
    this.#worker.onmessage = ({ data }) => {
      this.#inWork -= 1;
      this.#feed();
      if (data.error) onFlaw(data.error);
      else if (this.#stale > 0) for (const bitmap of data.bitmaps) bitmap.close();
      else onBatch(data);
      if (this.#stale > 0) this.#stale -= 1;
    };
  }

  /** @param {ArrayBuffer} buffer handed over: unusable afterwards */
  push(buffer) {
    if (this.#newest !== null) this.skipped += 1;
    this.#newest = buffer;
    this.#feed();
  }

  /** Another world begins: nothing of the old one comes out any more. */
  clear() {
    this.#newest = null;
    this.#stale = this.#inWork;
  }

  #feed() {
    if (this.#newest === null || this.#inWork >= IN_WORK_LIMIT) return;
    this.#inWork += 1;
    this.#worker.postMessage(this.#newest, [this.#newest]);
    this.#newest = null;
  }
}
