// @ts-check
/** The access token, asked for where the server wants one. Owns the question; the token itself is the api's. */

import { HttpError } from "./api.js";
import { byId, find } from "./dom.js";

export class Access {
  #api;
  #onAnswer;
  #isAsking = false;

  /** @param {import("./api.js").Api} api @param {() => Promise<void>} onAnswer try again what was refused */
  constructor(api, onAnswer) {
    this.#api = api;
    this.#onAnswer = onAnswer;
  }

  /** A handshake failed, and a browser does not tell a page why: ask over HTTP. */
  async probe() {
    try {
      await this.#api.models();
    } catch (error) {
      this.consider(error);
    }
  }

  /** Ask for the token if that is what `error` is about. @param {unknown} error */
  consider(error) {
    if (error instanceof HttpError && error.isDenied) void this.#ask();
  }

  async #ask() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const panel = /** @type {HTMLDialogElement} */ (byId("panel-token"));
    const input = /** @type {HTMLInputElement} */ (byId("token"));
    find(panel, ".problem").hidden = this.#api.token === "";
    input.value = "";
    panel.showModal();
    await new Promise((resolve) => panel.addEventListener("close", resolve, { once: true }));
    this.#isAsking = false;
    const token = input.value.trim();
    if (!token) return;
    this.#api.useToken(token);
    await this.#onAnswer();
  }
}
