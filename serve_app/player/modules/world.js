// @ts-check
/**
 * A stay in a world: from the seed to leaving.
 *
 * Owns the phase, the connection, and what the server's messages mean. What any of it looks like is the page's business:
 * it is told by events.
 */

import { Connection, socketUrl } from "./connection.js";
import { isLastWord, nextPhase, WITH_A_WORLD } from "./session.js";

/** A cold model may be downloaded, loaded and compiled before `init` is answered. */
const INIT_TIMEOUT_MS = 30 * 60_000;
const SCENE_TIMEOUT_MS = 5 * 60_000;

/** What of a config can change in a running world, by name: `JSON.stringify` then ignores the order. */
const CONFIG_NAMES = ["scene_authoring", "action_logging", "video_recording", "video_output_dir", "cap_inference_fps"];

/**
 * @typedef {object} Seed
 * @property {string} name for people
 * @property {string} filename
 * @property {Blob} blob
 */

/**
 * @typedef {object} InitConfig
 * @property {string | null} quant
 * @property {string} engine_backend
 * @property {boolean} scene_authoring
 * @property {boolean} action_logging
 * @property {boolean} video_recording
 * @property {string | null} video_output_dir
 * @property {boolean} cap_inference_fps
 */

/**
 * @typedef {object} Listener
 * @property {(phase: import("./session.js").Phase, before: import("./session.js").Phase) => void} phase
 * @property {(stage: string) => void} stage
 * @property {(message: any) => void} push an error or a warning
 * @property {(record: any) => void} log
 * @property {(buffer: ArrayBuffer) => void} batch
 * @property {(error: import("./rpc.js").RpcError) => void} initFailed
 * @property {(data: any) => void} initDone
 * @property {(line: string) => void} note for the client's log
 */

export class World {
  /** @type {import("./session.js").Phase} */
  phase = "choosing";
  /** @type {Seed | null} */
  seed = null;
  /** @type {InitConfig | null} what the server was asked for last */
  config = null;
  /** What runs. */
  model = "";
  /** What was asked for; the server may run another one instead, and says so. */
  askedModel = "";
  /** @type {Record<string, unknown> | null} */
  systemInfo = null;
  /** @type {any} the last error push of this stay */
  lastWord = null;
  /** Whether the socket of the last attempt ever opened. */
  wasReached = false;

  /** @type {Connection | null} */
  #connection = null;
  #listener;
  /** @type {() => {model: string, config: InitConfig}} */
  #wishes;

  /**
   * @param {Listener} listener
   * @param {() => {model: string, config: InitConfig}} wishes what the settings ask for now
   */
  constructor(listener, wishes) {
    this.#listener = listener;
    this.#wishes = wishes;
  }

  get hasWorld() {
    return WITH_A_WORLD.has(this.phase);
  }

