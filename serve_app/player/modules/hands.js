// @ts-check
/**
 * Hands: keyboard, mouse, gamepad and touch, translated for `controls`.
 *
 * Owns the DOM events and the pointer lock. What a press means to the world is in `controls`.
 */

import { buttonOfKey, buttonOfMouse, directionButtons } from "./controls.js";
import { readGamepad } from "./gamepad.js";

/** Pixels of mouse movement that a fully deflected stick makes in a second. */
const STICK_PX_PER_S = 1100;
/** A thumb has less room than a mouse. */
const TOUCH_GAIN = 2.4;
const STICK_RADIUS_PX = 52;
const PAGE_KEY = /^(?:Escape|F\d+)$/;

/**
 * @typedef {object} HandsOptions
 * @property {import("./controls.js").Controls} controls
 * @property {HTMLCanvasElement} canvas
 * @property {HTMLElement} pads
 * @property {() => boolean} isPlaying whether the world takes input now
 * @property {() => {sensitivity: number, invertY: boolean}} settings
 * @property {(what: "pause" | "resume" | "toggle") => void} onPause
 * @property {(key: string) => boolean} onKey a key that is not the world's; true when the page used it
 * @property {(state: "locked" | "free" | "refused") => void} onLock
 * @property {() => void} onStir somebody moves
 */

export class Hands {
  #options;
  #padStartWasDown = false;
  #polledMs = 0;
  #hasGamepad = false;

  /** @param {HandsOptions} options */
  constructor(options) {
    this.#options = options;
    this.#listenToKeys();
    this.#listenToMouse();
    this.#listenToPads();
    const letGo = () => options.controls.releaseAll();
    window.addEventListener("blur", letGo);
    document.addEventListener("visibilitychange", letGo);
    window.addEventListener("beforeunload", (event) => {
      // Crouching while walking is Ctrl+W, which browsers take for closing the page.
      if (options.isPlaying() && options.controls.buttons.includes("CTRL")) event.preventDefault();
    });
  }

  get isLocked() {
    return document.pointerLockElement === this.#options.canvas;
  }

