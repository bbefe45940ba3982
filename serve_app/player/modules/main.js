// @ts-check
/**
 * The page: its parts, put together.
 *
 * Owns what happens when the phase changes and what each button does. Everything that can be decided without a page is
 * decided elsewhere.
 */

import { accentOf } from "./accent.js";
import { Api, HttpError } from "./api.js";
import { Controls } from "./controls.js";
import { Decoder } from "./decoder.js";
import { composeReport, lineOfRecord, LogRing, withoutToken } from "./diagnostics.js";
import { byId } from "./dom.js";
import { Drawers } from "./drawers.js";
import { EndedView } from "./ended_view.js";
import { formatDuration } from "./format.js";
import { Hands } from "./hands.js";
import { LoadingView } from "./loading_view.js";
import { Notices } from "./notices.js";
import { Overlay } from "./overlay.js";
import { RecordingsPanel } from "./recordings_panel.js";
import { setUpScenePanels } from "./scene_panels.js";
import { Screen } from "./screen.js";
import { applyAccent, Seeds } from "./seeds.js";
import { WAITING } from "./session.js";
import { SettingsPanel } from "./settings_panel.js";
import { SettingsStore } from "./settings.js";
import { Telemetry } from "./telemetry.js";
import { currentLanguage, describe, setLanguage, t } from "./words.js";
import { World } from "./world.js";

/** Controls leave at most this often: the display may refresh faster than the world can follow. */
const CONTROL_EVERY_MS = 15;
const QUIET_AFTER_MS = 2500;
/** By then the first frames after a reset are on the screen. */
const RESET_SEEN_MS = 600;
const LOG_LINES = 400;

const clientLog = new LogRing(LOG_LINES);
const serverLog = new LogRing(LOG_LINES);
/** @type {{text: string, messageId?: string, params?: unknown, snapshot?: unknown, time: string} | null} */
let lastError = null;

const store = new SettingsStore(storage());
const api = new Api();
const controls = new Controls();
const telemetry = new Telemetry();
const notices = new Notices(() => void copyDiagnostics());
const loading = new LoadingView();
const screenCanvas = /** @type {HTMLCanvasElement} */ (byId("screen"));
const overlayCanvas = /** @type {HTMLCanvasElement} */ (byId("overlay"));

const screen = new Screen(screenCanvas, /** @type {HTMLCanvasElement} */ (byId("glow")), { beat: onBeat, shown: onShown });
const decoder = new Decoder(
  (batch) => screen.push(batch),
  (reason) => note("warning", `a batch could not be shown: ${reason}`),
);
const overlay = new Overlay(overlayCanvas, telemetry, () => ({ skipped: screen.pacer.skipped + decoder.skipped }));

const world = new World(
  {
    phase: onPhase,
    stage: (stage) => {
      note("info", `stage ${stage}`);
      if (WAITING.has(world.phase)) loading.reach(stage);
    },
    push: onPush,
    log: (record) => {
      const line = lineOfRecord(record, new Date());
      serverLog.push(line);
      if (WAITING.has(world.phase)) loading.log(line);
    },
    batch: (buffer) => {
      telemetry.bytes += buffer.byteLength;
      decoder.push(buffer);
    },
    initFailed: (error) => {
      const warned = describedError(error);
      notices.warn(warned, "error");
    },
    initDone: ({ model }) => {
      if (model !== settingsPanel.model) notices.tell(t("notice.fallback", { model }));
    },
    note: (line) => note("info", line),
  },
  () => ({ model: settingsPanel.model, config: wishedConfig() }),
);

const drawers = new Drawers((name) => {
  document.body.toggleAttribute("data-drawer", name !== null);
  controls.releaseAll();
  telemetry.restart();
  if (name) hands.release();
  if (name === "recordings") void recordings.refresh();
  if (name === "settings") renderSystem();
  // A decision about the next world is easier to take with the countdown stopped.
  if (name) ended.stop();
  else if (world.phase === "lost" || world.phase === "refused") ended.schedule();
  stir();
});
const recordings = new RecordingsPanel(api, () => void askForToken());
const ended = new EndedView(() => void retry(), () => store.values);
const settingsPanel = new SettingsPanel(store, onSetting);
const seeds = new Seeds(
  {
    chosen: ({ id, url }) => {
      if (id !== "own") store.update({ seed: id });
      showBackdrop(url);
    },
    accent: useAccent,
    refused: (text) => notices.warn({ happened: text }, "warning"),
    dropped: () => void useDropped(),
  },
  store.values.seed,
);
const hands = new Hands({
  controls,
  canvas: screenCanvas,
  pads: byId("pads"),
  isPlaying,
  settings: () => store.values,
  onPause: (what) => {
    if (drawers.isOpen) return;
    if (world.phase === "playing" && what !== "resume") world.pause();
    else if (world.phase === "paused" && what !== "pause") resume();
  },
  onKey,
  onLock: (state) => {
    document.body.toggleAttribute("data-locked", state === "locked");
    if (state === "locked") hint("");
    else if (state === "refused" && isPlaying()) hint(t("play.hint.drag"));
    stir();
  },
  onStir: stir,
});

