import assert from "node:assert/strict";
import { test } from "node:test";

import { FramePacer } from "../../../serve_app/player/modules/pacing.js";

const BEAT_MS = 1000 / 60;
const BATCH_MS = 4 * BEAT_MS;

/** Batches of four that arrive at `arrivalsMs`, seen at 60 Hz: what each refresh shows. */
function played(arrivalsMs, untilMs, pacer = new FramePacer({ expectedMs: BATCH_MS })) {
  const shown = [];
  let next = 0;
  let id = 0;
  for (let beat = 0; beat * BEAT_MS <= untilMs; beat += 1) {
    const nowMs = beat * BEAT_MS;
    while (next < arrivalsMs.length && arrivalsMs[next] <= nowMs) {
      pacer.push([id, id + 1, id + 2, id + 3], arrivalsMs[next]);
      id += 4;
      next += 1;
    }
    shown.push(pacer.take(nowMs, BEAT_MS / 2));
  }
  return { shown, pacer };
}

test("sub-frames are spread over the interval, one to a refresh", () => {
  const { shown } = played([0], 6 * BEAT_MS);
  assert.deepEqual(shown, [0, 1, 2, 3, null, null, null]);
});

test("a steady stream shows every frame, in order, at every refresh", () => {
  const arrivals = Array.from({ length: 30 }, (_, index) => index * BATCH_MS);
  const { shown, pacer } = played(arrivals, 29 * BATCH_MS);
  assert.deepEqual(shown, Array.from({ length: shown.length }, (_, index) => index));
  assert.equal(pacer.skipped, 0);
});

test("batches that come unevenly are still shown in order, nearly all of them", () => {
  const arrivals = Array.from({ length: 60 }, (_, index) => index * BATCH_MS + (index % 3) * 9);
  const { shown, pacer } = played(arrivals, 60 * BATCH_MS);
  const frames = shown.filter((frame) => frame !== null);
  assert.deepEqual(frames, [...frames].sort((a, b) => a - b));
  assert.ok(pacer.skipped <= 4, `${pacer.skipped} skipped`);
});

test("the interval is learnt from the arrivals, and a long gap is no rhythm", () => {
  const pacer = new FramePacer({ expectedMs: 50 });
  for (const arrivalMs of [0, 100, 200, 300]) pacer.push([0], arrivalMs);
  assert.equal(pacer.intervalMs, 100);
  pacer.push([0], 60_000);
  assert.equal(pacer.intervalMs, 100);
});

test("a tab that fell behind shows the newest batch, and the older ones are given back", () => {
  const dropped = [];
  const pacer = new FramePacer({ expectedMs: BATCH_MS, drop: (frame) => dropped.push(frame) });
  for (let batch = 0; batch < 5; batch += 1) pacer.push([batch * 2, batch * 2 + 1], batch * 0.1);
  assert.ok(pacer.waiting <= 4);
  assert.equal(pacer.skipped + pacer.waiting, 10);
  assert.deepEqual(dropped, [...dropped].sort((a, b) => a - b));
  assert.equal(dropped.length, pacer.skipped);
});

test("many frames due at once do not delay the present", () => {
  const pacer = new FramePacer({ expectedMs: BATCH_MS });
  pacer.push([0, 1, 2, 3], 0);
  assert.equal(pacer.take(10_000), 2);
  assert.equal(pacer.take(10_000), 3);
  assert.equal(pacer.skipped, 2);
});

test("one stall does not slow down what comes after it", () => {
  const pacer = new FramePacer();
  let nowMs = 0;
  for (const gapMs of [60, 60, 60, 60, 700, 60, 60]) pacer.push([0], (nowMs += gapMs));
  assert.equal(pacer.intervalMs, 60);
});

test("a batch that comes early waits for the one before it, and the delay does not grow", () => {
  const pacer = new FramePacer({ expectedMs: BATCH_MS });
  let nowMs = 0;
  const lags = [];
  for (let batch = 0; batch < 40; batch += 1) {
    pacer.push([batch], nowMs);
    for (; pacer.waiting > 0; nowMs += 1) {
      if (pacer.take(nowMs, 0) !== null) lags.push(nowMs - batch * 60);
    }
    nowMs = (batch + 1) * 60;
  }
  assert.ok(Math.max(...lags) < 60, `lag ${Math.max(...lags)}`);
});

test("clearing gives every frame back and begins anew", () => {
  const dropped = [];
  const pacer = new FramePacer({ drop: (frame) => dropped.push(frame) });
  pacer.push(["a", "b"], 0);
  pacer.clear();
  assert.deepEqual(dropped, ["a", "b"]);
  assert.equal(pacer.take(1000), null);
});
