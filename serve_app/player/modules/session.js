// @ts-check
/**
 * The phases of a stay in a world, and the moves between them.
 *
 * Owns the rules, as a table. The socket is the connection's, what each phase looks like is the page's.
 */

/**
 * @typedef {"choosing" | "connecting" | "starting" | "loading" | "playing" | "paused" | "lost" | "refused"} Phase
 *
 * choosing: no connection; a picture is being chosen.
 * connecting: the socket is opening.
 * starting: the socket is open, the server's parts come up or a replica is being found.
 * loading: `init` is on its way; the model loads, the picture becomes a world.
 * playing: the world runs, as long as controls are sent.
 * paused: the server was told to stop.
 * lost: the connection went away without a word.
 * refused: the server said why it ended the session, or would not begin one.
 */

/**
 * @typedef {"enter" | "opened" | "seed_awaited" | "ready" | "init_failed" | "pause" | "resume" | "lost" | "refused" | "retry"
 *   | "leave"} Move
 */

/** @type {Record<Phase, Partial<Record<Move, Phase>>>} */
const MOVES = {
  choosing: { enter: "connecting" },
  connecting: { opened: "starting", lost: "lost", refused: "refused", leave: "choosing" },
  starting: { seed_awaited: "loading", lost: "lost", refused: "refused", leave: "choosing" },
  loading: { ready: "playing", init_failed: "choosing", lost: "lost", refused: "refused", leave: "choosing" },
  playing: { pause: "paused", seed_awaited: "loading", lost: "lost", refused: "refused", leave: "choosing" },
  paused: { resume: "playing", seed_awaited: "loading", lost: "lost", refused: "refused", leave: "choosing" },
  lost: { retry: "connecting", leave: "choosing" },
  refused: { retry: "connecting", leave: "choosing" },
};

/** @type {ReadonlySet<Phase>} */
export const WITH_A_WORLD = new Set(["playing", "paused"]);
/** @type {ReadonlySet<Phase>} */
export const WAITING = new Set(["connecting", "starting", "loading"]);

/**
 * The phase after `move`, or null when the present phase has no such move: it came too late, and means nothing.
 *
 * @param {Phase} phase
 * @param {Move} move
 * @returns {Phase | null}
 */
export function nextPhase(phase, move) {
  return MOVES[phase][move] ?? null;
}

/** Errors after which the server closes: what happened is known, so the page says it instead of "connection lost". */
const LAST_WORDS = new Set([
  "app.server.error.protocolVersionMismatch",
  "app.server.error.serverBusy",
  "app.server.error.serverStartupFailed",
  "app.server.error.timeoutWaitingForSeed",
  "app.server.error.idleTooLong",
  "app.server.error.deviceRecoveryFailed",
]);

/** Last words after which only a person should try again. */
const FOR_A_PERSON = new Set(["app.server.error.protocolVersionMismatch", "app.server.error.idleTooLong"]);

/**
 * Whether an `error` push is followed by the end of the session.
 *
 * @param {string | undefined} messageId
 */
export function isLastWord(messageId) {
  return messageId !== undefined && LAST_WORDS.has(messageId);
}

/**
 * Whether trying again by itself makes sense after an end like this: not when a person has to change something first.
 *
 * @param {Phase} phase
 * @param {string | undefined} messageId of the last word, if there was one
 */
export function mayRetryAlone(phase, messageId) {
  if (phase === "lost") return true;
  return phase === "refused" && messageId !== undefined && !FOR_A_PERSON.has(messageId);
}

/**
 * Seconds until the next attempt: 1, 2, 4, 8, then 15, with a fifth of chance so that many pages do not come at once.
 *
 * @param {number} attempt counted from 0
 * @param {number} chance 0 to 1
 */
export function retryDelayS(attempt, chance) {
  return Math.min(15, 2 ** attempt) * (0.9 + 0.2 * chance);
}