// --- the beat

let controlSentMs = 0;

/** @param {number} nowMs */
function onBeat(nowMs) {
  overlay.draw(nowMs);
  if (!isPlaying()) return;
  hands.poll(nowMs);
  if (nowMs - controlSentMs < CONTROL_EVERY_MS) return;
  controlSentMs = nowMs;
  world.steer(controls.take(performance.now()));
}

/** @param {import("./envelope.js").FrameHeader | null} header @param {number} nowMs */
function onShown(header, nowMs) {
  telemetry.frameShown(nowMs);
  if (header) telemetry.batchShown(header, performance.now());
}

/** Whether the world takes input: it runs, and nothing lies over it. */
function isPlaying() {
  return world.phase === "playing" && !drawers.isOpen;
}

// --- phases

/** @param {import("./session.js").Phase} phase @param {import("./session.js").Phase} before */
function onPhase(phase, before) {
  const hasWorld = world.hasWorld;
  document.body.dataset.phase = phase;
  document.body.toggleAttribute("data-world", hasWorld);
  byId("choose").hidden = phase !== "choosing";
  byId("loading").hidden = !WAITING.has(phase);
  byId("play").hidden = !hasWorld;
  byId("veil").hidden = phase !== "paused";
  renderPauseButton();
  byId("ended").hidden = phase !== "lost" && phase !== "refused";
  controls.releaseAll();
  telemetry.restart();
  renderPads();

  if (phase === "connecting") loading.begin();
  if (phase === "playing" && before !== "paused") begin();
  if (phase === "paused") {
    hands.release();
    byId("resume").focus({ preventScroll: true });
  }
  if (phase === "choosing" || phase === "lost" || phase === "refused") end(phase);
  renderRecording();
  stir();
}

function renderPauseButton() {
  const isPaused = world.phase === "paused";
  const button = byId("dock-pause");
  button.querySelector("use")?.setAttribute("href", `/player/icons.svg#${isPaused ? "play" : "pause"}`);
  const label = button.querySelector("span");
  if (label) label.textContent = t(isPaused ? "play.resume" : "play.pause");
}

function begin() {
  ended.settle();
  arriveAt(world.seed?.name ?? "");
  screenCanvas.focus({ preventScroll: true });
  hint(matchMedia("(pointer: fine)").matches ? t("play.hint") : "");
}

/** @param {import("./session.js").Phase} phase */
function end(phase) {
  hands.release();
  screen.pacer.clear();
  decoder.clear();
  if (phase === "choosing") {
    ended.settle();
    drawers.close();
    byId("place").textContent = t("app.tagline");
    if (document.fullscreenElement) void document.exitFullscreen();
    seeds.announce();
    byId("enter").focus({ preventScroll: true });
    return;
  }
  const closesDrawer = drawers.isOpen && ["panel-edit", "panel-generate"].some((id) => /** @type {HTMLDialogElement} */ (byId(id)).open);
  if (closesDrawer) drawers.close();
  if (telemetry.framesShown > 0) void showLastPicture();
  ended.show({
    phase: phase === "lost" ? "lost" : "refused",
    wasReached: world.wasReached,
    hadWorld: telemetry.framesShown > 0,
    lastWord: world.lastWord,
  });
  if (!world.wasReached) void probe();
}

/** @param {{hue: number, chroma: number}} accent */
function useAccent(accent) {
  applyAccent(accent);
  overlay.accent = accent;
}

/** What `reset` goes back to: the seed, or the scene that was generated since. */
let originName = "";

/** @param {string} name */
function arriveAt(name) {
  originName = name;
  byId("place").textContent = name;
}

let lastPictureUrl = "";

/** The canvas is gone with the world; what it showed stays as the backdrop. */
async function showLastPicture() {
  const picture = await screen.picture();
  if (!picture) return;
  URL.revokeObjectURL(lastPictureUrl);
  lastPictureUrl = URL.createObjectURL(picture);
  showBackdrop(lastPictureUrl);
}

