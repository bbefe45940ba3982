import assert from "node:assert/strict";
import { test } from "node:test";

import { Drawers } from "../../../serve_app/player/modules/drawers.js";

/** @param {string} name of the panel that it opens */
function button(name) {
  return { dataset: { open: name }, hidden: false, addEventListener() {} };
}

/** A page with these buttons and no panel. @param {ReturnType<typeof button>[]} buttons */
function openPage(buttons) {
  globalThis.document = {
    addEventListener() {},
    getElementById: () => ({}),
    querySelectorAll: (selector) => {
      const name = /^\[data-open="(.*)"\]$/.exec(selector)?.[1];
      return buttons.filter(({ dataset }) => dataset.open === name);
    },
  };
}

test("no button leads to a panel that is not offered, until it is", () => {
  const buttons = [button("recordings"), button("settings"), button("recordings")];
  openPage(buttons);
  const drawers = new Drawers(() => {});
  const shown = () => buttons.filter(({ hidden }) => !hidden).map(({ dataset }) => dataset.open);

  drawers.offer("recordings", false);
  assert.deepEqual(shown(), ["settings"]);
  drawers.offer("recordings", true);
  assert.deepEqual(shown(), ["recordings", "settings", "recordings"]);
});