  /** Whether the settings ask for something else of this world than the server was asked for. */
  get isBehind() {
    if (!this.hasWorld || !this.config) return false;
    const [asked, wished] = [this.config, this.#heldWishes().config].map((config) => JSON.stringify(config, CONFIG_NAMES));
    return asked !== wished;
  }

  /**
   * Go into a picture.
   *
   * @param {Seed} seed
   * @param {string} token
   */
  enter(seed, token) {
    if (this.phase !== "choosing" && this.phase !== "lost" && this.phase !== "refused") return;
    this.seed = seed;
    this.lastWord = null;
    this.wasReached = false;
    this.#move(this.phase === "choosing" ? "enter" : "retry");
    const connection = new Connection(socketUrl(location, token), {
      opened: () => {
        this.wasReached = true;
        this.#move("opened");
      },
      message: (message) => this.#take(message),
      batch: (buffer) => this.#listener.batch(buffer),
      closed: () => this.#end(),
    });
    this.#connection = connection;
  }

  /** Go back to choosing. */
  leave() {
    this.#connection?.close();
    this.#connection = null;
    this.#move("leave");
  }

  /** @param {object} message a `control` @param {number} nowMs */
  steer(message, nowMs) {
    if (this.phase !== "playing" || !this.#connection || this.#connection.steer(message, nowMs)) return;
    this.#listener.note("nothing was heard for too long");
    this.#connection.close();
    this.#end();
  }

  pause() {
    if (this.phase !== "playing") return;
    this.#connection?.send({ type: "pause" });
    this.#move("pause");
  }

  resume() {
    if (this.phase !== "paused") return;
    this.#connection?.send({ type: "resume" });
    this.#move("resume");
  }

  reset() {
    if (this.hasWorld) this.#connection?.send({ type: "reset" });
  }

  /**
   * Re-configure the running world, or give it another picture.
   *
   * @param {Seed | null} seed null keeps the present one
   */
  async reconfigure(seed = null) {
    await this.#init(seed);
    if (seed) this.seed = seed;
  }

  /** @param {string} prompt @returns {Promise<{original_jpeg_b64: string, preview_jpeg_b64: string, edit_prompt: string}>} */
  editScene(prompt) {
    return this.#request("scene_edit", { prompt }, SCENE_TIMEOUT_MS);
  }

  /** @param {string} prompt @returns {Promise<{elapsed_ms: number, image_jpeg_base64: string, image_model: string}>} */
  async generateScene(prompt) {
    const made = await this.#request("generate_scene", { prompt }, SCENE_TIMEOUT_MS);
    if (this.seed) this.seed = { ...this.seed, name: prompt.charAt(0).toUpperCase() + prompt.slice(1) };
    return made;
  }

  /**
   * @param {string} type
   * @param {object} params
   * @param {number} timeoutMs
   */
  #request(type, params, timeoutMs) {
    if (!this.#connection) throw new Error("no connection");
    return this.#connection.request(type, params, timeoutMs);
  }

  /** @param {Seed | null} seed */
  async #init(seed) {
    const { model, config } = this.hasWorld ? this.#heldWishes() : this.#wishes();
    const before = { config: this.config, askedModel: this.askedModel };
    Object.assign(this, { config, askedModel: model });
    /** @type {Record<string, unknown>} */
    const params = { model, config, biome_version: "player" };
    if (seed) {
      params.seed_image_data = await base64(seed.blob);
      params.seed_filename = seed.filename;
    }
    try {
      const data = await this.#request("init", params, INIT_TIMEOUT_MS);
      this.model = data.model;
      this.systemInfo = data.system_info ?? this.systemInfo;
      this.#listener.initDone(data);
    } catch (error) {
      // A running world goes on as it was.
      if (this.hasWorld) Object.assign(this, before);
      throw error;
    }
  }

  /** What the settings ask for now, but for what would be another world: that is entered, never slipped into. */
  #heldWishes() {
    const { config } = this.#wishes();
    const { quant, engine_backend } = this.config ?? config;
    return { model: this.askedModel, config: { ...config, quant, engine_backend } };
  }

  /** The connection is over, and not by our choice. */
  #end() {
    this.#move(this.lastWord ? "refused" : "lost");
  }

  async #begin() {
    const connection = this.#connection;
    try {
      await this.#init(this.seed);
      if (connection === this.#connection) this.#move("ready");
    } catch (error) {
      // A connection that ended tells its own story.
      if (connection !== this.#connection || /** @type {Error} */ (error).name === "RpcClosedError") return;
      this.#connection?.close();
      this.#connection = null;
      this.#move("init_failed");
      this.#listener.initFailed(/** @type {any} */ (error));
    }
  }

  /** @param {any} message */
  #take(message) {
    switch (message.type) {
      case "status":
        this.#listener.stage(message.stage);
        if (message.stage === "session.waiting_for_seed" && this.#move("seed_awaited")) void this.#begin();
        break;
      case "system_info": {
        const { type: _, ...info } = message;
        this.systemInfo = info;
        break;
      }
      case "error":
        if (isLastWord(message.message_id)) this.lastWord = message;
        this.#listener.push(message);
        break;
      case "warning":
        this.#listener.push(message);
        break;
      case "log":
        this.#listener.log(message);
        break;
      default:
        this.#listener.note(`unknown message ${message.type}`);
    }
  }

  /**
   * @param {import("./session.js").Move} move
   * @returns {boolean} whether anything moved
   */
  #move(move) {
    const next = nextPhase(this.phase, move);
    if (next === null) return false;
    const before = this.phase;
    this.phase = next;
    this.#listener.note(`${before} -> ${next} (${move})`);
    this.#listener.phase(next, before);
    return true;
  }
}

/**
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