  async capture() {
    this.#options.canvas.focus({ preventScroll: true });
    if (this.isLocked || !this.#options.canvas.requestPointerLock) return;
    try {
      await this.#options.canvas.requestPointerLock();
    } catch {
      this.#options.onLock("refused");
    }
  }

  release() {
    if (this.isLocked) document.exitPointerLock();
  }

  /** Read the gamepad; call it once per display refresh, also while paused. @param {number} nowMs */
  poll(nowMs) {
    if (!this.#hasGamepad) return;
    const elapsedS = Math.min(0.1, (nowMs - this.#polledMs) / 1000);
    this.#polledMs = nowMs;
    const pad = navigator.getGamepads().find((candidate) => candidate?.connected);
    if (!pad) return;
    const { buttons, lookX, lookY, start } = readGamepad(pad);
    if (start && !this.#padStartWasDown) this.#options.onPause("toggle");
    this.#padStartWasDown = start;
    if (!this.#options.isPlaying()) return;
    this.#options.controls.hold("gamepad", buttons);
    if (lookX !== 0 || lookY !== 0) this.#look(lookX * STICK_PX_PER_S * elapsedS, lookY * STICK_PX_PER_S * elapsedS);
  }

  /** @param {(name: string | null) => void} onChange a gamepad came, or the last one went */
  useGamepads(onChange) {
    window.addEventListener("gamepadconnected", ({ gamepad }) => {
      this.#hasGamepad = true;
      onChange(gamepad.id.replace(/\s*\(.*\)\s*$/, ""));
    });
    window.addEventListener("gamepaddisconnected", () => {
      this.#hasGamepad = navigator.getGamepads().some((pad) => pad?.connected);
      this.#options.controls.hold("gamepad", []);
      onChange(null);
    });
  }

  /** @param {number} dx @param {number} dy */
  #look(dx, dy) {
    const { sensitivity, invertY } = this.#options.settings();
    this.#options.controls.look(dx * sensitivity, (invertY ? -dy : dy) * sensitivity);
  }

  #listenToKeys() {
    const { controls, canvas, isPlaying, onPause, onKey } = this.#options;
    const isForWorld = () => isPlaying() && (document.activeElement === canvas || document.activeElement === document.body);
    window.addEventListener("keydown", (event) => {
      // A key of the page acts once, however long it is held.
      if (event.repeat && PAGE_KEY.test(event.key)) {
        event.preventDefault();
        return;
      }
      if (onKey(event.key)) {
        event.preventDefault();
        return;
      }
      if (!isForWorld() || event.metaKey || event.altKey) return;
      if (event.key === "Escape") {
        event.preventDefault();
        onPause("pause");
        return;
      }
      const button = buttonOfKey(event.code);
      if (button === null) return;
      event.preventDefault();
      controls.press("keyboard", button);
    });
    window.addEventListener("keyup", (event) => {
      // macOS reports no key that was let go of while Cmd was down.
      if (event.key === "Meta") controls.hold("keyboard", []);
      const button = buttonOfKey(event.code);
      if (button !== null) controls.release("keyboard", button);
    });
  }

  #listenToMouse() {
    const { controls, canvas, isPlaying, onPause, onLock, onStir } = this.#options;
    let dragging = -1;
    let last = { x: 0, y: 0 };
    canvas.addEventListener("pointerdown", (event) => {
      if (!isPlaying()) return;
      canvas.focus({ preventScroll: true });
      const button = buttonOfMouse(event.button);
      if (this.isLocked) {
        if (button) controls.press("mouse", button);
        return;
      }
      dragging = event.pointerId;
      last = { x: event.clientX, y: event.clientY };
      canvas.setPointerCapture(event.pointerId);
      if (event.pointerType === "mouse" && event.button === 0) void this.capture();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.isLocked) this.#look(event.movementX, event.movementY);
      else if (event.pointerId === dragging) {
        // Not every browser tells how far a finger moved.
        this.#look(event.clientX - last.x, event.clientY - last.y);
        last = { x: event.clientX, y: event.clientY };
      }
    });
    const up = (/** @type {PointerEvent} */ event) => {
      if (event.pointerId === dragging) dragging = -1;
    };
    canvas.addEventListener("pointerup", up);
    canvas.addEventListener("pointercancel", up);
    window.addEventListener("mouseup", (event) => {
      const button = buttonOfMouse(event.button);
      if (button) controls.release("mouse", button);
    });
    canvas.addEventListener("mousedown", (event) => {
      // While the pointer is locked, further buttons come without a pointerdown of their own.
      const button = buttonOfMouse(event.button);
      if (this.isLocked && button) controls.press("mouse", button);
    });
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("click", () => {
      if (!isPlaying()) onPause("resume");
    });
    document.addEventListener("pointerlockchange", () => {
      onLock(this.isLocked ? "locked" : "free");
      if (!this.isLocked) {
        controls.hold("mouse", []);
        if (isPlaying() && document.hasFocus()) onPause("pause");
      }
    });
    document.addEventListener("pointerlockerror", () => onLock("refused"));
    window.addEventListener("pointermove", () => {
      if (!this.isLocked) onStir();
    });
    window.addEventListener("pointerdown", onStir);
    window.addEventListener("keydown", ({ key }) => {
      if (key === "Tab" || key === "Escape") onStir();
    });
  }

  #listenToPads() {
    const { controls, pads } = this.#options;
    const move = /** @type {HTMLElement} */ (pads.querySelector("#pad-move"));
    const ring = /** @type {HTMLElement} */ (move.querySelector(".ring"));
    onDrag(move, {
      start: () => move.classList.add("held"),
      move: (event) => {
        const bounds = ring.getBoundingClientRect();
        const x = event.clientX - bounds.left - bounds.width / 2;
        const y = event.clientY - bounds.top - bounds.height / 2;
        const shrink = Math.min(1, STICK_RADIUS_PX / (Math.hypot(x, y) || 1));
        move.style.setProperty("--x", `${x * shrink}px`);
        move.style.setProperty("--y", `${y * shrink}px`);
        controls.hold("stick", directionButtons((x * shrink) / STICK_RADIUS_PX, (y * shrink) / STICK_RADIUS_PX));
      },
      end: () => {
        move.classList.remove("held");
        move.style.setProperty("--x", "0px");
        move.style.setProperty("--y", "0px");
        controls.hold("stick", []);
      },
    });
    let last = { x: 0, y: 0 };
    onDrag(/** @type {HTMLElement} */ (pads.querySelector("#pad-look")), {
      start: (event) => {
        last = { x: event.clientX, y: event.clientY };
      },
      move: (event) => {
        this.#look((event.clientX - last.x) * TOUCH_GAIN, (event.clientY - last.y) * TOUCH_GAIN);
        last = { x: event.clientX, y: event.clientY };
      },
      end: () => {},
    });
    for (const key of /** @type {NodeListOf<HTMLElement>} */ (pads.querySelectorAll("[data-hold]"))) {
      const button = key.dataset.hold ?? "";
      onDrag(key, {
        start: () => {
          key.classList.add("held");
          controls.press("touch", button);
        },
        move: () => {},
        end: () => {
          key.classList.remove("held");
          controls.release("touch", button);
        },
      });
    }
  }
}

/**
 * Follow one finger from its landing to its leaving, wherever it goes.
 *
 * @param {HTMLElement} element
 * @param {{start: (event: PointerEvent) => void, move: (event: PointerEvent) => void, end: () => void}} on
 */
function onDrag(element, on) {
  let finger = -1;
  element.addEventListener("pointerdown", (event) => {
    if (finger !== -1) return;
    event.preventDefault();
    finger = event.pointerId;
    element.setPointerCapture(finger);
    on.start(event);
    on.move(event);
  });
  element.addEventListener("pointermove", (event) => {
    if (event.pointerId === finger) on.move(event);
  });
  const end = (/** @type {PointerEvent} */ event) => {
    if (event.pointerId !== finger) return;
    finger = -1;
    on.end();
  };
  element.addEventListener("pointerup", end);
  element.addEventListener("pointercancel", end);
}
