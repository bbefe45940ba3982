import assert from "node:assert/strict";
import { test } from "node:test";

import { Silence } from "../../../serve_app/player/modules/silence.js";

/** Steer every 16 ms: when the line was first called dead, null if it was not. */
function steeredUntilDead(silence, fromMs, toMs) {
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 16) if (silence.steered(nowMs)) return nowMs;
  return null;
}

test("a line that answers lives", () => {
  const silence = new Silence();
  for (let nowMs = 0; nowMs < 60_000; nowMs += 16) {
    if (nowMs % 64 === 0) silence.heard(nowMs);
    assert.equal(silence.steered(nowMs), false);
  }
});

test("a line that falls silent while it is steered is dead after twenty seconds", () => {
  const silence = new Silence();
  silence.steered(0);
  silence.heard(5_000);
  const deadMs = steeredUntilDead(silence, 16, 60_000) ?? 0;
  assert.ok(deadMs > 25_000 && deadMs < 25_050, String(deadMs));
});

test("a rest without controls does not count", () => {
  const silence = new Silence();
  silence.steered(0);
  assert.equal(silence.steered(3_600_000), false);
  assert.equal(steeredUntilDead(silence, 3_600_016, 3_619_000), null);
});
