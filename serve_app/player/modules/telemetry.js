// @ts-check
/**
 * Telemetry: what the last seconds were like.
 *
 * Owns bounded series and what is computed from them. Drawing is the overlay's.
 */

/** The header's split of one pass, in the order in which it happens. */
export const SPLIT = /** @type {const} */ (["t_infer_ms", "t_sync_ms", "t_enc_ms", "t_metrics_ms", "t_overhead_ms"]);

/** Batches that are kept: at fifteen a second, eight seconds. */
const HISTORY = 120;

/** The newest `limit` values, the oldest first. */
export class Series {
  #values;
  #start = 0;
  #length = 0;

  /** @param {number} limit */
  constructor(limit) {
    this.#values = new Float32Array(limit);
  }

  get length() {
    return this.#length;
  }

  get limit() {
    return this.#values.length;
  }

  /** @param {number} value */
  push(value) {
    const limit = this.#values.length;
    this.#values[(this.#start + this.#length) % limit] = value;
    if (this.#length < limit) this.#length += 1;
    else this.#start = (this.#start + 1) % limit;
  }

  /** @param {number} index 0 is the oldest */
  at(index) {
    return this.#values[(this.#start + index) % this.#values.length];
  }

  /** The newest value, NaN when there is none. */
  get last() {
    return this.#length === 0 ? NaN : this.at(this.#length - 1);
  }

  /**
   * The value that `share` of the newest values lie below, NaN when there is none.
   *
   * @param {number} share 0 to 1
   * @param {number} [newest] how many of the newest to look at
   */
  quantile(share, newest = this.#length) {
    const count = Math.min(newest, this.#length);
    if (count === 0) return NaN;
    const values = [];
    for (let index = this.#length - count; index < this.#length; index += 1) values.push(this.at(index));
    values.sort((a, b) => a - b);
    return values[Math.min(count - 1, Math.floor(share * count))];
  }

  clear() {
    this.#start = 0;
    this.#length = 0;
  }
}

/** Events per second over the last second or so. */
export class Rate {
  /** @type {number[]} */
  #times = [];
  #windowMs;

  /** @param {number} [windowMs] */
  constructor(windowMs = 1000) {
    this.#windowMs = windowMs;
  }

  /** @param {number} nowMs */
  tick(nowMs) {
    this.#times.push(nowMs);
    this.#forget(nowMs);
  }

  /** @param {number} nowMs */
  perSecond(nowMs) {
    this.#forget(nowMs);
    return (this.#times.length * 1000) / this.#windowMs;
  }

  clear() {
    this.#times = [];
  }

  /** @param {number} nowMs */
  #forget(nowMs) {
    let old = 0;
    while (old < this.#times.length && this.#times[old] <= nowMs - this.#windowMs) old += 1;
    if (old > 0) this.#times.splice(0, old);
  }
}

/** Everything that the overlay shows, the last few seconds of it. */
export class Telemetry {
  latencyMs = new Series(HISTORY);
  fps = new Series(HISTORY);
  /** The rest of the latency: the way there and back, decoding, and waiting for the display. */
  elsewhereMs = new Series(HISTORY);
  split = new Map(SPLIT.map((name) => [name, new Series(HISTORY)]));
  shown = new Rate();
  /** Of the whole stay, not only of the last seconds. */
  batches = 0;
  framesShown = 0;
  bytes = 0;

  /**
   * The first sub-frame of a batch is on the screen.
   *
   * @param {import("./envelope.js").FrameHeader} header
   * @param {number} nowMs on the clock of `client_ts`
   */
  batchShown(header, nowMs) {
    if (header.frame_id === 0 || header.client_ts <= 0) return;
    const latencyMs = Math.max(0, nowMs - header.client_ts);
    let knownMs = 0;
    for (const name of SPLIT) {
      const value = Math.max(0, header[name] ?? 0);
      knownMs += value;
      this.split.get(name)?.push(value);
    }
    this.latencyMs.push(latencyMs);
    this.elsewhereMs.push(Math.max(0, latencyMs - knownMs));
    this.fps.push(this.shown.perSecond(nowMs));
    this.batches += 1;
  }

  /** @param {number} nowMs */
  frameShown(nowMs) {
    this.framesShown += 1;
    this.shown.tick(nowMs);
  }

  /** The rhythm was interrupted: what was measured before says nothing about now. */
  restart() {
    this.shown.clear();
  }

  clear() {
    for (const series of [this.latencyMs, this.fps, this.elsewhereMs, ...this.split.values()]) series.clear();
    this.shown.clear();
    this.batches = 0;
    this.framesShown = 0;
    this.bytes = 0;
  }

  /** A few numbers for the diagnostics. */
  summary() {
    const round = (/** @type {number} */ value) => (Number.isFinite(value) ? Math.round(value * 10) / 10 : null);
    return {
      latency_ms: { p50: round(this.latencyMs.quantile(0.5)), p95: round(this.latencyMs.quantile(0.95)) },
      fps: { p50: round(this.fps.quantile(0.5)), p05: round(this.fps.quantile(0.05)) },
      split_ms_p50: Object.fromEntries(SPLIT.map((name) => [name, round(this.split.get(name)?.quantile(0.5) ?? NaN)])),
      batches: this.batches,
      frames_shown: this.framesShown,
      received_bytes: this.bytes,
    };
  }
}
