// @ts-check
/**
 * Seeds: the pictures to begin with, and the player's own.
 *
 * Owns the strip of tiles, the file chooser and dropping. What is done with the chosen picture is the page's business.
 */

import { accentOf } from "./accent.js";
import { byId, icon, make } from "./dom.js";
import { formatBytes } from "./format.js";
import { readyToSend } from "./photo.js";
import { currentLanguage, t } from "./words.js";

/** The pictures that ship with the page. */
const SHIPPED = /** @type {const} */ (["harbour", "castle", "village"]);
/** Larger files are hardly photographs. What is sent of one is much smaller. */
const LIMIT_BYTES = 64 * 2 ** 20;
const SAMPLE = { width: 64, height: 36 };

/**
 * @typedef {object} Choice
 * @property {string} id
 * @property {() => string} name
 * @property {string} url
 */

export class Seeds {
  /** @type {Choice[]} */
  #choices = SHIPPED.map((id) => ({ id, name: () => t(`seed.${id}`), url: `/player/seeds/${id}.jpg` }));
  /** @type {{url: string, file: File} | null} */
  #own = null;
  #chosen = this.#choices[0];
  #on;

  /**
   * @param {object} on
   * @param {(choice: Choice) => void} on.chosen
   * @param {(accent: {hue: number, chroma: number}) => void} on.accent
   * @param {(text: string) => void} on.refused
   * @param {() => void} on.dropped a picture was dropped and chosen
   * @param {string} remembered id of the seed chosen last
   */
  constructor(on, remembered) {
    this.#on = on;
    this.#chosen = this.#choices.find(({ id }) => id === remembered) ?? this.#choices[0];
    const file = /** @type {HTMLInputElement} */ (byId("file"));
    file.addEventListener("change", () => {
      if (file.files?.[0]) void this.#use(file.files[0]);
      file.value = "";
    });
    this.#listenToDrops();
    this.#listenToArrows();
  }

  get chosen() {
    return this.#chosen;
  }

  /** The chosen picture, ready to be sent. @returns {Promise<import("./world.js").Seed>} */
  async seed() {
    const { id, name, url } = this.#chosen;
    if (id === "own" && this.#own) return { name: name(), filename: this.#own.file.name, blob: this.#own.file };
    const response = await fetch(url);
    return { name: name(), filename: `${id}.jpg`, blob: await response.blob() };
  }

  /** Draw the tiles anew, in the present language. */
  render() {
    const tiles = this.#choices.map((choice) => this.#tile(choice, [make("img", { src: choice.url, alt: "" })]));
    byId("seeds").replaceChildren(...tiles, this.#ownTile());
    byId("seed-title").textContent = this.#chosen.name();
  }

  announce() {
    this.#on.chosen(this.#chosen);
    void accentOfUrl(this.#chosen.url).then((accent) => this.#on.accent(accent));
  }

  /** @param {Choice} choice @param {Node[]} children */
  #tile(choice, children) {
    const isChosen = choice.id === this.#chosen.id;
    const tile = make(
      "button",
      {
        type: "button",
        role: "radio",
        "aria-checked": String(isChosen),
        "aria-label": choice.name(),
        "data-seed": choice.id,
        tabindex: isChosen ? "0" : "-1",
      },
      children,
    );
    tile.addEventListener("click", () => this.#choose(choice));
    return tile;
  }

  #ownTile() {
    const words = make("span", {}, [
      icon("plus"),
      make("strong", {}, [t("seed.own")]),
      make("small", {}, [t(this.#own ? "seed.replace" : "seed.own.hint")]),
    ]);
    const pick = () => byId("file").click();
    if (!this.#own) {
      const tile = make("button", { type: "button", class: "own", "data-seed": "own", "aria-label": t("seed.own") }, [words]);
      tile.addEventListener("click", pick);
      return tile;
    }
    words.firstElementChild?.remove();
    const choice = this.#ownChoice();
    const tile = this.#tile(choice, [make("img", { src: this.#own.url, alt: "" }), words]);
    tile.classList.add("own", "filled");
    tile.addEventListener("click", () => {
      // Once chosen, another click asks for another file.
      if (tile.dataset.again) pick();
      tile.dataset.again = "yes";
    });
    if (this.#chosen.id === "own") tile.dataset.again = "yes";
    return tile;
  }

  /** @returns {Choice} */
  #ownChoice() {
    const own = this.#own;
    const name = own ? own.file.name.replace(/\.[^.]*$/, "").replace(/[_-]+/g, " ") : "";
    return { id: "own", name: () => name || t("seed.own"), url: own?.url ?? "" };
  }

  /** @param {Choice} choice */
  #choose(choice) {
    if (choice.id === this.#chosen.id && choice.url === this.#chosen.url) return;
    const hadFocus = byId("seeds").contains(document.activeElement);
    this.#chosen = choice;
    this.render();
    this.announce();
    if (hadFocus) /** @type {HTMLElement | null} */ (byId("seeds").querySelector("[aria-checked=true]"))?.focus();
  }

  /** @param {File} chosen @returns {Promise<boolean>} */
  async #use(chosen) {
    if (chosen.size > LIMIT_BYTES) {
      this.#on.refused(t("seed.large", { limit: formatBytes(LIMIT_BYTES, currentLanguage()) }));
      return false;
    }
    let file;
    try {
      file = await readyToSend(chosen);
    } catch {
      this.#on.refused(t("seed.bad"));
      return false;
    }
    if (this.#own) URL.revokeObjectURL(this.#own.url);
    this.#own = { file, url: URL.createObjectURL(file) };
    this.#choose(this.#ownChoice());
    return true;
  }

  #listenToDrops() {
    const veil = byId("drop");
    const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
    window.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      veil.hidden = false;
    });
    window.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) veil.hidden = true;
    });
    window.addEventListener("drop", (event) => {
      veil.hidden = true;
      if (!hasFiles(event)) return;
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) void this.#use(file).then((taken) => taken && this.#on.dropped());
    });
  }

  /** A radio group is one stop of the tab key; arrows move inside it. */
  #listenToArrows() {
    byId("seeds").addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const tiles = /** @type {HTMLElement[]} */ ([...byId("seeds").querySelectorAll("[role=radio]")]);
      const at = tiles.findIndex((tile) => tile.getAttribute("aria-checked") === "true");
      tiles[(at + step + tiles.length) % tiles.length].click();
    });
  }
}

/** @param {string} url */
async function accentOfUrl(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = new OffscreenCanvas(SAMPLE.width, SAMPLE.height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(image, 0, 0, SAMPLE.width, SAMPLE.height);
  return accentOf(context.getImageData(0, 0, SAMPLE.width, SAMPLE.height).data);
}
