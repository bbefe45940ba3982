import assert from "node:assert/strict";
import { test } from "node:test";

import {
  buttonOfKey,
  buttonOfMouse,
  Controls,
  directionButtons,
  stickSpeed,
} from "../../../serve_app/player/modules/controls.js";
import { readGamepad } from "../../../serve_app/player/modules/gamepad.js";

test("keys are named as the wire names them", () => {
  const names = ["KeyW", "Digit7", "ArrowUp", "ShiftRight", "ControlLeft", "Space", "Tab", "Enter"].map(buttonOfKey);
  assert.deepEqual(names, ["W", "7", "UP", "SHIFT", "CTRL", "SPACE", "TAB", "ENTER"]);
});

test("keys that the world does not know have no name", () => {
  assert.deepEqual(["F1", "Escape", "KeyÄ", "MetaLeft", "Numpad1", ""].map(buttonOfKey), [null, null, null, null, null, null]);
});

test("mouse buttons are named, others are not", () => {
  assert.deepEqual([0, 1, 2, 3].map(buttonOfMouse), ["MOUSE_LEFT", "MOUSE_MIDDLE", "MOUSE_RIGHT", null]);
});

test("a button stays down until every source has let go of it", () => {
  const controls = new Controls();
  controls.press("keyboard", "W");
  controls.hold("gamepad", ["W", "A"]);
  controls.release("keyboard", "W");
  assert.deepEqual(controls.buttons, ["A", "W"]);
  controls.hold("gamepad", []);
  assert.deepEqual(controls.buttons, []);
});

test("mouse movement adds up and is sent once", () => {
  const controls = new Controls();
  controls.look(3, -1);
  controls.look(2, -1.5);
  assert.deepEqual(controls.take(10.5), { type: "control", buttons: [], mouse_dx: 5, mouse_dy: -2.5, ts: 10.5 });
  assert.deepEqual(controls.take(20), { type: "control", buttons: [], mouse_dx: 0, mouse_dy: 0, ts: 20 });
});

test("numbers that the wire refuses never leave", () => {
  const controls = new Controls();
  controls.look(NaN, 1e12);
  const { mouse_dx, mouse_dy } = controls.take(0);
  assert.equal(mouse_dx, 0);
  assert.ok(mouse_dy < 1e6);
});

test("losing the keyboard lets go of everything", () => {
  const controls = new Controls();
  controls.press("keyboard", "W");
  controls.look(1, 1);
  controls.releaseAll();
  assert.deepEqual(controls.take(0), { type: "control", buttons: [], mouse_dx: 0, mouse_dy: 0, ts: 0 });
});

test("a stick walks in eight directions", () => {
  assert.deepEqual(directionButtons(0, 0.2), []);
  assert.deepEqual(directionButtons(0, -1), ["W"]);
  assert.deepEqual(directionButtons(0.7, -0.7), ["W", "D"]);
  assert.deepEqual(directionButtons(-1, 0.05), ["A"]);
  assert.deepEqual(directionButtons(-0.6, 0.6), ["S", "A"]);
});

test("a stick at rest does not look around", () => {
  assert.equal(stickSpeed(0.1), 0);
  assert.equal(stickSpeed(1), 1);
  assert.equal(stickSpeed(-1), -1);
  assert.ok(stickSpeed(0.5) < 0.5);
});

test("a gamepad of the standard layout walks, looks, jumps and pauses", () => {
  const buttons = Array.from({ length: 17 }, (_, index) => ({ pressed: [0, 7, 9].includes(index) }));
  const { buttons: held, lookX, lookY, start } = readGamepad({ axes: [0, -1, 1, 0], buttons });
  assert.deepEqual(held, ["W", "SPACE", "MOUSE_LEFT"]);
  assert.deepEqual([lookX, lookY, start], [1, 0, true]);
});

test("a gamepad with fewer buttons is no error", () => {
  assert.deepEqual(readGamepad({ axes: [], buttons: [] }), { buttons: [], lookX: 0, lookY: 0, start: false });
});
