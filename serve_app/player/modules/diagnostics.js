// @ts-check
/**
 * Diagnostics: what somebody else needs in order to understand what happened here.
 *
 * Owns the bounded logs and the report. Copying it is the page's business.
 */

/**
 * @typedef {object} LogLine
 * @property {string} time ISO 8601
 * @property {string} level
 * @property {string} text
 */

/** The newest lines; older ones are counted, not kept. */
export class LogRing {
  /** @type {LogLine[]} */
  lines = [];
  forgotten = 0;
  #limit;

  /** @param {number} limit */
  constructor(limit) {
    this.#limit = limit;
  }

  /** @param {LogLine} line */
  push(line) {
    this.lines.push(line);
    if (this.lines.length > this.#limit) {
      this.lines.shift();
      this.forgotten += 1;
    }
  }
}

/**
 * One line for a record of the server's log.
 *
 * @param {{event: string, level?: string, logger?: string, timestamp?: string, exception?: string, fields?: Record<string, unknown>}} record
 * @param {Date} now
 * @returns {LogLine}
 */
export function lineOfRecord(record, now) {
  const fields = Object.entries(record.fields ?? {}).map(([name, value]) => `${name}=${String(value)}`);
  const text = [record.event, ...fields].join(" ");
  return {
    time: record.timestamp ?? now.toISOString(),
    level: record.level ?? "info",
    text: record.exception ? `${text}\n${record.exception}` : text,
  };
}

/** What every record of a session carries: good to have in a report, noise while one waits. */
const CONTEXT_FIELDS = new Set(["role", "pid", "session_id", "client_host", "replica", "sha256", "recording_id"]);
const BRIEF_FIELDS = 3;

/**
 * A record of the server's log for a person who waits.
 *
 * @param {{event: string, fields?: Record<string, unknown>}} record
 */
export function briefOf({ event, fields }) {
  const told = Object.entries(fields ?? {}).filter(([name]) => !CONTEXT_FIELDS.has(name));
  return [event, ...told.slice(0, BRIEF_FIELDS).map(([name, value]) => `${name.replaceAll("_", " ")} ${String(value)}`)].join(", ");
}

/**
 * A URL without what opens the door.
 *
 * @param {string} url
 */
export function withoutToken(url) {
  return url.replace(/(access_token=)[^&#]*/g, "$1…");
}

/**
 * The whole report, as text that can be pasted anywhere.
 *
 * @param {object} facts
 * @param {Date} facts.now
 * @param {Record<string, unknown>} facts.page
 * @param {unknown} facts.config what was asked of the server last
 * @param {unknown} facts.systemInfo
 * @param {unknown} facts.performance
 * @param {{text: string, messageId?: string, params?: unknown, snapshot?: unknown, time: string} | null} facts.lastError
 * @param {LogRing} facts.clientLog
 * @param {LogRing} facts.serverLog
 * @returns {string}
 */
export function composeReport({ now, page, config, systemInfo, performance, lastError, clientLog, serverLog }) {
  const section = (/** @type {string} */ title, /** @type {string} */ body) => `== ${title}\n${body}`;
  const json = (/** @type {unknown} */ value) => JSON.stringify(value ?? null, null, 2);
  return [
    `Biome player, diagnostics of ${now.toISOString()}`,
    section("Page", json(page)),
    section("Last error", lastError ? json(lastError) : "none"),
    section("Config", json(config)),
    section("System", json(systemInfo)),
    section("Performance", json(performance)),
    section("Client log", textOf(clientLog)),
    section("Server log", textOf(serverLog)),
  ].join("\n\n");
}

/** @param {LogRing} ring */
function textOf(ring) {
  if (ring.lines.length === 0) return "empty";
  const lines = ring.lines.map(({ time, level, text }) => `${time} ${level.toUpperCase()} ${text}`);
  return (ring.forgotten > 0 ? [`(${ring.forgotten} older lines not kept)`, ...lines] : lines).join("\n");
}
