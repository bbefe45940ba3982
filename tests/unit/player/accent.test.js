import assert from "node:assert/strict";
import { test } from "node:test";

import { accentCss, accentOf, oklab } from "../../../serve_app/player/modules/accent.js";

/** @param {[number, number, number][]} colours */
const pixels = (colours) => Uint8ClampedArray.from(colours.flatMap((colour) => [...colour, 255]));

test("known colours have their known place in OKLab", () => {
  const white = oklab(255, 255, 255);
  assert.ok(Math.abs(white.lightness - 1) < 1e-3 && Math.hypot(white.a, white.b) < 1e-3);
  const red = oklab(255, 0, 0);
  assert.ok(Math.abs(red.lightness - 0.628) < 2e-3 && Math.abs(red.a - 0.2249) < 2e-3 && Math.abs(red.b - 0.1258) < 2e-3);
});

test("the accent has the hue of which the picture has most", () => {
  const { hue } = accentOf(pixels([...Array(60).fill([40, 90, 200]), ...Array(10).fill([220, 60, 40])]));
  assert.ok(hue > 240 && hue < 285, `hue ${hue}`);
});

test("a small light counts for more than a large dark", () => {
  const { hue } = accentOf(pixels([...Array(90).fill([12, 14, 22]), ...Array(6).fill([250, 180, 60])]));
  assert.ok(hue > 50 && hue < 95, `hue ${hue}`);
});

test("a grey picture gets a quiet accent", () => {
  assert.deepEqual(accentOf(pixels(Array(20).fill([128, 128, 128]))), { hue: 80, chroma: 0.03 });
  assert.deepEqual(accentOf([]), { hue: 80, chroma: 0.03 });
});

test("every accent is light enough for text on the dark ground", () => {
  for (const colour of [[255, 0, 0], [0, 0, 255], [0, 80, 0], [90, 0, 90]]) {
    assert.match(accentCss(accentOf(pixels([colour]))), /^oklch\(0\.84 0\.(0[7-9]|1[0-3])\d* \d+\.\d\)$/);
  }
});
