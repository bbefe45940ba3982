// @ts-check
/** A gamepad of the standard layout, as the wire's buttons and a direction to look in. Owns the mapping only. */

import { directionButtons, stickSpeed } from "./controls.js";

/** Index in `Gamepad.buttons` to the wire's name (W3C Gamepad, standard mapping). */
const BUTTONS = /** @type {const} */ ([
  [0, "SPACE"],
  [1, "CTRL"],
  [2, "E"],
  [3, "R"],
  [4, "SHIFT"],
  [6, "MOUSE_RIGHT"],
  [7, "MOUSE_LEFT"],
  [10, "SHIFT"],
  [12, "UP"],
  [13, "DOWN"],
  [14, "LEFT"],
  [15, "RIGHT"],
]);
const START = 9;

/**
 * @param {{axes: readonly number[], buttons: readonly {pressed: boolean}[]}} pad
 * @returns {{buttons: string[], lookX: number, lookY: number, start: boolean}}
 */
export function readGamepad({ axes, buttons }) {
  const held = BUTTONS.filter(([index]) => buttons[index]?.pressed).map(([, name]) => name);
  return {
    buttons: [...directionButtons(axes[0] ?? 0, axes[1] ?? 0), ...new Set(held)],
    lookX: stickSpeed(axes[2] ?? 0),
    lookY: stickSpeed(axes[3] ?? 0),
    start: buttons[START]?.pressed ?? false,
  };
}
