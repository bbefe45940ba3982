// @ts-check
/**
 * The journal: what happened on this page and on the server, for whoever has to find out why.
 *
 * Owns both logs, the last error, and copying the report.
 */

import { composeReport, lineOfRecord, LogRing, withoutToken } from "./diagnostics.js";
import { currentLanguage, describe } from "./words.js";

const LOG_LINES = 400;

export class Journal {
  #client = new LogRing(LOG_LINES);
  #server = new LogRing(LOG_LINES);
  /** @type {{text: string, messageId?: string, params?: unknown, snapshot?: unknown, time: string} | null} */
  #lastError = null;

  constructor() {
    window.addEventListener("error", ({ message }) => this.note("error", `page: ${message}`));
    window.addEventListener("unhandledrejection", ({ reason }) => this.note("error", `page: ${String(reason)}`));
  }

  /** @param {string} level @param {string} text */
  note(level, text) {
    this.#client.push({ time: new Date().toISOString(), level, text });
  }

  /** @param {any} record a `log` push */
  serverLine(record) {
    this.#server.push(lineOfRecord(record, new Date()));
  }

  /** @param {any} message an `error` or `warning` push */
  pushed(message) {
    const { happened, detail } = describe(message);
    this.note(message.type, `${message.message_id ?? "without an id"}: ${detail ?? happened}`);
    if (message.type !== "error") return;
    this.#lastError = {
      text: happened,
      messageId: message.message_id,
      params: message.params,
      snapshot: message.snapshot,
      time: new Date().toISOString(),
    };
  }

  /**
   * Put the report on the clipboard, or into a file where the browser does not allow that.
   *
   * @param {import("./world.js").World} world
   * @param {{settings: unknown, performance: unknown}} facts
   * @returns {Promise<boolean>} whether it is on the clipboard
   */
  async copyReport(world, { settings, performance }) {
    const report = composeReport({
      now: new Date(),
      page: {
        url: withoutToken(location.href),
        browser: navigator.userAgent,
        language: currentLanguage(),
        window: `${innerWidth}x${innerHeight} at ${devicePixelRatio}`,
        phase: world.phase,
        settings,
      },
      config: world.config ? { model: world.model, ...world.config } : null,
      systemInfo: world.systemInfo,
      performance,
      lastError: this.#lastError,
      clientLog: this.#client,
      serverLog: this.#server,
    });
    try {
      await navigator.clipboard.writeText(report);
      return true;
    } catch {
      saveAsFile(report);
      return false;
    }
  }
}

/** @param {string} text */
function saveAsFile(text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = "biome-diagnostics.txt";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
