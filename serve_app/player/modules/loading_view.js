// @ts-check
/** The wait for a world: how far it is, what is being done, and the last lines of the server's log. Owns its section. */

import { STAGE_PERCENTAGES } from "/locales/stages.js";
import { briefOf } from "./diagnostics.js";
import { byId, make } from "./dom.js";
import { stageLabel, t } from "./words.js";

const LOG_LINES = 7;

export class LoadingView {
  #percent = 0;
  #stage = "";
  #backdrop = byId("backdrop");

  /** A new wait begins. */
  begin() {
    this.#percent = 0;
    this.#stage = "";
    byId("loading-log").replaceChildren();
    this.render();
  }

  /** @param {string} stage */
  reach(stage) {
    this.#stage = stage;
    // A replica that has been played on starts further along; the bar never goes back within one wait.
    const percent = STAGE_PERCENTAGES[/** @type {keyof typeof STAGE_PERCENTAGES} */ (stage)] ?? this.#percent;
    this.#percent = Math.max(this.#percent, percent);
    this.render();
  }

  /** @param {{event: string, level?: string, fields?: Record<string, unknown>}} record of the server's log */
  log(record) {
    const list = byId("loading-log");
    list.append(make("li", { class: record.level ?? "info" }, [briefOf(record)]));
    while (list.children.length > LOG_LINES) list.firstElementChild?.remove();
  }

  render() {
    byId("loading-percent").textContent = String(this.#percent);
    byId("loading-stage").textContent = this.#stage ? stageLabel(this.#stage) : t("loading.connecting");
    /** @type {HTMLProgressElement} */ (byId("loading-bar")).value = this.#percent;
    this.#backdrop.style.setProperty("--progress", String(this.#percent));
  }
}
