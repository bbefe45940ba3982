// @ts-check
/**
 * The performance overlay: latency, frame rate, and where the time of a pass goes, as moving lines.
 *
 * Owns the drawing. The numbers are the telemetry's.
 */

import { t } from "./words.js";

const REDRAW_MS = 50;
const LABEL_MS = 500;
const PAD = 16;
/** Below this width there is only room for the two numbers. */
const SMALL_PX = 220;

/** Lightness, chroma and turn of the hue of each layer, relative to the accent. */
const LAYERS = /** @type {const} */ ([
  ["t_infer_ms", 0.84, 1, 0],
  ["t_sync_ms", 0.7, 1, 35],
  ["t_enc_ms", 0.62, 1, -45],
  ["t_metrics_ms", 0.54, 1, 80],
  ["t_overhead_ms", 0.46, 0.7, 0],
  ["elsewhere", 0.58, 0.12, 0],
]);

export class Overlay {
  #canvas;
  #context;
  #telemetry;
  #drawnMs = 0;
  #labelledMs = 0;
  #fps = 0;
  #latencyMs = NaN;
  accent = { hue: 80, chroma: 0.07 };
  /** @type {() => {skipped: number}} */
  #counts;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./telemetry.js").Telemetry} telemetry
   * @param {() => {skipped: number}} counts
   */
  constructor(canvas, telemetry, counts) {
    this.#canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.#telemetry = telemetry;
    this.#counts = counts;
  }

  /** @param {number} nowMs */
  draw(nowMs) {
    if (this.#canvas.hidden || nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    if (nowMs - this.#labelledMs > LABEL_MS) this.#label(nowMs);
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const scale = devicePixelRatio || 1;
    if (this.#canvas.width !== Math.round(width * scale)) this.#canvas.width = Math.round(width * scale);
    if (this.#canvas.height !== Math.round(height * scale)) this.#canvas.height = Math.round(height * scale);
    this.#context.setTransform(scale, 0, 0, scale, 0, 0);
    this.#context.clearRect(0, 0, width, height);
    if (width < SMALL_PX) this.#drawSmall(width, height);
    else this.#drawLarge(width, height);
  }

  /** Numbers that change more often than they can be read are a flicker: twice a second is enough. @param {number} nowMs */
  #label(nowMs) {
    this.#labelledMs = nowMs;
    this.#fps = Math.round(this.#telemetry.shown.perSecond(nowMs));
    this.#latencyMs = this.#telemetry.latencyMs.quantile(0.5, 15);
    const latency = Number.isFinite(this.#latencyMs) ? this.#latencyMs.toFixed(0) : "–";
    this.#canvas.dataset.fps = String(this.#fps);
    this.#canvas.dataset.latencyMs = latency;
    const summary = `${latency} ${t("overlay.latency")}, ${this.#fps} ${t("overlay.fps")}`;
    this.#canvas.setAttribute("aria-label", `${t("overlay.title")}: ${summary}`);
  }

  /** @param {number} width @param {number} height */
  #drawSmall(width, height) {
    const half = width / 2;
    const lineTop = height - 24;
    this.#number(this.#latencyText(), 12, 34, 28);
    this.#unit("ms", 12, 34, 28, this.#latencyText());
    this.#number(String(this.#fps), half + 8, 34, 28);
    this.#unit("fps", half + 8, 34, 28, String(this.#fps));
    this.#line(this.#telemetry.latencyMs, 12, lineTop, half - 20, 16, this.#latencyTop());
    this.#line(this.#telemetry.fps, half + 8, lineTop, half - 20, 16, this.#fpsTop());
  }

  /** @param {number} width @param {number} height */
  #drawLarge(width, height) {
    const left = PAD;
    const graphLeft = 144;
    const graphWidth = width - graphLeft - PAD;
    this.#number(this.#latencyText(), left, 44, 38);
    this.#caption(t("overlay.latency"), left, 61);
    this.#line(this.#telemetry.latencyMs, graphLeft, 16, graphWidth, 42, this.#latencyTop());
    this.#number(String(this.#fps), left, 110, 38);
    this.#caption(t("overlay.fps"), left, 127);
    this.#line(this.#telemetry.fps, graphLeft, 82, graphWidth, 42, this.#fpsTop());
    this.#strata(left, 144, width - 2 * PAD, height - 144 - 40);
    this.#legend(left, height - 22, width - 2 * PAD);
  }

  #latencyText() {
    return Number.isFinite(this.#latencyMs) ? this.#latencyMs.toFixed(0) : "–";
  }

  #latencyTop() {
    return Math.max(60, this.#telemetry.latencyMs.quantile(0.98) * 1.15 || 60);
  }

  #fpsTop() {
    return Math.max(66, this.#telemetry.fps.quantile(1) * 1.1 || 66);
  }

  /** @param {number} lightness @param {number} share @param {number} turn @param {number} [alpha] */
  #colour(lightness, share, turn, alpha = 1) {
    const { hue, chroma } = this.accent;
    return `oklch(${lightness} ${(Math.max(chroma, 0.09) * share).toFixed(3)} ${(hue + turn).toFixed(0)} / ${alpha})`;
  }