/** @param {string} url */
function showBackdrop(url) {
  for (const id of ["backdrop-dim", "backdrop-sharp"]) /** @type {HTMLImageElement} */ (byId(id)).src = url;
}

async function enter() {
  telemetry.clear();
  notices.clear();
  try {
    world.enter(await seeds.seed(), api.token);
  } catch {
    notices.warn({ happened: t("start.offline") }, "error");
  }
}

/** Go on from the last picture if there was one, else from the seed. */
async function retry() {
  const picture = telemetry.framesShown > 0 ? await screen.picture() : null;
  const seed = world.seed ?? (await seeds.seed());
  world.enter(picture ? { ...seed, filename: "last_picture.jpg", blob: picture } : seed, api.token);
}

function resume() {
  world.resume();
  screenCanvas.focus({ preventScroll: true });
  if (matchMedia("(pointer: fine)").matches) void hands.capture();
}

async function useDropped() {
  if (!world.hasWorld) return;
  const seed = await seeds.seed();
  try {
    await world.reconfigure(seed);
    arriveAt(seed.name);
  } catch (error) {
    notices.warn(describedError(error), "error");
  }
}

// --- what the server says

/** @param {any} message */
function onPush(message) {
  const words = describe(message);
  const isError = message.type === "error";
  note(isError ? "error" : "warning", `${message.message_id ?? "error"}: ${words.detail ?? words.happened}`);
  lastError = {
    text: words.happened,
    messageId: message.message_id,
    params: message.params,
    snapshot: message.snapshot,
    time: new Date().toISOString(),
  };
  // The last word of a session gets the whole page, once the socket closes.
  if (message !== world.lastWord) notices.warn(words, isError ? "error" : "warning");
}

/** @param {unknown} error @returns {{happened: string, advice: string, detail?: string}} */
function describedError(error) {
  const { name, errorId, message } = /** @type {import("./rpc.js").RpcError} */ (error);
  note("error", `request failed: ${errorId ?? message}`);
  if (name === "RpcClosedError") return { happened: t("request.closed"), advice: "" };
  if (name === "RpcTimeoutError") return { happened: t("request.timeout"), advice: "" };
  const words = errorId ? describe({ message_id: errorId }) : { happened: t("request.failed", { reason: message }), advice: "" };
  // The reply names the id; the server's own sentence, when there is one, says more.
  return errorId && message !== errorId ? { ...words, detail: message } : words;
}

/** The handshake failed, and a browser does not tell a page why: ask over HTTP. */
async function probe() {
  try {
    await api.models();
  } catch (error) {
    if (error instanceof HttpError && error.isDenied) await askForToken();
  }
}

let isAsking = false;

async function askForToken() {
  if (isAsking) return;
  isAsking = true;
  ended.stop();
  const panel = /** @type {HTMLDialogElement} */ (byId("panel-token"));
  const input = /** @type {HTMLInputElement} */ (byId("token"));
  /** @type {HTMLElement} */ (panel.querySelector(".problem")).hidden = api.token === "";
  input.value = "";
  panel.showModal();
  await new Promise((resolve) => panel.addEventListener("close", resolve, { once: true }));
  isAsking = false;
  if (!input.value) return;
  api.useToken(input.value.trim());
  try {
    settingsPanel.useModels(await api.models());
    if (world.phase === "lost" || world.phase === "refused") await retry();
  } catch (error) {
    if (error instanceof HttpError && error.isDenied) await askForToken();
  }
}

// --- settings

