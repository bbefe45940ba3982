import assert from "node:assert/strict";
import { test } from "node:test";

import {
  isLastWord,
  mayRetryAlone,
  nextPhase,
  retryDelayS,
  WAITING,
  WITH_A_WORLD,
} from "../../../serve_app/player/modules/session.js";

const BUSY = "app.server.error.serverBusy";

/** @param {string[]} moves */
function walked(moves) {
  return moves.reduce((phase, move) => {
    const next = nextPhase(phase, move);
    assert.ok(next, `${phase} has no move ${move}`);
    return next;
  }, "choosing");
}

test("a stay goes from choosing to playing, pausing and back", () => {
  assert.equal(walked(["enter", "opened", "seed_awaited", "ready"]), "playing");
  assert.equal(walked(["enter", "opened", "seed_awaited", "ready", "pause", "resume", "pause", "leave"]), "choosing");
});

test("a world that lost its seed is loaded again", () => {
  assert.equal(walked(["enter", "opened", "seed_awaited", "ready", "seed_awaited", "ready"]), "playing");
});

test("an init that fails leads back to choosing", () => {
  assert.equal(walked(["enter", "opened", "seed_awaited", "init_failed"]), "choosing");
});

test("wherever there is a connection it can be lost, refused or left", () => {
  for (const phase of [...WAITING, ...WITH_A_WORLD]) {
    assert.equal(nextPhase(phase, "lost"), "lost");
    assert.equal(nextPhase(phase, "refused"), "refused");
    assert.equal(nextPhase(phase, "leave"), "choosing");
  }
});

test("a lost connection can be retried, and moves that come too late mean nothing", () => {
  assert.equal(nextPhase("lost", "retry"), "connecting");
  assert.equal(nextPhase("choosing", "ready"), null);
  assert.equal(nextPhase("lost", "lost"), null);
  assert.equal(nextPhase("paused", "pause"), null);
});

test("errors after which the server closes are last words, others are not", () => {
  assert.ok(isLastWord(BUSY));
  assert.ok(!isLastWord("app.server.error.sceneEditSafetyRejected"));
  assert.ok(!isLastWord(undefined));
});

test("the page retries alone after a loss or a busy server, not when a person has to act first", () => {
  assert.ok(mayRetryAlone("lost", undefined));
  assert.ok(mayRetryAlone("refused", BUSY));
  assert.ok(!mayRetryAlone("refused", "app.server.error.protocolVersionMismatch"));
  assert.ok(!mayRetryAlone("refused", "app.server.error.idleTooLong"));
  assert.ok(!mayRetryAlone("refused", undefined));
  assert.ok(!mayRetryAlone("playing", undefined));
});

test("attempts come more and more slowly, never further apart than a quarter of a minute or so", () => {
  const delays = Array.from({ length: 10 }, (_, attempt) => retryDelayS(attempt, 0.5));
  assert.deepEqual(delays.slice(0, 5), [1, 2, 4, 8, 15]);
  assert.deepEqual(delays, [...delays].sort((a, b) => a - b));
  assert.ok(Math.max(...delays.map((_, attempt) => retryDelayS(attempt, 1))) <= 16.5);
});