  /** @param {number} px @param {number} weight */
  #font(px, weight) {
    this.#context.font = `${weight} ${px}px "Instrument Sans", system-ui, sans-serif`;
  }

  /** @param {string} text @param {number} x @param {number} y @param {number} px */
  #number(text, x, y, px) {
    this.#font(px, 500);
    this.#context.fontStretch = "condensed";
    this.#context.fillStyle = "#f3f1ee";
    this.#context.fillText(text, x, y);
    this.#context.fontStretch = "normal";
  }

  /** @param {string} text @param {number} x @param {number} y @param {number} px @param {string} number */
  #unit(text, x, y, px, number) {
    this.#font(px, 500);
    this.#context.fontStretch = "condensed";
    const { width } = this.#context.measureText(number);
    this.#context.fontStretch = "normal";
    this.#caption(text, x + width + 4, y);
  }

  /** @param {string} text @param {number} x @param {number} y */
  #caption(text, x, y) {
    this.#font(12, 400);
    this.#context.fillStyle = "rgb(243 241 238 / 62%)";
    this.#context.fillText(text, x, y);
  }

  /**
   * A line with light beneath it, the newest value at the right edge.
   *
   * @param {import("./telemetry.js").Series} series
   * @param {number} x @param {number} y @param {number} width @param {number} height
   * @param {number} top the value at the upper edge
   */
  #line(series, x, y, width, height, top) {
    if (series.length < 2) return;
    const context = this.#context;
    const step = width / (series.limit - 1);
    const start = x + width - (series.length - 1) * step;
    const yOf = (/** @type {number} */ value) => y + height - Math.min(1, Math.max(0, value / top)) * height;
    const path = new Path2D();
    for (let index = 0; index < series.length; index += 1) path.lineTo(start + index * step, yOf(series.at(index)));
    const area = new Path2D(path);
    area.lineTo(x + width, y + height);
    area.lineTo(start, y + height);
    area.closePath();
    const light = context.createLinearGradient(0, y, 0, y + height);
    light.addColorStop(0, this.#colour(0.84, 1, 0, 0.34));
    light.addColorStop(1, this.#colour(0.84, 1, 0, 0));
    context.fillStyle = light;
    context.fill(area);
    context.strokeStyle = this.#colour(0.84, 1, 0);
    context.lineWidth = 1.5;
    context.lineJoin = "round";
    context.stroke(path);
    context.fillStyle = "#f3f1ee";
    context.beginPath();
    context.arc(x + width, yOf(series.last), 2.4, 0, 2 * Math.PI);
    context.fill();
  }

  /** Where the time of each pass went, one layer on the other. @param {number} x @param {number} y @param {number} width @param {number} height */
  #strata(x, y, width, height) {
    const { latencyMs, elsewhereMs, split } = this.#telemetry;
    const count = latencyMs.length;
    if (count < 2) return;
    const context = this.#context;
    const step = width / (latencyMs.limit - 1);
    const start = x + width - (count - 1) * step;
    const scale = height / this.#latencyTop();
    const base = new Float32Array(count);
    for (const [name, lightness, share, turn] of LAYERS) {
      const series = name === "elsewhere" ? elsewhereMs : split.get(name);
      if (!series) continue;
      const area = new Path2D();
      for (let index = 0; index < count; index += 1) {
        area.lineTo(start + index * step, y + height - Math.min(height, base[index] * scale));
      }
      for (let index = count - 1; index >= 0; index -= 1) {
        base[index] += series.at(index);
        area.lineTo(start + index * step, y + height - Math.min(height, base[index] * scale));
      }
      context.fillStyle = this.#colour(lightness, share, turn);
      context.fill(area);
    }
  }

  /** @param {number} x @param {number} y @param {number} width */
  #legend(x, y, width) {
    const context = this.#context;
    let at = x;
    let line = y;
    this.#font(12, 400);
    for (const [name, lightness, share, turn] of LAYERS) {
      if (name === "t_metrics_ms" && this.#telemetry.split.get(name)?.quantile(0.9, 60) === 0) continue;
      const text = t(name === "elsewhere" ? "overlay.elsewhere" : `overlay.${name}`);
      const textWidth = context.measureText(text).width;
      if (at > x && at + textWidth + 12 > x + width) {
        at = x;
        line += 16;
      }
      context.fillStyle = this.#colour(lightness, share, turn);
      context.fillRect(at, line - 8, 8, 8);
      context.fillStyle = "rgb(243 241 238 / 70%)";
      context.fillText(text, at + 12, line);
      at += textWidth + 24;
    }
    const { skipped } = this.#counts();
    if (skipped === 0) return;
    const text = t("overlay.skipped", { count: String(skipped) });
    const textWidth = context.measureText(text).width;
    context.fillText(text, x + width - textWidth, line === y ? y + 16 : line);
  }
}
