// @ts-check
/**
 * The frame around the picture: dock, hint, pads, full screen, and when all of it steps back.
 *
 * Owns how these look. What their buttons do to the world is wired in `main`.
 */

import { byId } from "./dom.js";
import { t } from "./words.js";

const QUIET_AFTER_MS = 2500;
const HINT_MS = 8000;

const isTouch = () => matchMedia("(pointer: coarse)").matches;
const hasMouse = () => matchMedia("(hover: hover)").matches;

export class Frame {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #hintTimer;
  #world;
  #settings;
  #isPlaying;

  /**
   * @param {import("./world.js").World} world
   * @param {() => import("./settings.js").Settings} settings
   * @param {() => boolean} isPlaying
   */
  constructor(world, settings, isPlaying) {
    this.#world = world;
    this.#settings = settings;
    this.#isPlaying = isPlaying;
    matchMedia("(pointer: coarse)").addEventListener("change", () => this.render());
    document.addEventListener("fullscreenchange", () => this.render());
  }

  render() {
    this.#renderPause();
    this.#renderPads();
    this.#renderFullscreen();
    const { overlay } = this.#settings();
    byId("overlay").hidden = !overlay;
    byId("dock-overlay").setAttribute("aria-pressed", String(overlay));
  }

  /** Somebody moves: show the controls, and hide them again when nothing happens. @param {boolean} [isLocked] */
  stir(isLocked = Boolean(document.pointerLockElement)) {
    clearTimeout(this.#timer);
    document.body.toggleAttribute("data-quiet", isLocked);
    if (isLocked || !hasMouse()) return;
    this.#timer = setTimeout(() => document.body.toggleAttribute("data-quiet", this.#isPlaying()), QUIET_AFTER_MS);
  }

  /** Say it for a while. @param {string} text empty takes back what was said */
  hint(text) {
    clearTimeout(this.#hintTimer);
    byId("hint").textContent = text;
    if (text) this.#hintTimer = setTimeout(() => this.hint(""), HINT_MS);
  }

  /** What a newcomer with a mouse has to know. */
  welcome() {
    this.hint(isTouch() ? "" : t("play.hint"));
  }

  async toggleFullscreen() {
    if (!document.fullscreenEnabled) return;
    if (document.fullscreenElement) {
      await document.exitFullscreen();
      return;
    }
    await document.documentElement.requestFullscreen({ navigationUI: "hide" });
    // With the keyboard locked, Ctrl+W walks instead of closing the page.
    await /** @type {any} */ (navigator).keyboard?.lock?.();
  }

  #renderPause() {
    const isPaused = this.#world.phase === "paused";
    byId("veil").hidden = !isPaused;
    setLabel("dock-pause", t(isPaused ? "play.resume" : "play.pause"), isPaused ? "play" : "pause");
  }

  #renderPads() {
    const { touchPads } = this.#settings();
    const isOn = this.#world.hasWorld && (touchPads === "on" || (touchPads === "auto" && isTouch()));
    byId("pads").hidden = !isOn;
    document.body.toggleAttribute("data-pads", isOn);
  }

  #renderFullscreen() {
    const isFull = Boolean(document.fullscreenElement);
    const button = byId("dock-fullscreen");
    button.hidden = !document.fullscreenEnabled;
    button.querySelector("use")?.setAttribute("href", `/player/icons.svg#${isFull ? "shrink" : "expand"}`);
    const label = t(isFull ? "play.fullscreen.leave" : "play.fullscreen");
    button.setAttribute("aria-label", label);
    button.setAttribute("title", label);
  }
}

/** @param {string} id @param {string} label @param {string} icon */
function setLabel(id, label, icon) {
  const button = byId(id);
  button.querySelector("use")?.setAttribute("href", `/player/icons.svg#${icon}`);
  const span = button.querySelector("span");
  if (span) span.textContent = label;
}
