// @ts-check
/**
 * A player's photograph, made ready to be sent.
 *
 * Owns what is sent as it is and what is encoded anew. Choosing the file is the business of `seeds`.
 */

/** More of either is lost on a world's frame, and a slow line takes too long over it. */
const LIMIT_PX = 2560;
const LIMIT_BYTES = 2 * 2 ** 20;
const QUALITY = 0.92;

/**
 * The file itself if it is a JPEG of moderate size, else its picture as one: of other formats the server takes few, and
 * none that move.
 *
 * @param {File} file
 * @returns {Promise<File>} rejects what the browser cannot read as a picture
 */
export async function readyToSend(file) {
  const bitmap = await createImageBitmap(file);
  try {
    const shrink = Math.min(1, LIMIT_PX / Math.max(bitmap.width, bitmap.height));
    if (shrink === 1 && file.size <= LIMIT_BYTES && (await isJpeg(file))) return file;
    const blob = await encoded(bitmap, shrink);
    return new File([blob], file.name.replace(/(?:\.[^.]*)?$/, ".jpg"), { type: blob.type });
  } finally {
    bitmap.close();
  }
}

/** @param {Blob} file */
async function isJpeg(file) {
  const [first, second, third] = new Uint8Array(await file.slice(0, 3).arrayBuffer());
  return first === 0xff && second === 0xd8 && third === 0xff;
}

/** @param {ImageBitmap} bitmap @param {number} shrink */
function encoded(bitmap, shrink) {
  const width = Math.max(1, Math.round(bitmap.width * shrink));
  const height = Math.max(1, Math.round(bitmap.height * shrink));
  const canvas = new OffscreenCanvas(width, height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.imageSmoothingQuality = "high";
  // JPEG knows no transparency, and a drawing is meant for white paper.
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}
