/** The wire bytes of an envelope; a header that is no string is written as JSON. */
export function packEnvelope(header: unknown, jpegs: readonly Uint8Array[]): ArrayBuffer {
  const head = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  return join([u32(head.length), head, u32(jpegs.length), ...jpegs.flatMap((jpeg) => [u32(jpeg.length), jpeg])]);
}

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

export function join(parts: readonly Uint8Array[]): ArrayBuffer {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole.buffer;
}
