// @ts-check
/** Notices: what the player should know, at the top of the page until read. Owns their life on the page. */

import { byId, icon, make, paragraphs } from "./dom.js";
import { t } from "./words.js";

const LIMIT = 3;
const SHORT_MS = 4000;
const LONG_MS = 14_000;

/** @typedef {{happened: string, advice?: string, detail?: string}} Words */

export class Notices {
  #box = byId("notices");
  #copy;

  /** @param {() => void} copyDiagnostics */
  constructor(copyDiagnostics) {
    this.#copy = copyDiagnostics;
  }

  /** Something went as it should. @param {string} text */
  tell(text) {
    this.#add({ happened: text, advice: "" }, "info", SHORT_MS);
  }

  /** @param {Words} words @param {"warning" | "error"} level */
  warn(words, level) {
    this.#add({ advice: "", ...words }, level, LONG_MS);
  }

  clear() {
    this.#box.replaceChildren();
  }

  /**
   * @param {{happened: string, advice: string, detail?: string}} words
   * @param {string} level
   * @param {number} stayMs
   */
  #add(words, level, stayMs) {
    for (const same of [...this.#box.children]) {
      if (/** @type {HTMLElement} */ (same).dataset.text === words.happened) same.remove();
    }
    const body = make("div", { class: "body" }, paragraphs(words));
    if (level !== "info") {
      const copy = make("button", { type: "button", class: "quiet" }, [t("notice.copy")]);
      copy.addEventListener("click", this.#copy);
      body.append(copy);
    }
    const close = make("button", { type: "button", class: "close", "aria-label": t("notice.dismiss") }, [icon("close")]);
    const role = level === "error" ? "alert" : "status";
    const notice = make("div", { class: `notice ${level}`, role, "data-text": words.happened }, [body, close]);
    close.addEventListener("click", () => notice.remove());
    this.#box.append(notice);
    while (this.#box.children.length > LIMIT) this.#box.firstElementChild?.remove();
    const leave = () => {
      if (notice.matches(":hover, :focus-within")) setTimeout(leave, SHORT_MS);
      else notice.remove();
    };
    setTimeout(leave, stayMs);
  }
}
