// @ts-check
/**
 * Pacing: which sub-frame is shown when?
 *
 * A batch of n sub-frames arrives at once and covers the time until the next batch. Owns the prediction of that time and
 * the rule that the newest batch wins. Knows no clock and no canvas: the caller passes the time in, and draws.
 */

const GAPS_KEPT = 9;
/** A longer gap is a pause, not a rhythm. */
const RHYTHM_LIMIT_MS = 1000;
/** What remains of a delay from one batch to the next. */
const DELAY_KEPT = 0.8;
/** So many frames may be due at once without being skipped: a display whose beat differs a little from the world's. */
const DUE_LIMIT = 2;

/**
 * The mean without the smallest and the largest: jitter cancels out, and one stall does not count.
 *
 * @param {number[]} values not empty
 * @returns {number}
 */
function trimmedMean(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const kept = sorted.length > 2 ? sorted.slice(1, -1) : sorted;
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

/**
 * @template FrameT
 */
export class FramePacer {
  /** @type {{frame: FrameT, dueMs: number}[]} */
  #queue = [];
  /** @type {number[]} */
  #gapsMs = [];
  /** @type {number | null} */
  #lastArrivalMs = null;
  #endMs = 0;
  #intervalMs;
  #drop;
  /** Sub-frames that were never shown, because newer ones were there. */
  skipped = 0;

  /**
   * @param {object} options
   * @param {number} [options.expectedMs] interval to assume until two batches have come
   * @param {(frame: FrameT) => void} [options.drop] told of every frame that will not be shown
   */
  constructor({ expectedMs = 1000 / 15, drop = () => {} } = {}) {
    this.#intervalMs = expectedMs;
    this.#drop = drop;
  }

  /** The time from one batch to the next, as predicted from the latest ones. */
  get intervalMs() {
    return this.#intervalMs;
  }

  /** How many frames wait. */
  get waiting() {
    return this.#queue.length;
  }

  /**
   * Take in one batch. Its first frame is due at once, or when the batch before it has had its time; the delay that
   * this adds shrinks from batch to batch. If more than half a batch would have to wait, the older one is dropped.
   *
   * @param {FrameT[]} frames
   * @param {number} nowMs
   */
  push(frames, nowMs) {
    this.#learn(nowMs);
    let delayMs = Math.max(0, this.#endMs - nowMs);
    if (delayMs > this.#intervalMs / 2) {
      this.#skip(this.#queue.length);
      delayMs = 0;
    }
    const startMs = nowMs + delayMs * DELAY_KEPT;
    const stepMs = this.#intervalMs / frames.length;
    frames.forEach((frame, index) => this.#queue.push({ frame, dueMs: startMs + index * stepMs }));
    this.#endMs = startMs + this.#intervalMs;
  }

  /**
   * The frame to show now, or null when the one on the screen stays. Call it once per display refresh.
   *
   * @param {number} nowMs
   * @param {number} [slackMs] half a refresh: what is due by then may be shown now
   * @returns {FrameT | null}
   */
  take(nowMs, slackMs = 8) {
    const due = this.#queue.filter(({ dueMs }) => dueMs <= nowMs + slackMs).length;
    if (due === 0) return null;
    this.#skip(Math.max(0, due - DUE_LIMIT));
    return this.#queue.shift()?.frame ?? null;
  }

  /** Forget every frame and the rhythm: another world begins. */
  clear() {
    for (const { frame } of this.#queue) this.#drop(frame);
    this.#queue = [];
    this.#lastArrivalMs = null;
    this.#endMs = 0;
  }

  /** @param {number} count */
  #skip(count) {
    for (const { frame } of this.#queue.splice(0, count)) {
      this.#drop(frame);
      this.skipped += 1;
    }
  }

  /** @param {number} nowMs */
  #learn(nowMs) {
    const gapMs = this.#lastArrivalMs === null ? Infinity : nowMs - this.#lastArrivalMs;
    this.#lastArrivalMs = nowMs;
    if (gapMs > RHYTHM_LIMIT_MS) return;
    this.#gapsMs.push(gapMs);
    if (this.#gapsMs.length > GAPS_KEPT) this.#gapsMs.shift();
    this.#intervalMs = Math.max(1, trimmedMean(this.#gapsMs));
  }
}
