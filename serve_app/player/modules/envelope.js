// @ts-check
/**
 * The binary envelope: one message per inference pass, little-endian.
 *
 * `u32 header_len · header JSON · u32 sub_count · sub_count times (u32 jpeg_len · JPEG)`
 *
 * Owns the layout. Decoding the pictures is the decoder's business.
 */

/**
 * @typedef {object} FrameHeader
 * @property {number} frame_id id of the first sub-frame; 0 is the seed itself
 * @property {number} client_ts the `ts` of the control that this batch answers, on this page's clock, in ms
 * @property {number} gen_ms
 * @property {number} [temporal_compression]
 * @property {number} [vram_used_bytes] -1 when unknown
 * @property {number} [gpu_util_percent] -1 when unknown
 * @property {number} [t_infer_ms]
 * @property {number} [t_sync_ms]
 * @property {number} [t_enc_ms]
 * @property {number} [t_metrics_ms]
 * @property {number} [t_overhead_ms]
 */

/** Bytes that are no envelope. */
export class EnvelopeError extends Error {}

/**
 * The header and the JPEG of every sub-frame; the bytes are views into `buffer`.
 *
 * @param {ArrayBuffer} buffer
 * @returns {{header: FrameHeader, jpegs: Uint8Array<ArrayBuffer>[]}}
 * @throws {EnvelopeError}
 */
export function parseEnvelope(buffer) {
  const view = new DataView(buffer);
  let at = 0;
  const takeLength = () => {
    if (at + 4 > buffer.byteLength) throw new EnvelopeError("truncated");
    const length = view.getUint32(at, true);
    at += 4;
    return length;
  };
  const takeBytes = () => {
    const length = takeLength();
    if (at + length > buffer.byteLength) throw new EnvelopeError("truncated");
    const bytes = new Uint8Array(buffer, at, length);
    at += length;
    return bytes;
  };

  const header = parseHeader(takeBytes());
  const count = takeLength();
  const jpegs = [];
  for (let index = 0; index < count; index += 1) jpegs.push(takeBytes());
  if (at !== buffer.byteLength) throw new EnvelopeError("overlong");
  return { header, jpegs };
}

/**
 * @param {Uint8Array} bytes
 * @returns {FrameHeader}
 */
function parseHeader(bytes) {
  let header;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new EnvelopeError("the header is not JSON");
  }
  for (const name of ["frame_id", "client_ts", "gen_ms"]) {
    if (!Number.isFinite(header?.[name])) throw new EnvelopeError(`the header lacks ${name}`);
  }
  return header;
}
