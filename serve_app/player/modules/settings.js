// @ts-check
/**
 * Settings: what the page remembers.
 *
 * Owns the defaults and what counts as a valid value; anything else that was stored is replaced by the default.
 */

const KEY = "biome.player.settings";

/**
 * @typedef {object} Settings
 * @property {"auto" | "en" | "de"} language
 * @property {string} model id; empty means the first that the server names
 * @property {string} quant empty means none
 * @property {string} backend
 * @property {string} seed id of the seed chosen last
 * @property {number} sensitivity
 * @property {boolean} invertY
 * @property {boolean} capFps
 * @property {boolean} sceneAuthoring
 * @property {boolean} record
 * @property {boolean} actionLog
 * @property {boolean} autoReconnect
 * @property {boolean} overlay
 * @property {"auto" | "on" | "off"} touchPads
 */

/** @type {Readonly<Settings>} */
export const DEFAULTS = Object.freeze({
  language: "auto",
  model: "",
  quant: "",
  backend: "world_engine",
  seed: "",
  sensitivity: 1,
  invertY: false,
  capFps: true,
  sceneAuthoring: true,
  record: false,
  actionLog: false,
  autoReconnect: true,
  overlay: false,
  touchPads: "auto",
});

/** @type {Partial<Record<keyof Settings, readonly string[]>>} */
const CHOICES = {
  language: ["auto", "en", "de"],
  touchPads: ["auto", "on", "off"],
  backend: ["world_engine", "quark"],
  quant: ["", "fp8w8a8", "intw8a8"],
};

/**
 * Settings made of whatever was stored.
 *
 * @param {unknown} stored
 * @returns {Settings}
 */
export function sanitised(stored) {
  /** @type {Record<string, unknown>} */
  const settings = { ...DEFAULTS };
  if (typeof stored !== "object" || stored === null) return /** @type {any} */ (settings);
  for (const [name, value] of Object.entries(stored)) {
    const standard = DEFAULTS[/** @type {keyof Settings} */ (name)];
    if (standard === undefined || typeof value !== typeof standard) continue;
    const choices = CHOICES[/** @type {keyof Settings} */ (name)];
    if (choices && !choices.includes(/** @type {string} */ (value))) continue;
    if (typeof value === "number" && !(value >= 0.1 && value <= 5)) continue;
    if (typeof value === "string" && value.length > 300) continue;
    settings[name] = value;
  }
  return /** @type {any} */ (settings);
}

/** Settings that outlive the page; a browser that stores nothing still plays. */
export class SettingsStore {
  /** @type {Settings} */
  values;
  #storage;

  /** @param {Pick<Storage, "getItem" | "setItem">} storage */
  constructor(storage) {
    this.#storage = storage;
    this.values = sanitised(readJson(storage));
  }

  /** @param {Partial<Settings>} changes */
  update(changes) {
    this.values = sanitised({ ...this.values, ...changes });
    try {
      this.#storage.setItem(KEY, JSON.stringify(this.values));
    } catch {
      // Private windows and full disks: the settings then last as long as the page.
    }
  }
}

/** @param {Pick<Storage, "getItem">} storage */
function readJson(storage) {
  try {
    return JSON.parse(storage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

/**
 * What these settings ask of the server, as the `config` of `init`.
 *
 * @param {Settings} settings
 * @returns {import("./world.js").InitConfig}
 */
export function configOf({ quant, backend, sceneAuthoring, actionLog, record, capFps }) {
  return {
    quant: quant || null,
    engine_backend: backend,
    scene_authoring: sceneAuthoring,
    action_logging: actionLog,
    video_recording: record,
    video_output_dir: null,
    cap_inference_fps: capFps,
  };
}

/**
 * The engine and quantisation to ask for: the stored ones if the server offers them, else its first. A choice that the
 * page does not show could never be taken back.
 *
 * @param {Settings} settings
 * @param {{backends: string[], quants: Record<string, (string | null)[]>}} capabilities
 * @returns {Pick<Settings, "backend" | "quant">}
 */
export function offeredOf(settings, { backends, quants }) {
  const backend = backends.includes(settings.backend) ? settings.backend : (backends[0] ?? DEFAULTS.backend);
  const offered = (quants[backend] ?? [null]).map((quant) => quant ?? "");
  return { backend, quant: offered.includes(settings.quant) ? settings.quant : (offered[0] ?? "") };
}

/** The browser's storage, or one that forgets, where it is switched off. @returns {Pick<Storage, "getItem" | "setItem">} */
export function storageOrNone() {
  try {
    return window.localStorage;
  } catch {
    return { getItem: () => null, setItem: () => {} };
  }
}
