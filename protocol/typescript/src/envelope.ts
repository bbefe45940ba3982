/**
 * The binary envelope: one message per inference pass, little-endian.
 *
 * `u32 header_len · header JSON · u32 sub_count · sub_count times (u32 jpeg_len · JPEG)`
 *
 * Owns taking it apart. Decoding the pictures and pacing them out is the caller's.
 */

import { z } from "zod";

import { type FrameHeader, FrameHeaderSchema } from "./protocol.generated.js";

const U32_BYTES = 4;
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** A decoded envelope. The pictures are views of the message's bytes, not copies. */
export interface Envelope {
  readonly header: FrameHeader;
  readonly jpegs: readonly Uint8Array<ArrayBuffer>[];
}

/** What makes bytes no envelope: they end early, go on after the last picture, or the header is not valid. */
export type EnvelopeFlaw = "truncated" | "overlong" | "header";

/** Bytes that are no envelope. */
export class EnvelopeError extends Error {
  override readonly name = "EnvelopeError";
  readonly flaw: EnvelopeFlaw;

  constructor(flaw: EnvelopeFlaw, detail: string = flaw, options?: ErrorOptions) {
    super(`not an envelope: ${detail}`, options);
    this.flaw = flaw;
  }
}

/** The header and the pictures of one binary message. Throws EnvelopeError for anything else, trailing bytes included. */
export function parseEnvelope(data: ArrayBuffer): Envelope {
  const view = new DataView(data);
  const head = takeField(view, 0);
  const count = readU32(view, head.end);
  const jpegs: Uint8Array<ArrayBuffer>[] = [];
  let at = head.end + U32_BYTES;
  for (let index = 0; index < count; index += 1) {
    const jpeg = takeField(view, at);
    jpegs.push(new Uint8Array(data, jpeg.start, jpeg.end - jpeg.start));
    at = jpeg.end;
  }
  if (at !== data.byteLength) {
    throw new EnvelopeError("overlong");
  }
  return { header: parseHeader(new Uint8Array(data, head.start, head.end - head.start)), jpegs };
}

function parseHeader(bytes: Uint8Array): FrameHeader {
  let document: unknown;
  try {
    document = JSON.parse(UTF8.decode(bytes));
  } catch (error) {
    throw new EnvelopeError("header", "the header is not JSON", { cause: error });
  }
  const header = FrameHeaderSchema.safeParse(document);
  if (!header.success) {
    throw new EnvelopeError("header", z.prettifyError(header.error), { cause: header.error });
  }
  return header.data;
}

/** Where the length-prefixed field at `at` starts and ends. */
function takeField(view: DataView<ArrayBuffer>, at: number): { start: number; end: number } {
  const start = at + U32_BYTES;
  const end = start + readU32(view, at);
  if (end > view.byteLength) {
    throw new EnvelopeError("truncated");
  }
  return { start, end };
}

function readU32(view: DataView<ArrayBuffer>, at: number): number {
  if (at + U32_BYTES > view.byteLength) {
    throw new EnvelopeError("truncated");
  }
  return view.getUint32(at, true);
}
