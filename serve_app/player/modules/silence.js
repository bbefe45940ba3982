// @ts-check
/**
 * Silence: has the line died without a word?
 *
 * Owns the rule. A server that is steered answers with pictures, one that is not has nothing to say.
 */

const LIMIT_MS = 20_000;
/** Controls further apart than this had a rest between them: a pause, a panel, a hidden tab. */
const REST_MS = 1000;

export class Silence {
  #heardMs = 0;
  #steeredMs = -Infinity;

  /** Something came. @param {number} nowMs */
  heard(nowMs) {
    this.#heardMs = nowMs;
  }

  /** A control is due. @param {number} nowMs @returns {boolean} whether the line counts as dead */
  steered(nowMs) {
    // The silence before and during a rest does not count.
    if (nowMs - this.#steeredMs > REST_MS) this.#heardMs = nowMs;
    this.#steeredMs = nowMs;
    return nowMs - this.#heardMs > LIMIT_MS;
  }
}
