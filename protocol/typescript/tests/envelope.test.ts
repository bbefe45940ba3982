import { describe, expect, it } from "vitest";

import { EnvelopeError, type EnvelopeFlaw, parseEnvelope } from "../src/index.js";
import { join, packEnvelope, u32 } from "./envelopes.js";

const HEADER = { frame_id: 1, client_ts: 12.5, gen_ms: 30 };
const JPEGS = [Uint8Array.of(1, 2, 3), new Uint8Array(), Uint8Array.of(4)];

function flawOf(data: ArrayBuffer): EnvelopeFlaw | "none" {
  try {
    parseEnvelope(data);
  } catch (error) {
    if (error instanceof EnvelopeError) {
      return error.flaw;
    }
    throw error;
  }
  return "none";
}

describe("parseEnvelope", () => {
  it("gives back the header and every picture", () => {
    const envelope = parseEnvelope(packEnvelope({ ...HEADER, temporal_compression: 4, t_enc_ms: 2.5 }, JPEGS));
    expect(envelope.header).toEqual({
      ...HEADER,
      temporal_compression: 4,
      vram_used_bytes: -1,
      gpu_util_percent: -1,
      t_enc_ms: 2.5,
    });
    expect(envelope.jpegs.map((jpeg) => [...jpeg])).toEqual([[1, 2, 3], [], [4]]);
  });

  it("reads literal bytes as the server writes them", () => {
    const bytes = Uint8Array.from([
      ...[41, 0, 0, 0],
      ...new TextEncoder().encode('{"frame_id":0,"client_ts":0.0,"gen_ms":0}'),
      ...[1, 0, 0, 0],
      ...[2, 0, 0, 0, 0xff, 0xd8],
    ]);
    const { header, jpegs } = parseEnvelope(bytes.buffer);
    expect(header.frame_id).toBe(0);
    expect(jpegs).toEqual([Uint8Array.of(0xff, 0xd8)]);
  });

  it("does not copy the pictures", () => {
    const data = packEnvelope(HEADER, JPEGS);
    expect(parseEnvelope(data).jpegs[0]?.buffer).toBe(data);
  });

  it("takes an envelope without pictures", () => {
    expect(parseEnvelope(packEnvelope(HEADER, [])).jpegs).toEqual([]);
  });

  it("ignores a header field that it does not know", () => {
    expect(parseEnvelope(packEnvelope({ ...HEADER, later: 1 }, [])).header).not.toHaveProperty("later");
  });

  it("finds every shorter message truncated", () => {
    const data = packEnvelope(HEADER, JPEGS);
    const flaws = Array.from({ length: data.byteLength }, (_, length) => flawOf(data.slice(0, length)));
    expect(new Set(flaws)).toEqual(new Set(["truncated"]));
  });

  it("finds a longer message overlong", () => {
    expect(flawOf(join([new Uint8Array(packEnvelope(HEADER, JPEGS)), Uint8Array.of(0)]))).toBe("overlong");
  });

  it.each([
    ["a header length", join([u32(0xffff_ffff), u32(0)])],
    ["a count", join([u32(2), new TextEncoder().encode("{}"), u32(0xffff_ffff)])],
    ["a picture's length", join([u32(2), new TextEncoder().encode("{}"), u32(1), u32(0xffff_ffff)])],
  ])("finds %s beyond the end truncated", (_, data) => {
    expect(flawOf(data)).toBe("truncated");
  });

  it.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["a missing field", { frame_id: 1, client_ts: 0 }],
    ["a fraction as id", { ...HEADER, frame_id: 1.5 }],
    ["null for an absent time", { ...HEADER, t_enc_ms: null }],
  ])("refuses a header with %s", (_, header) => {
    expect(flawOf(packEnvelope(header, []))).toBe("header");
  });

  it("refuses a header that is no UTF-8", () => {
    expect(flawOf(join([u32(2), Uint8Array.of(0xc3, 0x28), u32(0)]))).toBe("header");
  });

  it("says what is wrong in the server's words", () => {
    expect(() => parseEnvelope(new ArrayBuffer(0))).toThrow("not an envelope: truncated");
    expect(() => parseEnvelope(packEnvelope({ ...HEADER, gen_ms: "1" }, []))).toThrow(/^not an envelope: .*gen_ms/s);
  });
});
