import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import de from "../../../serve_app/player/texts/de.js";
import en from "../../../serve_app/player/texts/en.js";

const PLAYER = new URL("../../../serve_app/player/", import.meta.url);

function pageSources() {
  const modules = readdirSync(new URL("modules/", PLAYER)).map((name) => `modules/${name}`);
  return ["index.html", ...modules].map((name) => readFileSync(new URL(name, PLAYER), "utf8"));
}

/** Keys that are put together at run time. */
const COMPOSED = /^(seed\.|overlay\.t_)/;

test("every language has the same texts, none of them empty", () => {
  assert.deepEqual(Object.keys(de), Object.keys(en));
  for (const text of [...Object.values(en), ...Object.values(de)]) assert.ok(text.trim());
});

test("every language fills in the same placeholders", () => {
  for (const key of Object.keys(en)) {
    const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    assert.deepEqual(names(de[key]), names(en[key]), key);
  }
});

test("every text is used, and every text that is used exists", () => {
  const sources = pageSources().join("\n");
  for (const key of Object.keys(en).filter((each) => !COMPOSED.test(each))) {
    assert.ok(sources.includes(`"${key}"`), `${key} is not used`);
  }
  const asked = [...sources.matchAll(/data-t(?:-[a-z-]+)?="([^"]+)"|\bt\("([^"]+)"/g)].map(([, a, b]) => a ?? b);
  assert.ok(asked.length > 100);
  for (const key of asked) assert.ok(key in en, `${key} does not exist`);
});

test("the page runs no inline code and needs no inline style", () => {
  const page = readFileSync(new URL("index.html", PLAYER), "utf8");
  assert.ok(!/\son\w+=|\sstyle=|<style|<script(?![^>]*\ssrc=)/.test(page));
});

test("every icon that is asked for is drawn", () => {
  const drawn = new Set([...readFileSync(new URL("icons.svg", PLAYER), "utf8").matchAll(/id="([^"]+)"/g)].map(([, id]) => id));
  const sources = pageSources().join("\n");
  const asked = [...sources.matchAll(/icons\.svg#([\w]+)|\bicon\("(\w+)"\)/g)].map(([, a, b]) => a ?? b);
  assert.ok(asked.length > 10);
  for (const id of asked) assert.ok(drawn.has(id), id);
});
