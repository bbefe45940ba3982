// @ts-check
/**
 * The settings panel, and every other control that shows a setting.
 *
 * Owns reading and writing the controls. What a change means is the page's business.
 */

import { byId, make } from "./dom.js";
import { formatBytes } from "./format.js";
import { configOf } from "./settings.js";
import { currentLanguage, t } from "./words.js";

/** @typedef {import("./settings.js").Settings} Settings */

export class SettingsPanel {
  #store;
  /** @type {import("./api.js").ModelEntry[]} */
  #models = [];
  /** @type {{backends: string[], quants: Record<string, (string | null)[]>}} */
  #capabilities = { backends: [], quants: {} };

  /**
   * @param {import("./settings.js").SettingsStore} store
   * @param {(name: keyof Settings) => void} onChange
   */
  constructor(store, onChange) {
    this.#store = store;
    for (const control of controls()) {
      control.addEventListener("input", () => {
        this.#read(control);
        this.render();
        onChange(nameOf(control));
      });
    }
    const startModel = /** @type {HTMLSelectElement} */ (byId("start-model"));
    startModel.addEventListener("input", () => {
      store.update({ model: startModel.value });
      this.render();
      onChange("model");
    });
  }

  /**
   * @param {import("./api.js").ModelEntry[]} models
   * @param {{backends: string[], quants: Record<string, (string | null)[]>}} capabilities
   */
  use(models, capabilities) {
    this.#models = models;
    this.#capabilities = capabilities;
    this.render();
  }

  /**
   * Another model, quantisation or engine means another world: offer it, and say what the present one runs on.
   *
   * @param {import("./world.js").World} world
   */
  offerNewWorld(world) {
    const { quant, engine_backend } = configOf(this.#store.values);
    const held = world.hasWorld ? world.config : null;
    const isOther =
      held !== null &&
      (this.model !== world.askedModel || quant !== held.quant || engine_backend !== held.engine_backend);
    byId("settings-apply").hidden = !isOther;
    const { gpu_name, cpu_name, torch_version } = world.systemInfo ?? {};
    const parts = [gpu_name, cpu_name, torch_version && `torch ${torch_version}`];
    byId("settings-system").textContent = parts.filter(Boolean).join(", ");
  }

  /** The model to ask for: the chosen one if the server has it, else the server's first. */
  get model() {
    const { model } = this.#store.values;
    if (this.#models.length === 0) return model || "local/pocket";
    if (this.#models.some(({ id }) => id === model)) return model;
    return this.#models[0].id;
  }

  /** Put every value into its control. */
  render() {
    this.#renderChoices();
    const { values } = this.#store;
    for (const control of controls()) {
      const value = values[nameOf(control)];
      if (control instanceof HTMLInputElement && control.type === "checkbox") control.checked = Boolean(value);
      else if (nameOf(control) === "model") control.value = this.model;
      else control.value = String(value);
      const output = control.parentElement?.querySelector("output");
      if (output) output.value = `${Number(value).toLocaleString(currentLanguage(), { maximumFractionDigits: 1 })}×`;
    }
    /** @type {HTMLSelectElement} */ (byId("start-model")).value = this.model;
  }

  #renderChoices() {
    const known = this.#models.length > 0 ? this.#models : [{ id: this.model, is_local: true }];
    for (const id of ["start-model", "settings-model"]) {
      byId(id).replaceChildren(...known.map((model) => option(model.id, modelLabel(model))));
    }
    const { backends, quants } = this.#capabilities;
    byId("settings-backend").replaceChildren(...backends.map((name) => option(name, name.replace("_", " "))));
    const offered = quants[this.#store.values.backend] ?? [null];
    byId("settings-quant").replaceChildren(...offered.map((name) => option(name ?? "", name ?? t("settings.quant.none"))));
    // One possibility is no choice.
    byId("line-backend").hidden = backends.length < 2;
    byId("line-quant").hidden = offered.length < 2;
  }

  /** @param {HTMLInputElement | HTMLSelectElement} control */
  #read(control) {
    const isCheckbox = control instanceof HTMLInputElement && control.type === "checkbox";
    const isNumber = typeof this.#store.values[nameOf(control)] === "number";
    const value = isCheckbox ? control.checked : isNumber ? Number(control.value) : control.value;
    this.#store.update({ [nameOf(control)]: value });
  }
}

/** @returns {NodeListOf<HTMLInputElement | HTMLSelectElement>} */
function controls() {
  return document.querySelectorAll("[data-setting]");
}

/** @param {HTMLElement} control */
function nameOf(control) {
  return /** @type {keyof Settings} */ (control.dataset.setting);
}

/** @param {string} value @param {string} label */
function option(value, label) {
  return make("option", { value }, [label]);
}

/** @param {import("./api.js").ModelEntry} model */
function modelLabel({ id, size_bytes, is_local }) {
  const name = id.replace(/^[^/]+\//, "");
  return is_local || size_bytes === undefined ? name : `${name} (${formatBytes(size_bytes, currentLanguage())})`;
}
