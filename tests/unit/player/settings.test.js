import assert from "node:assert/strict";
import { test } from "node:test";

import { DEFAULTS, sanitised, SettingsStore } from "../../../serve_app/player/modules/settings.js";

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
