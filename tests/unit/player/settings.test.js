import assert from "node:assert/strict";
import { test } from "node:test";

import { DEFAULTS, offeredOf, sanitised, SettingsStore } from "../../../serve_app/player/modules/settings.js";

class FakeStorage {
  /** @param {string | null} text */
  constructor(text = null) {
    this.text = text;
  }
  getItem() {
    return this.text;
  }
  setItem(_, text) {
    this.text = text;
  }
}

test("nothing stored, or nonsense, gives the defaults", () => {
  for (const stored of [null, "x", 5, [], { unknown: 1 }, { sensitivity: "fast", language: "fr", record: 1 }]) {
    assert.deepEqual(sanitised(stored), DEFAULTS);
  }
  assert.deepEqual(new SettingsStore(new FakeStorage("{broken")).values, DEFAULTS);
});

test("valid values are taken, invalid ones beside them are not", () => {
  const settings = sanitised({ sensitivity: 2, language: "de", touchPads: "sometimes", model: "m".repeat(400) });
  assert.deepEqual(settings, { ...DEFAULTS, sensitivity: 2, language: "de" });
});

test("numbers out of range are not taken", () => {
  assert.equal(sanitised({ sensitivity: 900 }).sensitivity, 1);
  assert.equal(sanitised({ sensitivity: NaN }).sensitivity, 1);
});

test("what is changed is there the next time", () => {
  const storage = new FakeStorage();
  new SettingsStore(storage).update({ overlay: true, seed: "village" });
  assert.deepEqual(new SettingsStore(storage).values, { ...DEFAULTS, overlay: true, seed: "village" });
});

test("a storage that refuses loses nothing of this visit", () => {
  const store = new SettingsStore({
    getItem: () => {
      throw new Error("denied");
    },
    setItem: () => {
      throw new Error("denied");
    },
  });
  store.update({ overlay: true });
  assert.equal(store.values.overlay, true);
});

test("an engine and a quantisation that the server does not offer are given up for its first", () => {
  const quark = { backends: ["quark"], quants: { quark: [null] } };
  assert.deepEqual(offeredOf({ ...DEFAULTS, backend: "world_engine", quant: "fp8w8a8" }, quark), { backend: "quark", quant: "" });
});

test("what is offered is kept", () => {
  const both = { backends: ["world_engine", "quark"], quants: { world_engine: [null, "fp8w8a8"], quark: ["intw8a8"] } };
  const stored = { backend: "world_engine", quant: "fp8w8a8" };
  assert.deepEqual(offeredOf({ ...DEFAULTS, ...stored }, both), stored);
  assert.deepEqual(offeredOf({ ...DEFAULTS, backend: "quark", quant: "" }, both), { backend: "quark", quant: "intw8a8" });
});

test("a host without engines of that kind is asked for the default, whatever was stored", () => {
  const none = { backends: [], quants: {} };
  assert.deepEqual(offeredOf({ ...DEFAULTS, backend: "quark", quant: "fp8w8a8" }, none), { backend: DEFAULTS.backend, quant: "" });
});
