// @ts-check
/**
 * The page: its parts, put together.
 *
 * Owns what happens when the phase changes and what each button does. Everything that can be decided without a page is
 * decided elsewhere.
 */

import { Access } from "./access.js";
import { Api } from "./api.js";
import { Controls } from "./controls.js";
import { Decoder } from "./decoder.js";
import { byId } from "./dom.js";
import { Drawers } from "./drawers.js";
import { EndedView } from "./ended_view.js";
import { Frame } from "./frame.js";
import { Hands } from "./hands.js";
import { Journal } from "./journal.js";
import { LoadingView } from "./loading_view.js";
import { Notices } from "./notices.js";
import { Overlay } from "./overlay.js";
import { GAVE_UP, RecordingSwitch } from "./recording_switch.js";
import { RecordingsPanel } from "./recordings_panel.js";
import { setUpScenePanels } from "./scene_panels.js";
import { Scenery } from "./scenery.js";
import { Screen } from "./screen.js";
import { Seeds } from "./seeds.js";
import { WAITING } from "./session.js";
import { SettingsPanel } from "./settings_panel.js";
import { configOf, offeredOf, SettingsStore, storageOrNone } from "./settings.js";
import { Telemetry } from "./telemetry.js";
import { describe, describeFailure, setLanguage, t } from "./words.js";
import { World } from "./world.js";

/** Controls leave at most this often: the display may refresh faster than the world can follow. */
const CONTROL_EVERY_MS = 15;
const LAST_WORD_MS = 3000;

const screenCanvas = /** @type {HTMLCanvasElement} */ (byId("screen"));
const overlayCanvas = /** @type {HTMLCanvasElement} */ (byId("overlay"));
const glowCanvas = /** @type {HTMLCanvasElement} */ (byId("glow"));

const store = new SettingsStore(storageOrNone());
const api = new Api();
const journal = new Journal();
const controls = new Controls();
const telemetry = new Telemetry();
const loading = new LoadingView();
const notices = new Notices(() => void copyDiagnostics());

const screen = new Screen(screenCanvas, glowCanvas, { beat: onBeat, shown: onShown });
const decoder = new Decoder(
  (batch) => screen.push(batch),
  (reason) => journal.note("warning", `a batch could not be shown: ${reason}`),
);
const skipped = () => screen.pacer.skipped + decoder.skipped;
const overlay = new Overlay(overlayCanvas, telemetry, () => ({ skipped: skipped() }));
const scenery = new Scenery(screen, overlay);

const world = new World(
  {
    phase: onPhase,
    stage: onStage,
    push: onPush,
    log: (record) => {
      journal.serverLine(record);
      if (WAITING.has(world.phase)) loading.log(record);
    },
    batch: (buffer) => {
      telemetry.bytes += buffer.byteLength;
      decoder.push(buffer);
    },
    initFailed: warnOf,
    initDone: ({ model }) => {
      if (model !== world.askedModel) notices.tell(t("notice.fallback", { model }));
    },
    note: (line) => journal.note("info", line),
  },
  () => ({ model: settingsPanel.model, config: configOf(store.values) }),
);

const frame = new Frame(world, () => store.values, isPlaying);
const drawers = new Drawers(onDrawer);
const access = new Access(api, async () => {
  await meet();
  if (world.phase === "lost" || world.phase === "refused") await retry();
});
const recordings = new RecordingsPanel(api, (error) => access.consider(error));
const recordingSwitch = new RecordingSwitch(world, store, reconfigure);
let showsRecordings = true;
const ended = new EndedView(() => void retry(), () => store.values);
const settingsPanel = new SettingsPanel(store, onSetting);
const seeds = new Seeds(
  {
    chosen: ({ id, url }) => {
      if (id !== "own") store.update({ seed: id });
      if (world.phase === "choosing") scenery.showBackdrop(url);
    },
    accent: (accent) => scenery.useAccent(accent),
    refused: (text) => notices.warn({ happened: text }, "warning"),
    dropped: () => void goInto(),
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
    if (state === "locked") frame.hint("");
    else if (state === "refused" && isPlaying()) frame.hint(t("play.hint.drag"));
    frame.stir();
  },
  onStir: () => frame.stir(),
});

// --- the beat

let controlSentMs = 0;

/** @param {number} nowMs */
function onBeat(nowMs) {
  overlay.draw(nowMs);
  hands.poll(nowMs);
  if (!isPlaying() || nowMs - controlSentMs < CONTROL_EVERY_MS) return;
  // What a beat came too late by counts for the next, so that the average is kept at any refresh rate.
  controlSentMs = Math.max(controlSentMs + CONTROL_EVERY_MS, nowMs - CONTROL_EVERY_MS);
  const message = controls.take(performance.now());
  world.steer(message, message.ts);
}

