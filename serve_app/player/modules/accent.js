// @ts-check
/**
 * The one colour of the page, taken from the picture.
 *
 * Owns the choice: the hue of which the picture has most, at a lightness and strength that can be read on the page's dark
 * ground. Colour space: OKLCH (Björn Ottosson, "A perceptual color space for image processing", 2020).
 */

const BINS = 36;
/** A picture with less colour than this has none, and the page stays neutral. */
const GREY_CHROMA = 0.02;

/**
 * @param {number} channel 0 to 255, sRGB
 */
function linear(channel) {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/**
 * @param {number} r 0 to 255
 * @param {number} g 0 to 255
 * @param {number} b 0 to 255
 * @returns {{lightness: number, a: number, b: number}}
 */
export function oklab(r, g, b) {
  const [red, green, blue] = [linear(r), linear(g), linear(b)];
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return {
    lightness: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    a: 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    b: 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
  };
}

/**
 * Hue (degrees) and chroma of the accent.
 *
 * @param {Uint8ClampedArray | Uint8Array | number[]} rgba a small copy of the picture
 * @returns {{hue: number, chroma: number}}
 */
export function accentOf(rgba) {
  const weight = new Float64Array(BINS);
  const sumA = new Float64Array(BINS);
  const sumB = new Float64Array(BINS);
  for (let at = 0; at + 3 < rgba.length; at += 4) {
    const { lightness, a, b } = oklab(rgba[at], rgba[at + 1], rgba[at + 2]);
    const chroma = Math.hypot(a, b);
    if (chroma < GREY_CHROMA || lightness < 0.15 || lightness > 0.97) continue;
    const bin = Math.floor(((Math.atan2(b, a) / (2 * Math.PI) + 1) % 1) * BINS) % BINS;
    // Strong and light colours count for more: a lantern gives a night its colour, not the dark around it.
    const share = chroma * chroma * lightness;
    weight[bin] += share;
    sumA[bin] += a * share;
    sumB[bin] += b * share;
  }
  let best = 0;
  let bestWeight = 0;
  for (let bin = 0; bin < BINS; bin += 1) {
    const around = weight[bin] + 0.5 * (weight[(bin + 1) % BINS] + weight[(bin + BINS - 1) % BINS]);
    if (around > bestWeight) [best, bestWeight] = [bin, around];
  }
  if (bestWeight === 0) return { hue: 80, chroma: 0.03 };
  const a = sumA[best] / weight[best] || 0;
  const b = sumB[best] / weight[best] || 0;
  const hue = ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
  return { hue, chroma: Math.min(0.13, Math.max(0.07, Math.hypot(a, b) * 1.1)) };
}

/**
 * The CSS colour of an accent: always light enough for text on the page's ground.
 *
 * @param {{hue: number, chroma: number}} accent
 */
export function accentCss({ hue, chroma }) {
  return `oklch(0.84 ${chroma.toFixed(3)} ${hue.toFixed(1)})`;
}
