// @ts-check
/**
 * The screen: the canvas, the light around it, and the display's beat.
 *
 * Owns drawing and the pacer. Which world the frames come from is not its business.
 */

import { FramePacer } from "./pacing.js";

/** The light around the picture: shrunk to the first size it has no detail left, grown to the second it has no edges. */
const LIGHT = { width: 8, height: 5 };
const GLOW = { width: 64, height: 40 };
const SAMPLE = { width: 64, height: 36 };
const GLOW_EVERY_MS = 200;
/** How much of the new light is mixed into the old, so that it never jumps. */
const GLOW_MIX = 0.4;

/** @typedef {{bitmap: ImageBitmap, header: import("./envelope.js").FrameHeader | null}} Shown */

export class Screen {
  #canvas;
  #context;
  #glow;
  #light;
  #glowAtMs = 0;
  #beatMs = 1000 / 60;
  #previousBeatMs = 0;
  /** @type {FramePacer<Shown>} */
  pacer = new FramePacer({ drop: ({ bitmap }) => bitmap.close() });

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLCanvasElement} glow
   * @param {object} on
   * @param {(nowMs: number) => void} on.beat before each refresh
   * @param {(header: import("./envelope.js").FrameHeader | null, nowMs: number) => void} on.shown the header is there on
   *   the first sub-frame of its batch
   */
  constructor(canvas, glow, on) {
    this.#canvas = canvas;
    this.#context = context2d(canvas);
    Object.assign(glow, GLOW);
    this.#glow = context2d(glow);
    this.#light = context2d(Object.assign(document.createElement("canvas"), LIGHT));
    const beat = (/** @type {number} */ nowMs) => {
      requestAnimationFrame(beat);
      this.#learnBeat(nowMs);
      on.beat(nowMs);
      const frame = this.pacer.take(nowMs, this.#beatMs / 2);
      if (!frame) return;
      this.#draw(frame.bitmap, nowMs);
      frame.bitmap.close();
      on.shown(frame.header, nowMs);
    };
    requestAnimationFrame(beat);
  }

  /**
   * Take in a batch; its frames are shown over the time until the next one.
   *
   * @param {import("./decoder.js").Batch} batch
   */
  push({ header, bitmaps }) {
    const frames = bitmaps.map((bitmap, index) => ({ bitmap, header: index === 0 ? header : null }));
    this.pacer.push(frames, performance.now());
  }

  /**
   * Show a still at once, in place of whatever waits.
   *
   * @param {ImageBitmap} bitmap
   */
  still(bitmap) {
    this.pacer.clear();
    this.#glowAtMs = 0;
    this.#draw(bitmap, performance.now(), 1);
    bitmap.close();
  }

  /** A small copy of what is on the screen, for looking at its colours. @returns {Uint8ClampedArray} */
  sample() {
    const { width, height } = SAMPLE;
    const context = context2d(Object.assign(document.createElement("canvas"), SAMPLE));
    context.drawImage(this.#canvas, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data;
  }

  /** What is on the screen, as a JPEG. @returns {Promise<Blob | null>} */
  picture() {
    return new Promise((resolve) => this.#canvas.toBlob(resolve, "image/jpeg", 0.92));
  }

  /**
   * @param {ImageBitmap} bitmap
   * @param {number} nowMs
   * @param {number} [glowMix] 1 replaces the light around the picture at once
   */
  #draw(bitmap, nowMs, glowMix = GLOW_MIX) {
    const { width, height } = bitmap;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
      this.#canvas.closest("section")?.style.setProperty("--ratio", String(width / height));
    }
    this.#context.drawImage(bitmap, 0, 0);
    if (nowMs - this.#glowAtMs < GLOW_EVERY_MS) return;
    this.#glowAtMs = nowMs;
    this.#light.drawImage(bitmap, 0, 0, LIGHT.width, LIGHT.height);
    this.#glow.globalAlpha = glowMix;
    this.#glow.drawImage(this.#light.canvas, 0, 0, GLOW.width, GLOW.height);
  }

  /** @param {number} nowMs */
  #learnBeat(nowMs) {
    const gapMs = nowMs - this.#previousBeatMs;
    this.#previousBeatMs = nowMs;
    if (gapMs > 2 && gapMs < 50) this.#beatMs += 0.05 * (gapMs - this.#beatMs);
  }
}

/** @param {HTMLCanvasElement} canvas */
function context2d(canvas) {
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("this browser has no 2d canvas");
  return context;
}