/** @param {import("./envelope.js").FrameHeader | null} header @param {number} nowMs */
function onShown(header, nowMs) {
  telemetry.frameShown(nowMs);
  if (header) telemetry.batchShown(header, performance.now());
}

/** Whether the world takes input: it runs, and nothing lies over it. Without input it rests. */
function isPlaying() {
  return world.phase === "playing" && !drawers.isOpen;
}

// --- phases

/** @param {import("./session.js").Phase} phase @param {import("./session.js").Phase} before */
function onPhase(phase, before) {
  document.body.dataset.phase = phase;
  document.body.toggleAttribute("data-world", world.hasWorld);
  byId("choose").hidden = phase !== "choosing";
  byId("loading").hidden = !WAITING.has(phase);
  byId("play").hidden = !world.hasWorld;
  byId("ended").hidden = phase !== "lost" && phase !== "refused";
  controls.releaseAll();
  telemetry.restart();
  frame.render();
  recordingSwitch.render();

  if (phase === "connecting") loading.begin();
  if (phase === "playing" && before !== "paused") begin();
  if (phase === "paused") {
    hands.release();
    byId("resume").focus({ preventScroll: true });
  }
  if (phase === "choosing") backToChoosing();
  if (phase === "lost" || phase === "refused") end(phase);
  frame.stir();
}

function begin() {
  ended.settle();
  scenery.arriveAt(world.seed?.name ?? "");
  screenCanvas.focus({ preventScroll: true });
  frame.welcome();
  void catchUp();
}

/** A world begins as it was asked for; switches may have moved since. */
async function catchUp() {
  await recordingSwitch.settle();
  if (world.isBehind) await reconfigure();
}

function clearScreen() {
  hands.release();
  screen.pacer.clear();
  decoder.clear();
}

function backToChoosing() {
  clearScreen();
  ended.settle();
  drawers.close();
  scenery.leave();
  seeds.announce();
  if (document.fullscreenElement) void document.exitFullscreen();
  byId("enter").focus({ preventScroll: true });
}