/** @returns {import("./world.js").InitConfig} */
function wishedConfig() {
  const { quant, backend, sceneAuthoring, actionLog, record, capFps } = store.values;
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

/** @param {keyof import("./settings.js").Settings} name */
function onSetting(name) {
  if (name === "language") applyLanguage();
  if (name === "overlay") renderOverlay();
  if (name === "touchPads") renderPads();
  if (name === "backend") void readModels();
  if (name === "autoReconnect") ended.schedule();
  if (!world.hasWorld) return;
  if (name === "record") void setRecording(store.values.record);
  else if (name === "actionLog" || name === "capFps" || name === "sceneAuthoring") void reconfigure();
  byId("settings-apply").hidden = !needsNewWorld();
}

/** Another model, quantisation or engine means another world. */
function needsNewWorld() {
  const { quant, engine_backend } = wishedConfig();
  const held = world.config;
  if (!world.hasWorld || !held) return false;
  return settingsPanel.model !== world.model || quant !== held.quant || engine_backend !== held.engine_backend;
}

async function reconfigure() {
  try {
    await world.reconfigure();
    return true;
  } catch (error) {
    notices.warn(describedError(error), "error");
    return false;
  }
}

async function setRecording(/** @type {boolean} */ isOn) {
  const wasOn = world.config?.video_recording ?? false;
  store.update({ record: isOn });
  settingsPanel.render();
  if (isOn === wasOn) return;
  if (!(await reconfigure())) {
    store.update({ record: wasOn });
    settingsPanel.render();
  } else if (isOn) {
    notices.tell(t("play.recording.on"));
  } else {
    recordings.expectOne(performance.now());
    notices.tell(t("play.recording.off"));
  }
  renderRecording();
}

let recordingSinceMs = 0;

/** The server records while the world runs; a pause ends the segment. */
function renderRecording() {
  const isOn = world.hasWorld && (world.config?.video_recording ?? false);
  const isRunning = isOn && world.phase === "playing";
  const badge = byId("recording");
  if (isRunning && badge.hidden) recordingSinceMs = performance.now();
  badge.hidden = !isRunning;
  byId("dock-record").setAttribute("aria-pressed", String(isOn));
  const label = byId("dock-record").querySelector("span");
  if (label) label.textContent = t(isOn ? "play.record.stop" : "play.record");
  renderRecordingTime();
}

function renderRecordingTime() {
  if (byId("recording").hidden) return;
  byId("recording-time").textContent = formatDuration((performance.now() - recordingSinceMs) / 1000);
}

function renderOverlay() {
  overlayCanvas.hidden = !store.values.overlay;
  byId("dock-overlay").setAttribute("aria-pressed", String(store.values.overlay));
}

function renderPads() {
  const { touchPads } = store.values;
  const isOn = touchPads === "on" || (touchPads === "auto" && matchMedia("(pointer: coarse)").matches);
  byId("pads").hidden = !isOn || !world.hasWorld;
  document.body.toggleAttribute("data-pads", isOn && world.hasWorld);
}

function renderSystem() {
  const info = /** @type {any} */ (world.systemInfo ?? {});
  const parts = [info.gpu_name, info.cpu_name, info.torch_version && `torch ${info.torch_version}`];
  byId("settings-system").textContent = parts.filter(Boolean).join(", ");
  byId("settings-apply").hidden = !needsNewWorld();
}

function applyLanguage() {
  setLanguage(store.values.language);
  document.title = `Biome: ${t("app.tagline")}`;
  if (!world.hasWorld) byId("place").textContent = t("app.tagline");
  settingsPanel.render();
  seeds.render();
  loading.render();
  ended.render();
  renderRecording();
  renderPauseButton();
}

async function readModels() {
  try {
    const [models, { capabilities }] = await Promise.all([api.models(store.values.backend), api.health()]);
    settingsPanel.useModels(models);
    settingsPanel.useCapabilities(capabilities);
  } catch (error) {
    note("warning", `the models could not be read: ${String(error)}`);
    if (error instanceof HttpError && error.isDenied) await askForToken();
  }
}

// --- small things

/** @type {ReturnType<typeof setTimeout> | undefined} */
let quietTimer;

/** Somebody moves: show the controls, and hide them again when nothing happens. */
function stir() {
  clearTimeout(quietTimer);
  const isLocked = hands?.isLocked ?? false;
  document.body.toggleAttribute("data-quiet", isLocked);
  if (!isLocked && matchMedia("(hover: hover)").matches) {
    quietTimer = setTimeout(() => document.body.toggleAttribute("data-quiet", isPlaying()), QUIET_AFTER_MS);
  }
}

/** @param {string} text */
function hint(text) {
  byId("hint").textContent = text;
}

/** @param {string} key @returns {boolean} */
function onKey(key) {
  if (key === "Escape") {
    if (drawers.isOpen) drawers.close();
    else if (world.phase === "paused") resume();
    else return false;
    return true;
  }
  const panel = { F1: "help", F2: "edit", F3: "generate" }[key];
  if (key === "F1" || (panel && world.hasWorld)) {
    drawers.open(panel ?? "help");
    return true;
  }
  if (!world.hasWorld) return false;
  const action = { F4: toggleOverlay, F8: reset, F9: toggleRecording, F10: toggleFullscreen }[key];
  action?.();
  return action !== undefined;
}

function toggleOverlay() {
  store.update({ overlay: !store.values.overlay });
  settingsPanel.render();
  renderOverlay();
}

function toggleRecording() {
  void setRecording(!(world.config?.video_recording ?? false));
}

function reset() {
  world.reset();
  if (world.phase === "paused") world.resume();
  byId("place").textContent = originName;
  setTimeout(() => world.hasWorld && useAccent(accentOf(screen.sample())), RESET_SEEN_MS);
  notices.tell(t("play.restarted"));
}

async function toggleFullscreen() {
  if (document.fullscreenElement) {
    await document.exitFullscreen();
    return;
  }
  await document.documentElement.requestFullscreen({ navigationUI: "hide" });
  // With the keyboard locked, Ctrl+W walks instead of closing the page.
  await /** @type {any} */ (navigator).keyboard?.lock?.();
}

/** @param {string} level @param {string} text */
function note(level, text) {
  clientLog.push({ time: new Date().toISOString(), level, text });
}

async function copyDiagnostics() {
  const report = composeReport({
    now: new Date(),
    page: {
      url: withoutToken(location.href),
      browser: navigator.userAgent,
      language: currentLanguage(),
      window: `${innerWidth}x${innerHeight} at ${devicePixelRatio}`,
      phase: world.phase,
      settings: store.values,
    },
    config: world.config ? { model: world.model, ...world.config } : null,
    systemInfo: world.systemInfo,
    performance: { ...telemetry.summary(), skipped: screen.pacer.skipped + decoder.skipped },
    lastError,
    clientLog,
    serverLog,
  });
  try {
    await navigator.clipboard.writeText(report);
    notices.tell(t("notice.copied"));
  } catch {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([report], { type: "text/plain" }));
    link.download = "biome-diagnostics.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    notices.tell(t("notice.copy.failed"));
  }
}

