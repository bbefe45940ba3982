/**
 * English.
 *
 * A plain module: a page without a build step imports it as it is.
 */

/** @type {import("../src/locale.js").Locale} */
export const en = {
  name: "English",
  messages: {
    "app.server.error.protocolVersionMismatch": {
      happened: "This app and the server speak different versions of their protocol (app: {client}, server: {server}).",
      advice: "Update whichever of the two is older, then connect again.",
    },
    "app.server.error.serverBusy": {
      happened: "Every world on this server is in use.",
      advice: "Wait until another player leaves, then connect again.",
    },
    "app.server.error.serverStartupFailed": {
      happened: "A part of the server did not start.",
      advice: "Look at the server's log for the reason, then restart the server.",
    },
    "app.server.error.timeoutWaitingForSeed": {
      happened: "The session ended because no starting picture arrived in time.",
      advice: "Connect again and choose a picture.",
    },
    "app.server.error.idleTooLong": {
      happened: "The session ended because nobody played for a while.",
      advice: "Connect again to go on from the same picture.",
    },
    "app.server.error.initFailed": {
      happened: "The world could not be started.",
      advice: "Choose another picture or model and try again.",
    },
    "app.server.error.quantUnsupportedGpu": {
      happened: "The server's graphics card does not support this quantisation.",
      advice: "Choose another quantisation in the settings, or none.",
    },
    "app.server.error.sceneAuthoringModelLoadFailed": {
      happened: "The models that edit and create scenes could not be loaded.",
      advice: "Close other programs that use the graphics card, or turn scene authoring off in the settings.",
    },
    "app.server.error.sceneAuthoringEmptyPrompt": {
      happened: "There was no text to work from.",
      advice: "Describe the scene or the change in a few words.",
    },
    "app.server.error.sceneAuthoringModelNotLoaded": {
      happened: "Scene authoring is off, or this server does not have it.",
      advice: "Turn scene authoring on in the settings, or use a server that has it.",
    },
    "app.server.error.sceneAuthoringAlreadyInProgress": {
      happened: "Another scene is still being made.",
      advice: "Wait until it is finished, then try again.",
    },
    "app.server.error.sceneEditSafetyRejected": {
      happened: "This edit was refused by the content rules.",
      advice: "Describe a different change.",
    },
    "app.server.error.generateSceneSafetyRejected": {
      happened: "This scene was refused by the content rules.",
      advice: "Describe a different scene.",
    },
    "app.server.error.deviceRecoveryFailed": {
      happened: "The world was lost because the device that runs it failed.",
      advice: "Connect again; if it keeps happening, restart the server.",
    },
    "app.server.warning.missingSeedData": {
      happened: "There is no starting picture for this world.",
      advice: "Choose a picture to begin with.",
    },
    "app.server.warning.invalidSeedData": {
      happened: "The starting picture could not be read.",
      advice: "Choose a PNG, JPEG or WebP file that is neither animated nor very large.",
    },
    "app.server.warning.seedUnsafe": {
      happened: "The safety check refused this picture.",
      advice: "Choose a different picture.",
    },
    "app.server.warning.seedSafetyCheckFailed": {
      happened: "The picture could not be checked for safety, so it was not used.",
      advice: "Try again in a moment; if it keeps happening, restart the server.",
    },
    "app.server.warning.seedLoadFailed": {
      happened: "The world could not start from this picture.",
      advice: "Try again, or choose a different picture.",
    },
    "app.server.warning.recordingFailed": {
      happened: "The recording stopped early; what was recorded until then is kept.",
      advice: "Check the free disk space on the server, then start a new recording.",
    },
  },
  unknownError: {
    happened: "Something went wrong.",
    advice: "Try again; if it keeps happening, look at the server's log.",
  },
  stages: {
    "startup.begin": "Starting the server",
    "startup.world_engine_manager": "Finding a free world",
    "startup.safety_checker": "Loading the safety checker",
    "startup.safety_ready": "Safety checker is ready",
    "startup.ready": "Server is ready",
    "session.waiting_for_seed": "Waiting for a starting picture",
    "session.loading_model.load": "Loading the model",
    "session.loading_model.instantiate": "Setting up the model",
    "session.warmup.reset": "Warming up: clearing the world",
    "session.warmup.seed": "Warming up: a first picture",
    "session.warmup.compile": "Warming up: compiling",
    "session.scene_authoring.load": "Loading the models for scene authoring",
    "session.init.reset": "Preparing the world",
    "session.init.seed": "Reading the starting picture",
    "session.init.frame": "Drawing the first frame",
    "session.reset": "Recovering from a device error",
    "session.ready": "Ready",
  },
};
