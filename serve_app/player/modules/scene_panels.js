// @ts-check
/**
 * The two panels that change the world by words.
 *
 * Owns their forms and results. The requests are the world's.
 */

import { byId, find, paragraphs } from "./dom.js";
import { t } from "./words.js";

/**
 * @typedef {object} SceneActions
 * @property {(prompt: string) => Promise<{original_jpeg_b64: string, preview_jpeg_b64: string, edit_prompt: string}>} edit
 * @property {(prompt: string) => Promise<{elapsed_ms: number, image_jpeg_base64: string, image_model: string}>} generate
 * @property {(picture: Blob) => void} show the new picture of the world
 * @property {(error: unknown) => {happened: string, advice: string, detail?: string}} explain
 */

/** @param {string} base64 */
function jpegBlob(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: "image/jpeg" });
}

const jpegUrl = (/** @type {string} */ base64) => `data:image/jpeg;base64,${base64}`;

/** @param {SceneActions} actions */
export function setUpScenePanels(actions) {
  const edit = byId("panel-edit");
  setUp(edit, actions, async (prompt) => {
    const { original_jpeg_b64, preview_jpeg_b64, edit_prompt } = await actions.edit(prompt);
    /** @type {HTMLImageElement} */ (find(edit, ".before")).src = jpegUrl(original_jpeg_b64);
    const after = /** @type {HTMLImageElement} */ (find(edit, ".after"));
    after.src = jpegUrl(preview_jpeg_b64);
    await after.decode();
    setCut(find(edit, ".compare"), after);
    find(edit, ".instruction").textContent = edit_prompt;
    actions.show(jpegBlob(preview_jpeg_b64));
  });
  setUpCompare(find(edit, ".compare"));

  const generate = byId("panel-generate");
  setUp(generate, actions, async (prompt) => {
    const { elapsed_ms, image_jpeg_base64, image_model } = await actions.generate(prompt);
    const made = /** @type {HTMLImageElement} */ (find(generate, ".made"));
    made.src = jpegUrl(image_jpeg_base64);
    made.alt = prompt;
    const seconds = (elapsed_ms / 1000).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
    find(generate, ".instruction").textContent = t("generate.made", { seconds, model: image_model });
    actions.show(jpegBlob(image_jpeg_base64));
  });
}

/**
 * @param {HTMLElement} panel
 * @param {SceneActions} actions
 * @param {(prompt: string) => Promise<void>} run
 */
function setUp(panel, actions, run) {
  const form = find(panel, "form");
  const prompt = /** @type {HTMLTextAreaElement} */ (find(panel, "textarea"));
  const working = find(panel, ".working");
  const elapsed = find(working, "time");
  const problem = find(panel, ".problem");
  const result = find(panel, ".result");

  const submit = async () => {
    problem.hidden = true;
    form.inert = true;
    working.hidden = false;
    elapsed.textContent = "";
    const startMs = performance.now();
    const clock = setInterval(() => {
      elapsed.textContent = `${Math.floor((performance.now() - startMs) / 1000)} s`;
    }, 1000);
    try {
      await run(prompt.value.trim());
      form.hidden = true;
      result.hidden = false;
      find(result, ".primary").focus();
    } catch (error) {
      problem.replaceChildren(...paragraphs(actions.explain(error)));
      problem.hidden = false;
    } finally {
      clearInterval(clock);
      working.hidden = true;
      form.inert = false;
      if (result.hidden) prompt.focus();
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  prompt.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void submit();
  });
  for (const idea of panel.querySelectorAll("[data-idea]")) {
    idea.addEventListener("click", () => {
      prompt.value = idea.textContent ?? "";
      prompt.focus();
    });
  }
  const again = () => {
    result.hidden = true;
    form.hidden = false;
    problem.hidden = true;
    prompt.value = "";
  };
  find(panel, "[data-again]").addEventListener("click", () => {
    again();
    prompt.focus();
  });
  panel.addEventListener("close", again);
}

/** @param {HTMLElement} compare */
function setUpCompare(compare) {
  const range = /** @type {HTMLInputElement} */ (find(compare, "input"));
  range.addEventListener("input", () => compare.style.setProperty("--cut", `${range.value}%`));
}

/** @param {HTMLElement} compare @param {HTMLImageElement} after */
function setCut(compare, after) {
  const range = /** @type {HTMLInputElement} */ (find(compare, "input"));
  range.value = "50";
  compare.style.setProperty("--cut", "50%");
  compare.style.aspectRatio = `${after.naturalWidth} / ${after.naturalHeight}`;
}
