/**
 * Which languages there are, and how a message of the server's becomes words.
 *
 * A plain module: a page without a build step imports it as it is.
 */

import { de } from "./de.js";
import { en } from "./en.js";

/** @import { Describable, Description, Locale } from "../src/locale.js" */

/**
 * Every language, by its code.
 *
 * @satisfies {Readonly<Record<string, Locale>>}
 */
export const LOCALES = { en, de };

/** @typedef {keyof typeof LOCALES} LocaleCode */

/** @type {LocaleCode} */
export const DEFAULT_LOCALE = "en";

/**
 * The first of a user's languages (`navigator.languages`) that there is.
 *
 * @param {readonly string[]} languages
 * @returns {LocaleCode}
 */
export function pickLocale(languages) {
  for (const language of languages) {
    const code = language.toLowerCase().split("-")[0] ?? "";
    if (isLocaleCode(code)) {
      return code;
    }
  }
  return DEFAULT_LOCALE;
}

/**
 * @param {string} code
 * @returns {code is LocaleCode}
 */
export function isLocaleCode(code) {
  return Object.hasOwn(LOCALES, code);
}

/**
 * The text with its `{name}`s filled in; "?" for one that was not given.
 *
 * @param {string} text
 * @param {Readonly<Record<string, string>>} [params]
 * @returns {string}
 */
export function fillIn(text, params = {}) {
  return text.replace(/\{(\w+)\}/g, (_, /** @type {string} */ name) =>
    Object.hasOwn(params, name) ? (params[name] ?? "?") : "?",
  );
}

/**
 * An error, a warning or a failed reply in words. One without an id has only the server's sentence.
 *
 * @param {Locale} locale
 * @param {Describable} message
 * @returns {Description}
 */
export function describeMessage(locale, { message_id: id, message, params }) {
  const text = id === undefined ? locale.unknownError : locale.messages[id];
  const words = { happened: fillIn(text.happened, params), advice: fillIn(text.advice, params) };
  return message === undefined ? words : { ...words, detail: message };
}
