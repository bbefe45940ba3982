// @ts-check
/**
 * Controls: from hands to the wire's `control` message.
 *
 * Owns what is held down, by source (keyboard, mouse, gamepad, touch), and the mouse movement not sent yet. Knows no DOM:
 * the shells in `hands` translate events into calls.
 */

/** KeyboardEvent.code, which is a place on the keyboard, to the wire's button name. WASD is where it is on any layout. */
const NAMED_CODES = new Map([
  ["ArrowUp", "UP"],
  ["ArrowDown", "DOWN"],
  ["ArrowLeft", "LEFT"],
  ["ArrowRight", "RIGHT"],
  ["ShiftLeft", "SHIFT"],
  ["ShiftRight", "SHIFT"],
  ["ControlLeft", "CTRL"],
  ["ControlRight", "CTRL"],
  ["Space", "SPACE"],
  ["Tab", "TAB"],
  ["Enter", "ENTER"],
]);

const MOUSE_BUTTONS = ["MOUSE_LEFT", "MOUSE_MIDDLE", "MOUSE_RIGHT"];

/** Largest movement of one message, in pixels: a client that saves up for longer has lost its player anyway. */
const MOUSE_LIMIT = 4000;

/**
 * The wire's name of a key, or null when the world does not know it.
 *
 * @param {string} code
 * @returns {string | null}
 */
export function buttonOfKey(code) {
  const letterOrDigit = /^(?:Key|Digit)([A-Z0-9])$/.exec(code);
  return letterOrDigit ? letterOrDigit[1] : (NAMED_CODES.get(code) ?? null);
}

/**
 * The wire's name of a mouse button, or null.
 *
 * @param {number} button MouseEvent.button
 * @returns {string | null}
 */
export function buttonOfMouse(button) {
  return MOUSE_BUTTONS[button] ?? null;
}

/**
 * Eight directions from a stick: W, A, S and D, two of them between the axes.
 *
 * @param {number} x to the right, -1 to 1
 * @param {number} y downwards, -1 to 1
 * @param {number} [deadZone]
 * @returns {string[]}
 */
export function directionButtons(x, y, deadZone = 0.25) {
  const length = Math.hypot(x, y);
  if (length < deadZone) return [];
  const half = Math.sin(Math.PI / 8);
  const names = [];
  if (y / length < -half) names.push("W");
  if (y / length > half) names.push("S");
  if (x / length < -half) names.push("A");
  if (x / length > half) names.push("D");
  return names;
}

/**
 * A stick's deflection as speed: nothing inside the dead zone, then growing with the square, so that small moves are fine.
 *
 * @param {number} value -1 to 1
 * @param {number} [deadZone]
 * @returns {number} -1 to 1
 */
export function stickSpeed(value, deadZone = 0.15) {
  const beyond = Math.max(0, Math.abs(value) - deadZone) / (1 - deadZone);
  return Math.sign(value) * Math.min(1, beyond * beyond);
}

/** What the player does right now. */
export class Controls {
  /** @type {Map<string, Set<string>>} */
  #held = new Map();
  #dx = 0;
  #dy = 0;

  /**
   * @param {string} source
   * @param {string} button
   */
  press(source, button) {
    const held = this.#held.get(source) ?? new Set();
    this.#held.set(source, held.add(button));
  }

  /**
   * @param {string} source
   * @param {string} button
   */
  release(source, button) {
    this.#held.get(source)?.delete(button);
  }

  /**
   * Replace all that a source holds.
   *
   * @param {string} source
   * @param {Iterable<string>} buttons
   */
  hold(source, buttons) {
    this.#held.set(source, new Set(buttons));
  }

  /**
   * Add mouse movement, in pixels; it is sent once.
   *
   * @param {number} dx
   * @param {number} dy
   */
  look(dx, dy) {
    this.#dx += dx;
    this.#dy += dy;
  }

  /** Let go of everything: the page lost the keyboard, and no key-up will come. */
  releaseAll() {
    this.#held.clear();
    this.#dx = 0;
    this.#dy = 0;
  }

  /** The buttons that are down, each once, in order of the alphabet. */
  get buttons() {
    const all = new Set();
    for (const held of this.#held.values()) for (const button of held) all.add(button);
    return [...all].sort();
  }

  /**
   * The next `control` message; the mouse movement starts anew.
   *
   * @param {number} ts performance.now()
   */
  take(ts) {
    const message = {
      type: "control",
      buttons: this.buttons,
      mouse_dx: clamp(this.#dx),
      mouse_dy: clamp(this.#dy),
      ts,
    };
    this.#dx = 0;
    this.#dy = 0;
    return message;
  }
}

/** @param {number} value */
function clamp(value) {
  if (!Number.isFinite(value)) return 0;
  return Math.max(-MOUSE_LIMIT, Math.min(MOUSE_LIMIT, value));
}
