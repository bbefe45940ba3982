// @ts-check
/**
 * Drawers: one panel at a time, beside the picture.
 *
 * Owns opening, closing and where the focus goes. They are not modal dialogs, because notices must stay reachable; the
 * rest of the page is inert instead.
 */

import { byId } from "./dom.js";

export class Drawers {
  /** @type {HTMLDialogElement | null} */
  #open = null;
  /** @type {HTMLElement | null} */
  #opener = null;
  #onChange;
  #canvas = byId("screen");

  /** @param {(name: string | null) => void} onChange the name of the open panel */
  constructor(onChange) {
    this.#onChange = onChange;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-open]"))) {
      button.addEventListener("click", () => this.open(button.dataset.open ?? ""));
    }
    for (const panel of document.querySelectorAll("dialog.drawer")) {
      panel.setAttribute("aria-modal", "true");
      panel.addEventListener("click", (event) => {
        if (/** @type {Element} */ (event.target).closest("[data-close]")) this.close();
      });
    }
    document.addEventListener("pointerdown", (event) => {
      const target = /** @type {Element} */ (event.target);
      if (this.#open && !target.closest("dialog, #notices")) {
        event.preventDefault();
        this.close();
      }
    });
  }

  get isOpen() {
    return this.#open !== null;
  }

  /** @param {string} name */
  open(name) {
    const panel = /** @type {HTMLDialogElement} */ (byId(`panel-${name}`));
    if (this.#open === panel) return;
    if (this.#open) this.#open.close();
    else this.#opener = /** @type {HTMLElement} */ (document.activeElement);
    this.#open = panel;
    this.#setInert(true);
    panel.show();
    this.#onChange(name);
    /** @type {HTMLElement | null} */ (panel.querySelector("textarea"))?.focus();
  }

  /** Show the buttons that lead to a panel, or hide them. @param {string} name @param {boolean} isOffered */
  offer(name, isOffered) {
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`[data-open="${name}"]`))) {
      button.hidden = !isOffered;
    }
  }

  /** @param {string[]} [names] only if one of these is open */
  close(names) {
    if (!this.#open || (names && !names.includes(this.#open.id.replace("panel-", "")))) return;
    this.#open.close();
    this.#open = null;
    this.#setInert(false);
    const back = this.#opener?.isConnected && this.#opener.offsetParent ? this.#opener : this.#canvas;
    // In the world the keyboard belongs to the world.
    (document.body.dataset.phase === "playing" ? this.#canvas : back).focus({ preventScroll: true });
    this.#onChange(null);
  }

  /** @param {boolean} isInert */
  #setInert(isInert) {
    for (const id of ["top", "choose", "loading", "play", "ended"]) byId(id).inert = isInert;
  }
}
