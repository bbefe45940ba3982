// @ts-check
/**
 * Scenery: where the player is, in name and colour, and the picture behind the page.
 *
 * Owns the place's name, the accent and the backdrop. Frames are the screen's.
 */

import { accentCss, accentOf } from "./accent.js";
import { byId } from "./dom.js";
import { t } from "./words.js";

/** By then the first frames after a reset are on the screen. */
const RESET_SEEN_MS = 600;

export class Scenery {
  #screen;
  #overlay;
  #lastPictureUrl = "";
  /** What `reset` goes back to: the seed, or the scene that was generated since. Empty outside of any world. */
  #origin = "";

  /** @param {import("./screen.js").Screen} screen @param {import("./overlay.js").Overlay} overlay */
  constructor(screen, overlay) {
    this.#screen = screen;
    this.#overlay = overlay;
  }

  render() {
    byId("place").textContent = this.#origin || t("app.tagline");
  }

  /** @param {string} name */
  arriveAt(name) {
    this.#origin = name;
    this.render();
  }

  leave() {
    this.arriveAt("");
  }

  /** @param {{hue: number, chroma: number}} accent */
  useAccent(accent) {
    const style = document.documentElement.style;
    style.setProperty("--accent", accentCss(accent));
    style.setProperty("--accent-ink", `oklch(0.19 0.025 ${accent.hue.toFixed(1)})`);
    this.#overlay.accent = accent;
  }

  /** Another picture is on the screen. */
  lookAgain() {
    this.useAccent(accentOf(this.#screen.sample()));
  }

  /** The world was told to begin again; its first frames are on their way. */
  lookAgainSoon() {
    this.render();
    setTimeout(() => this.#origin && this.lookAgain(), RESET_SEEN_MS);
  }

  /** @param {string} url */
  showBackdrop(url) {
    for (const id of ["backdrop-dim", "backdrop-sharp"]) /** @type {HTMLImageElement} */ (byId(id)).src = url;
  }

  /** The canvas is gone with its world; what it showed last stays as the backdrop. */
  async keepLastPicture() {
    const picture = await this.#screen.picture();
    if (!picture) return;
    URL.revokeObjectURL(this.#lastPictureUrl);
    this.#lastPictureUrl = URL.createObjectURL(picture);
    this.showBackdrop(this.#lastPictureUrl);
  }
}