/** @param {"lost" | "refused"} phase */
function end(phase) {
  clearScreen();
  // Watching a recording may go on; a panel about the world has lost its subject.
  drawers.close(["edit", "generate"]);
  scenery.leave();
  const hadWorld = telemetry.framesShown > 0;
  if (hadWorld) void scenery.keepLastPicture();
  ended.show({ phase, wasReached: world.wasReached, hadWorld, lastWord: world.lastWord });
  if (!world.wasReached) void access.probe();
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

/** A picture was dropped on the running world. */
async function goInto() {
  if (!world.hasWorld) return;
  const seed = await seeds.seed();
  try {
    await world.reconfigure(seed);
    scenery.arriveAt(seed.name);
  } catch (error) {
    warnOf(error);
  }
}

function reset() {
  world.reset();
  if (world.phase === "paused") world.resume();
  recordingSwitch.restart();
  scenery.lookAgainSoon();
  notices.tell(t("play.restarted"));
}

// --- what the server says

/** @param {string} stage */
function onStage(stage) {
  journal.note("info", `stage ${stage}`);
  if (WAITING.has(world.phase)) loading.reach(stage);
}

/** @param {any} message */
function onPush(message) {
  journal.pushed(message);
  if (message.message_id === GAVE_UP) void giveUpRecording();
  const warn = () => notices.warn(describe(message), message.type);
  // The last word of a session gets the whole page, once the socket closes. If it does not close, it was not the last.
  if (message !== world.lastWord) warn();
  else setTimeout(() => world.hasWorld && message === world.lastWord && warn(), LAST_WORD_MS);
}

/** @param {unknown} error of a request */
function warnOf(error) {
  notices.warn(explained(error), "error");
}

/** @param {unknown} error */
function explained(error) {
  journal.note("error", `request failed: ${String(error)}`);
  return describeFailure(error);
}

// --- settings

/** @param {keyof import("./settings.js").Settings} name */
function onSetting(name) {
  if (name === "language") applyLanguage();
  if (name === "overlay" || name === "touchPads") frame.render();
  if (name === "backend") void readModels();
  if (name === "autoReconnect") ended.schedule();
  if (name === "record") void setRecording(store.values.record);
  else if (world.hasWorld && (name === "actionLog" || name === "capFps" || name === "sceneAuthoring")) void reconfigure();
  settingsPanel.offerNewWorld(world);
}

async function reconfigure() {
  try {
    await world.reconfigure();
    return true;
  } catch (error) {
    warnOf(error);
    return false;
  }
}

async function setRecording(/** @type {boolean} */ isOn) {
  const isChanged = await recordingSwitch.set(isOn);
  settingsPanel.render();
  if (!isChanged) return;
  if (!isOn) recordings.expectOne(performance.now());
  const stopped = showsRecordings ? "play.recording.off" : "play.recording.kept";
  notices.tell(t(isOn ? "play.recording.on" : stopped));
}

async function giveUpRecording() {
  await recordingSwitch.giveUp();
  settingsPanel.render();
  recordings.expectOne(performance.now());
}

function applyLanguage() {
  setLanguage(store.values.language);
  document.title = `Biome: ${t("app.tagline")}`;
  for (const part of [settingsPanel, seeds, loading, ended, scenery, frame, recordingSwitch]) part.render();
}

/** Learn what the server offers. */
async function meet() {
  await Promise.all([readModels(), lookForRecordings()]);
}

async function lookForRecordings() {
  try {
    showsRecordings = await api.showsRecordings();
  } catch (error) {
    journal.note("warning", `whether there are recordings is not known: ${String(error)}`);
    return;
  }
  drawers.offer("recordings", showsRecordings);
}

async function readModels() {
  try {
    const { capabilities } = await api.health();
    store.update(offeredOf(store.values, capabilities));
    settingsPanel.use(await api.models(store.values.backend), capabilities);
  } catch (error) {
    journal.note("warning", `the models could not be read: ${String(error)}`);
    access.consider(error);
  }
}

// --- panels, keys and buttons

/** @param {string | null} name */
function onDrawer(name) {
  document.body.toggleAttribute("data-drawer", name !== null);
  controls.releaseAll();
  telemetry.restart();
  if (name) hands.release();
  if (name === "recordings") void recordings.refresh();
  if (name === "settings") settingsPanel.offerNewWorld(world);
  // A decision about the next world is easier to take with the countdown stopped.
  if (name) ended.stop();
  else ended.schedule();
  frame.stir();
}

/** @param {string} key @returns {boolean} whether the page used it */
function onKey(key) {
  if (key === "Escape") {
    if (drawers.isOpen) drawers.close();
    else if (world.phase === "paused") resume();
    else return false;
    return true;
  }
  if (key === "F1") {
    drawers.open("help");
    return true;
  }
  if (!world.hasWorld) return false;
  const action = {
    F2: () => drawers.open("edit"),
    F3: () => drawers.open("generate"),
    F4: toggleOverlay,
    F8: reset,
    F9: toggleRecording,
    F10: () => void frame.toggleFullscreen(),
  }[key];
  action?.();
  return action !== undefined;
}

function toggleOverlay() {
  store.update({ overlay: !store.values.overlay });
  settingsPanel.render();
  frame.render();
}

function toggleRecording() {
  void setRecording(!recordingSwitch.isOn);
}

async function copyDiagnostics() {
  const performanceFacts = { ...telemetry.summary(), skipped: skipped() };
  const isCopied = await journal.copyReport(world, { settings: store.values, performance: performanceFacts });
  notices.tell(t(isCopied ? "notice.copied" : "notice.copy.failed"));
}

/** @type {Record<string, () => void>} */
const BUTTONS = {
  enter: () => void enter(),
  "loading-cancel": () => world.leave(),
  resume,
  "dock-pause": () => (world.phase === "paused" ? resume() : world.pause()),
  "dock-reset": reset,
  "dock-record": toggleRecording,
  "dock-overlay": toggleOverlay,
  "dock-fullscreen": () => void frame.toggleFullscreen(),
  "dock-leave": () => world.leave(),
  "ended-back": () => world.leave(),
  "settings-apply": () => {
    world.leave();
    void enter();
  },
};
for (const [id, action] of Object.entries(BUTTONS)) byId(id).addEventListener("click", action);
for (const button of document.querySelectorAll("[data-continue]")) button.addEventListener("click", () => world.resume());
for (const button of document.querySelectorAll("[data-copy]")) button.addEventListener("click", () => void copyDiagnostics());
byId("dock").addEventListener("click", ({ detail }) => {
  // A button of the dock that was pressed by hand gives the keyboard back to the world.
  if (detail > 0 && isPlaying()) screenCanvas.focus({ preventScroll: true });
});

setUpScenePanels({
  edit: (prompt) => world.editScene(prompt),
  generate: async (prompt) => {
    const made = await world.generateScene(prompt);
    scenery.arriveAt(world.seed?.name ?? "");
    return made;
  },
  show: async (picture) => {
    decoder.clear();
    screen.still(await createImageBitmap(picture));
    scenery.lookAgain();
  },
  explain: explained,
});
hands.useGamepads((name) => notices.tell(name ? t("play.gamepad.on", { name }) : t("play.gamepad.off")));

applyLanguage();
seeds.announce();
frame.stir();
void meet();
