// @ts-check
/**
 * The end of a stay that the player did not choose: what happened, and the way back.
 *
 * Owns its section and the countdown. Whether to try again by itself is decided by the rules in `session`.
 */

import { byId } from "./dom.js";
import { mayRetryAlone, retryDelayS } from "./session.js";
import { describe, t } from "./words.js";

/**
 * @typedef {object} Ending
 * @property {"lost" | "refused"} phase
 * @property {boolean} wasReached the server had answered
 * @property {boolean} hadWorld there is a picture to go on from
 * @property {any} lastWord the error push before the end, if there was one
 */

export class EndedView {
  #attempt = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #onRetry;
  #settings;
  /** @type {Ending | null} */
  #ending = null;

  /** @param {() => void} onRetry @param {() => {autoReconnect: boolean}} settings */
  constructor(onRetry, settings) {
    this.#onRetry = onRetry;
    this.#settings = settings;
    byId("ended-retry").addEventListener("click", () => this.#retry());
  }

  /** @param {Ending} ending */
  show(ending) {
    const isFirst = this.#ending === null;
    this.#ending = ending;
    this.render();
    if (isFirst) byId("ended-retry").focus();
    this.schedule();
  }

  /** The world is there again, or the player gave up: the next loss starts counting anew. */
  settle() {
    this.#attempt = 0;
    this.#ending = null;
    this.stop();
  }

  stop() {
    clearInterval(this.#timer);
    byId("ended-countdown").textContent = "";
  }

  /** Begin or give up the countdown, as the setting says. */
  schedule() {
    this.stop();
    const ending = this.#ending;
    if (!ending || !this.#settings().autoReconnect || !mayRetryAlone(ending.phase, ending.lastWord?.message_id)) return;
    let seconds = Math.ceil(retryDelayS(this.#attempt, Math.random()));
    const tick = () => {
      if (seconds <= 0) this.#retry();
      else byId("ended-countdown").textContent = t("refused.retrying", { seconds: String(seconds) });
      seconds -= 1;
    };
    this.#timer = setInterval(tick, 1000);
    tick();
  }

  render() {
    if (!this.#ending) return;
    const { phase, wasReached, hadWorld, lastWord } = this.#ending;
    const isLost = phase === "lost";
    const isBusy = lastWord?.message_id === "app.server.error.serverBusy";
    const words = isLost ? null : describe(lastWord ?? {});
    if (isLost) byId("ended-title").textContent = t(wasReached ? "lost.title" : "lost.unreachable");
    else byId("ended-title").textContent = t(isBusy ? "refused.busy" : "refused.title");
    byId("ended-body").textContent = words?.happened ?? t(wasReached ? "lost.body" : "lost.unreachable.body");
    byId("ended-advice").textContent = words?.advice ?? "";
    byId("ended-detail").textContent = words?.detail ?? "";
    byId("ended-retry").textContent = t(hadWorld ? "refused.continue" : "refused.retry");
  }

  #retry() {
    this.stop();
    this.#attempt += 1;
    this.#onRetry();
  }
}
