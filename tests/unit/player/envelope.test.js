import assert from "node:assert/strict";
import { test } from "node:test";

import { EnvelopeError, parseEnvelope } from "../../../serve_app/player/modules/envelope.js";

const HEADER = { frame_id: 5, client_ts: 123.5, gen_ms: 20.25, temporal_compression: 4, t_infer_ms: 18 };

/** @param {object | string} header @param {Uint8Array[]} jpegs */
function packed(header, jpegs) {
  const head = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const length = 8 + head.length + jpegs.reduce((sum, jpeg) => sum + 4 + jpeg.length, 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, head.length, true);
  bytes.set(head, 4);
  let at = 4 + head.length;
  view.setUint32(at, jpegs.length, true);
  at += 4;
  for (const jpeg of jpegs) {
    view.setUint32(at, jpeg.length, true);
    bytes.set(jpeg, at + 4);
    at += 4 + jpeg.length;
  }
  return bytes.buffer;
}

test("header and sub-frames come out as they went in", () => {
  const jpegs = [new Uint8Array([1, 2, 3]), new Uint8Array([]), new Uint8Array([9])];
  const envelope = parseEnvelope(packed(HEADER, jpegs));
  assert.deepEqual(envelope.header, HEADER);
  assert.deepEqual(envelope.jpegs.map((jpeg) => [...jpeg]), [[1, 2, 3], [], [9]]);
});

test("every truncation is refused", () => {
  const whole = packed(HEADER, [new Uint8Array([1, 2, 3]), new Uint8Array([4])]);
  for (let length = 0; length < whole.byteLength; length += 1) {
    assert.throws(() => parseEnvelope(whole.slice(0, length)), EnvelopeError, `cut to ${length}`);
  }
});

test("bytes after the last sub-frame are refused", () => {
  const whole = new Uint8Array(packed(HEADER, [new Uint8Array([1])]));
  const longer = new Uint8Array(whole.length + 1);
  longer.set(whole);
  assert.throws(() => parseEnvelope(longer.buffer), /overlong/);
});

test("a header that is not JSON, or lacks a number, is refused", () => {
  assert.throws(() => parseEnvelope(packed("{", [])), EnvelopeError);
  assert.throws(() => parseEnvelope(packed("null", [])), EnvelopeError);
  assert.throws(() => parseEnvelope(packed({ frame_id: 1, client_ts: 0 }, [])), /gen_ms/);
});
