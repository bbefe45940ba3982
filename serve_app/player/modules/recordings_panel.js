// @ts-check
/** The list of recordings: play, download, delete. Owns the panel; the routes are the api's. */

import { HttpError } from "./api.js";
import { byId, find, icon, make } from "./dom.js";
import { formatBytes, formatDuration, formatWhen } from "./format.js";
import { currentLanguage, t } from "./words.js";

/** While one is being encoded, the list is read again this often. */
const REFRESH_MS = 2000;
const SURE_MS = 4000;

export class RecordingsPanel {
  #panel = byId("panel-recordings");
  #video = /** @type {HTMLVideoElement} */ (byId("recording-video"));
  #list = byId("recordings-list");
  #problem = find(this.#panel, ".problem");
  #empty = find(this.#panel, ".empty");
  #api;
  #onError;
  #playing = "";
  /** A recording that was just stopped may take a moment to appear. */
  #expectUntilMs = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {import("./api.js").Api} api @param {(error: unknown) => void} onError the list could not be read */
  constructor(api, onError) {
    this.#api = api;
    this.#onError = onError;
    this.#video.addEventListener("error", () => {
      if (this.#video.src) this.#fail("recordings.missing");
    });
    this.#panel.addEventListener("close", () => {
      clearTimeout(this.#timer);
      this.#stop();
    });
  }

  /** A recording has just ended. @param {number} nowMs */
  expectOne(nowMs) {
    this.#expectUntilMs = nowMs + 15_000;
  }

  async refresh() {
    clearTimeout(this.#timer);
    let recordings;
    try {
      recordings = await this.#api.recordings();
    } catch (error) {
      if (error instanceof HttpError && error.isMissing) return;
      this.#onError(error);
      this.#fail("recordings.failed");
      return;
    }
    this.#problem.hidden = true;
    this.#render(recordings);
    const isUnfinished = recordings.some((recording) => !isPlayable(recording));
    if (/** @type {HTMLDialogElement} */ (this.#panel).open && (isUnfinished || performance.now() < this.#expectUntilMs)) {
      this.#timer = setTimeout(() => void this.refresh(), REFRESH_MS);
    }
  }

  /** @param {import("./api.js").Recording[]} recordings */
  #render(recordings) {
    this.#empty.hidden = recordings.length > 0;
    const focused = /** @type {HTMLElement | null} */ (this.#list.querySelector(":focus"))?.dataset.key;
    const sure = /** @type {HTMLElement | null} */ (this.#list.querySelector(".sure"))?.dataset.key;
    this.#list.replaceChildren(...recordings.map((recording) => this.#item(recording, sure)));
    if (focused) /** @type {HTMLElement | null} */ (this.#list.querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus();
  }

  /** @param {import("./api.js").Recording} recording @param {string | undefined} sure key of the button that asks back */
  #item(recording, sure) {
    const { id, created, duration_s, size_bytes, has_action_log } = recording;
    const language = currentLanguage();
    const when = formatWhen(new Date(created), new Date(), language);
    const isReady = isPlayable(recording);
    const facts = [
      ...(isReady ? [] : [t("recordings.encoding")]),
      ...(duration_s === undefined ? [] : [formatDuration(duration_s)]),
      formatBytes(size_bytes, language),
      ...(isReady && has_action_log ? [t("recordings.log")] : []),
    ];
    const play = make(
      "button",
      { type: "button", class: "play", "data-key": `play-${id}`, "aria-label": t("recordings.play", { name: when }) },
      [icon("play"), make("span", {}, [make("strong", {}, [when]), make("small", {}, [facts.join(", ")])])],
    );
    if (!isReady) play.setAttribute("disabled", "");
    play.addEventListener("click", () => this.#play(recording, when));
    const download = make(
      "a",
      {
        class: "icon",
        href: this.#api.recordingUrl(id, true),
        download: recording.name,
        title: t("recordings.download"),
        "aria-label": t("recordings.download"),
        "data-key": `download-${id}`,
      },
      [icon("download")],
    );
    const tools = isReady ? [download, this.#deleteButton(id, sure === `delete-${id}`)] : [];
    const item = make("li", { "data-recording": id }, [play, ...tools]);
    if (id === this.#playing) item.setAttribute("aria-current", "true");
    return item;
  }

  /** @param {string} id @param {boolean} isSure */
  #deleteButton(id, isSure) {
    const button = make("button", { type: "button", class: "icon", "data-key": `delete-${id}` });
    const ask = (/** @type {boolean} */ asked) => {
      button.classList.toggle("sure", asked);
      button.replaceChildren(asked ? t("recordings.delete.sure") : icon("trash"));
      const label = t(asked ? "recordings.delete.sure" : "recordings.delete");
      button.setAttribute("aria-label", label);
      button.setAttribute("title", label);
      if (asked) setTimeout(() => ask(false), SURE_MS);
    };
    ask(isSure);
    button.addEventListener("click", () => {
      if (button.classList.contains("sure")) void this.#delete(id);
      else ask(true);
    });
    return button;
  }

  /** @param {import("./api.js").Recording} recording @param {string} when */
  #play({ id, width, height }, when) {
    this.#playing = id;
    this.#problem.hidden = true;
    this.#video.hidden = false;
    this.#video.style.aspectRatio = width > 0 && height > 0 ? `${width} / ${height}` : "";
    this.#video.setAttribute("aria-label", t("recordings.video", { name: when }));
    this.#video.src = this.#api.recordingUrl(id);
    void this.#video.play().catch(() => {});
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (this.#list.querySelectorAll("li"))) {
      if (item.dataset.recording === id) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    }
    this.#panel.scrollTo({ top: 0 });
  }

  #stop() {
    this.#playing = "";
    this.#video.pause();
    this.#video.removeAttribute("src");
    this.#video.load();
    this.#video.hidden = true;
  }

  /** @param {string} id */
  async #delete(id) {
    try {
      await this.#api.deleteRecording(id);
    } catch {
      this.#fail("recordings.delete.failed");
      return;
    }
    if (this.#playing === id) this.#stop();
    await this.refresh();
  }

  /** @param {import("./words.js").TextKey} key */
  #fail(key) {
    this.#problem.replaceChildren(make("p", {}, [t(key)]));
    this.#problem.hidden = false;
  }
}

/** @param {import("./api.js").Recording} recording */
function isPlayable({ status }) {
  return status === "ready";
}
