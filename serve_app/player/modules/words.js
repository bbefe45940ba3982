// @ts-check
/**
 * Words: the page's own texts, and what the server says, in the player's language.
 *
 * Owns the choice of language. The texts are in `texts/` (the page) and `/locales/` (the server).
 */

import { describeMessage, fillIn, LOCALES, pickLocale } from "/locales/texts.js";
import de from "../texts/de.js";
import en from "../texts/en.js";

/** @typedef {keyof typeof en} TextKey */

/** @type {Record<string, Record<TextKey, string>>} */
const TEXTS = { en, de };

/** @type {"en" | "de"} */
let language = "en";

/** @param {string} wanted "auto" follows the browser */
export function setLanguage(wanted) {
  language = wanted in TEXTS ? /** @type {any} */ (wanted) : pickLocale(navigator.languages);
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = t(/** @type {TextKey} */ (element.getAttribute("data-t")));
  }
  for (const name of ["aria-label", "placeholder", "title"]) {
    for (const element of document.querySelectorAll(`[data-t-${name}]`)) {
      element.setAttribute(name, t(/** @type {TextKey} */ (element.getAttribute(`data-t-${name}`))));
    }
  }
}

export function currentLanguage() {
  return language;
}

/**
 * A text of the page.
 *
 * @param {TextKey} key
 * @param {Record<string, string>} [params]
 */
export function t(key, params) {
  return fillIn(TEXTS[language][key] ?? key, params);
}

/** @param {string} stage */
export function stageLabel(stage) {
  return LOCALES[language].stages[/** @type {keyof typeof en_stages} */ (stage)] ?? stage;
}

/** Only for its type: the stages that have a label. */
const en_stages = LOCALES.en.stages;

/**
 * An error, a warning or a failed reply in words.
 *
 * @param {{message_id?: any, message?: string, params?: Record<string, string>}} message
 * @returns {{happened: string, advice: string, detail?: string}}
 */
export function describe(message) {
  const known = message.message_id === undefined || Object.hasOwn(LOCALES[language].messages, message.message_id);
  return describeMessage(LOCALES[language], known ? message : { ...message, message_id: undefined });
}

/**
 * A request that failed, in words.
 *
 * @param {unknown} error an RpcError
 * @returns {{happened: string, advice: string, detail?: string}}
 */
export function describeFailure(error) {
  const { name, errorId, message } = /** @type {import("./rpc.js").RpcError} */ (error);
  if (name === "RpcClosedError") return { happened: t("request.closed"), advice: "" };
  if (name === "RpcTimeoutError") return { happened: t("request.timeout"), advice: "" };
  if (!errorId) return { happened: t("request.failed", { reason: message }), advice: "" };
  // The reply names the id; the server's own sentence, when there is one, says more.
  const words = describe({ message_id: errorId });
  return message === errorId ? words : { ...words, detail: message };
}
