// @ts-check
/** Turns envelopes into pictures, away from the thread that draws. One message in, one message out, in order. */

import { parseEnvelope } from "./envelope.js";

/** @type {{onmessage: (event: MessageEvent<ArrayBuffer>) => void, postMessage: (data: unknown, transfer?: Transferable[]) => void}} */
const scope = /** @type {any} */ (self);

let previous = Promise.resolve();

scope.onmessage = ({ data: buffer }) => {
  const decoding = decode(buffer);
  previous = previous.then(async () => {
    try {
      const batch = await decoding;
      scope.postMessage(batch, batch.bitmaps);
    } catch (error) {
      scope.postMessage({ error: String(error) });
    }
  });
};

/** @param {ArrayBuffer} buffer */
async function decode(buffer) {
  const { header, jpegs } = parseEnvelope(buffer);
  const bitmaps = await Promise.all(
    jpegs.map((jpeg) => createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }))),
  );
  return { header, bitmaps };
}
