// @ts-check
/**
 * The recording switch: on and off in the running world, and the badge that says so.
 *
 * Owns the button and the badge. The files are the recordings panel's.
 */

import { byId } from "./dom.js";
import { formatDuration } from "./format.js";
import { t } from "./words.js";

/** The warning that the recorder gave up. */
export const GAVE_UP = "app.server.warning.recordingFailed";
const TICK_MS = 500;

export class RecordingSwitch {
  #world;
  #reconfigure;
  #store;
  #sinceMs = 0;

  /**
   * @param {import("./world.js").World} world
   * @param {import("./settings.js").SettingsStore} store
   * @param {() => Promise<boolean>} reconfigure tells the server what the settings ask for; false when it would not
   */
  constructor(world, store, reconfigure) {
    this.#world = world;
    this.#store = store;
    this.#reconfigure = reconfigure;
    setInterval(() => this.#renderTime(), TICK_MS);
  }

  get isOn() {
    return this.#world.hasWorld && (this.#world.config?.video_recording ?? false);
  }

  /** @param {boolean} wanted @returns {Promise<boolean>} whether anything changed */
  async set(wanted) {
    const wasOn = this.isOn;
    this.#store.update({ record: wanted });
    if (!this.#world.hasWorld || wanted === wasOn) return false;
    const isDone = await this.#reconfigure();
    if (!isDone) this.#store.update({ record: wasOn });
    this.render();
    return isDone;
  }

  /**
   * The recorder gave up. Whether the server goes on in another file, as after a crash, or only after the next pause, it
   * does not say: it is told to stop, and the badge does not wait for its answer.
   */
  async giveUp() {
    const isStopping = this.set(false);
    this.render();
    await isStopping;
  }

  /** A world begins as it was asked for; the switch may have moved since, or the recorder given up. */
  async settle() {
    if (this.#store.values.record) await this.set(true);
    else await this.giveUp();
  }

  /** The server records while the world runs; a pause ends the file, and going on begins another. */
  render() {
    const isRunning = this.isOn && this.#world.phase === "playing";
    const badge = byId("recording");
    if (isRunning && badge.hidden) this.#sinceMs = performance.now();
    badge.hidden = !isRunning;
    const button = byId("dock-record");
    button.setAttribute("aria-pressed", String(this.isOn));
    const label = button.querySelector("span");
    if (label) label.textContent = t(this.isOn ? "play.record.stop" : "play.record");
    this.#renderTime();
  }

  /** Another file begins: the world was reset. */
  restart() {
    this.#sinceMs = performance.now();
    this.#renderTime();
  }

  #renderTime() {
    if (byId("recording").hidden) return;
    byId("recording-time").textContent = formatDuration((performance.now() - this.#sinceMs) / 1000);
  }
}