/** Storage, or something that forgets, where the browser has it switched off. */
function storage() {
  try {
    return window.localStorage;
  } catch {
    return { getItem: () => null, setItem: () => {} };
  }
}

// --- buttons

byId("enter").addEventListener("click", () => void enter());
byId("loading-cancel").addEventListener("click", () => world.leave());
byId("resume").addEventListener("click", resume);
byId("dock-pause").addEventListener("click", () => (world.phase === "paused" ? resume() : world.pause()));
byId("dock-reset").addEventListener("click", reset);
byId("dock-record").addEventListener("click", toggleRecording);
byId("dock-overlay").addEventListener("click", toggleOverlay);
byId("dock-fullscreen").addEventListener("click", () => void toggleFullscreen());
byId("dock-leave").addEventListener("click", () => world.leave());
byId("ended-back").addEventListener("click", () => world.leave());
byId("settings-apply").addEventListener("click", () => {
  drawers.close();
  world.leave();
  void enter();
});
for (const button of document.querySelectorAll("[data-continue]")) {
  button.addEventListener("click", () => {
    if (world.phase === "paused") world.resume();
  });
}
for (const button of document.querySelectorAll("[data-copy]")) button.addEventListener("click", () => void copyDiagnostics());
// Once a button of the dock was pressed by hand, the keyboard is the world's again.
byId("dock").addEventListener("click", ({ detail }) => {
  if (detail > 0 && isPlaying()) screenCanvas.focus({ preventScroll: true });
});

setUpScenePanels({
  edit: (prompt) => world.editScene(prompt),
  generate: async (prompt) => {
    const made = await world.generateScene(prompt);
    arriveAt(prompt.charAt(0).toUpperCase() + prompt.slice(1));
    return made;
  },
  show: async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    decoder.clear();
    screen.still(await createImageBitmap(new Blob([bytes], { type: "image/jpeg" })));
    useAccent(accentOf(screen.sample()));
  },
  explain: describedError,
});
hands.useGamepads((name) => notices.tell(name ? t("play.gamepad.on", { name }) : t("play.gamepad.off")));
document.addEventListener("fullscreenchange", () => {
  const isFull = document.fullscreenElement !== null;
  byId("dock-fullscreen").querySelector("use")?.setAttribute("href", `/player/icons.svg#${isFull ? "shrink" : "expand"}`);
  const label = t(isFull ? "play.fullscreen.leave" : "play.fullscreen");
  byId("dock-fullscreen").setAttribute("aria-label", label);
  byId("dock-fullscreen").setAttribute("title", label);
});
window.addEventListener("error", ({ message }) => note("error", `page: ${message}`));
window.addEventListener("unhandledrejection", ({ reason }) => note("error", `page: ${String(reason)}`));
matchMedia("(pointer: coarse)").addEventListener("change", renderPads);
setInterval(renderRecordingTime, 500);

applyLanguage();
renderOverlay();
renderPads();
seeds.announce();
stir();
void readModels();
