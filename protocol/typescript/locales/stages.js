/**
 * How far along each stage is. The same in every language; the labels are in the locales.
 *
 * A plain module: a page without a build step imports it as it is.
 */

/** @type {import("../src/locale.js").StagePercentages} */
export const STAGE_PERCENTAGES = {
  "startup.begin": 2,
  "startup.world_engine_manager": 5,
  "startup.safety_checker": 8,
  "startup.safety_ready": 12,
  "startup.ready": 15,
  "session.waiting_for_seed": 18,
  "session.loading_model.load": 22,
  "session.loading_model.instantiate": 45,
  "session.warmup.reset": 58,
  "session.warmup.seed": 62,
  "session.warmup.compile": 66,
  "session.scene_authoring.load": 80,
  "session.init.reset": 90,
  "session.init.seed": 93,
  "session.init.frame": 96,
  "session.reset": 98,
  "session.ready": 100,
};
