// Generated from the Python package `protocol` by scripts/codegen_ts.py. Do not edit: change the models and generate.

import { z } from "zod";

/** Raised for whatever an old client cannot parse or would misread; never for additions it can ignore. */
export const PROTOCOL_VERSION = 5;

/** An extension, off until the client names it in `&features=a,b`. */
export const Feature = {
  /** Recordings report themselves: a warning when one fails. */
  RECORDING_STATUS: "recording_status",
  /** A session that ends since nobody played says so by an id; other clients get the words alone. */
  IDLE_LIMIT: "idle_limit",
} as const;

export const FeatureSchema = z.enum(Feature);
export type Feature = z.infer<typeof FeatureSchema>;

export const BUTTON_CODES = {
  A: 65,
  B: 66,
  C: 67,
  D: 68,
  E: 69,
  F: 70,
  G: 71,
  H: 72,
  I: 73,
  J: 74,
  K: 75,
  L: 76,
  M: 77,
  N: 78,
  O: 79,
  P: 80,
  Q: 81,
  R: 82,
  S: 83,
  T: 84,
  U: 85,
  V: 86,
  W: 87,
  X: 88,
  Y: 89,
  Z: 90,
  "0": 48,
  "1": 49,
  "2": 50,
  "3": 51,
  "4": 52,
  "5": 53,
  "6": 54,
  "7": 55,
  "8": 56,
  "9": 57,
  UP: 38,
  DOWN: 40,
  LEFT: 37,
  RIGHT: 39,
  SHIFT: 16,
  CTRL: 17,
  SPACE: 32,
  TAB: 9,
  ENTER: 13,
  MOUSE_LEFT: 1,
  MOUSE_RIGHT: 2,
  MOUSE_MIDDLE: 4,
} as const;

/** Every `stage` of a `status` push, in the order in which a first session passes them. */
export const Stage = {
  STARTUP_BEGIN: "startup.begin",
  STARTUP_WORLD_ENGINE_MANAGER: "startup.world_engine_manager",
  STARTUP_SAFETY_CHECKER: "startup.safety_checker",
  STARTUP_SAFETY_READY: "startup.safety_ready",
  STARTUP_READY: "startup.ready",
  WAITING_FOR_SEED: "session.waiting_for_seed",
  LOADING_MODEL_LOAD: "session.loading_model.load",
  LOADING_MODEL_INSTANTIATE: "session.loading_model.instantiate",
  WARMUP_RESET: "session.warmup.reset",
  WARMUP_SEED: "session.warmup.seed",
  WARMUP_COMPILE: "session.warmup.compile",
  SCENE_AUTHORING_LOAD: "session.scene_authoring.load",
  INIT_RESET: "session.init.reset",
  INIT_SEED: "session.init.seed",
  INIT_FRAME: "session.init.frame",
  /** The world recovered from a device error and starts again from its seed. */
  RESET: "session.reset",
  READY: "session.ready",
} as const;

export const StageSchema = z.enum(Stage);
export type Stage = z.infer<typeof StageSchema>;

/** Largest mouse movement in one message, in pixels: no hand is faster, and sums of it stay finite. */
export const MOUSE_DELTA_LIMIT = 1000000;

export const BUTTONS_LIMIT = 64;

export const BUTTON_NAME_LIMIT_CHARS = 32;

export const REQ_ID_LIMIT_CHARS = 256;

/** Of a model, a file, a folder or a version: such names stand in logs, errors and recordings. */
export const NAME_LIMIT_CHARS = 4096;

/** What an error says of a message quotes it; a huge key or tag must not come back whole, or fill the log. */
export const REASON_LIMIT_CHARS = 300;

/** Weight and activation quantisation of a world model. */
export const Quant = {
  FP8W8A8: "fp8w8a8",
  INTW8A8: "intw8a8",
} as const;

export const QuantSchema = z.enum(Quant);
export type Quant = z.infer<typeof QuantSchema>;

/** The package that runs a world model. Closed: engines of our own are chosen by model id. */
export const EngineBackend = {
  WORLD_ENGINE: "world_engine",
  QUARK: "quark",
} as const;

export const EngineBackendSchema = z.enum(EngineBackend);
export type EngineBackend = z.infer<typeof EngineBackendSchema>;

/** The player's input: buttons replace, mouse deltas add up until a batch consumes them. */
export const ControlSchema = z.strictObject({
  type: z.literal("control"),
  /** Default: `[]`. */
  buttons: z.array(z.string().max(32)).max(64).optional(),
  /** Default: `0`. */
  mouse_dx: z.number().gte(-1000000).lte(1000000).optional(),
  /** Default: `0`. */
  mouse_dy: z.number().gte(-1000000).lte(1000000).optional(),
  /** Client clock in milliseconds; echoed as `client_ts` of the batch that consumed it. */
  ts: z.number().nullish(),
});
/** The player's input: buttons replace, mouse deltas add up until a batch consumes them. */
export type Control = z.infer<typeof ControlSchema>;

/** Stop generating; the recording segment ends. */
export const PauseSchema = z.strictObject({
  type: z.literal("pause"),
});
/** Stop generating; the recording segment ends. */
export type Pause = z.infer<typeof PauseSchema>;

/** Go on generating; a new recording segment begins. */
export const ResumeSchema = z.strictObject({
  type: z.literal("resume"),
});
/** Go on generating; a new recording segment begins. */
export type Resume = z.infer<typeof ResumeSchema>;

/** Back to the original seed; frame ids restart at 1. */
export const ResetSchema = z.strictObject({
  type: z.literal("reset"),
});
/** Back to the original seed; frame ids restart at 1. */
export type Reset = z.infer<typeof ResetSchema>;

/** Same effect as `reset`: no shipped model conditions on text. */
export const PromptSchema = z.strictObject({
  type: z.literal("prompt"),
  /** Default: `""`. */
  prompt: z.string().optional(),
});
/** Same effect as `reset`: no shipped model conditions on text. */
export type Prompt = z.infer<typeof PromptSchema>;

/** The `config` of `init`, always sent whole. */
export const SessionConfigSchema = z.strictObject({
  quant: QuantSchema.nullish(),
  /** Default: `"world_engine"`. */
  engine_backend: EngineBackendSchema.optional(),
  scene_authoring: z.boolean(),
  action_logging: z.boolean(),
  video_recording: z.boolean(),
  video_output_dir: z.string().max(4096).nullable(),
  cap_inference_fps: z.boolean(),
});
/** The `config` of `init`, always sent whole. */
export type SessionConfig = z.infer<typeof SessionConfigSchema>;

/** Start a world, or re-configure the running one. Unknown fields are ignored here and only here. */
export const InitSchema = z.object({
  type: z.literal("init"),
  req_id: z.string().max(256),
  model: z.string().max(4096),
  config: SessionConfigSchema,
  /** Base64 of a PNG, JPEG or WebP file. */
  seed_image_data: z.string().nullish(),
  seed_filename: z.string().max(4096).nullish(),
  biome_version: z.string().max(4096).nullish(),
});
/** Start a world, or re-configure the running one. Unknown fields are ignored here and only here. */
export type Init = z.infer<typeof InitSchema>;

/** Change the world in words; the edited frame becomes the current seed. */
export const SceneEditSchema = z.strictObject({
  type: z.literal("scene_edit"),
  req_id: z.string().max(256),
  prompt: z.string(),
});
/** Change the world in words; the edited frame becomes the current seed. */
export type SceneEdit = z.infer<typeof SceneEditSchema>;

/** Make a new world from words; it becomes the seed and the original. */
export const GenerateSceneSchema = z.strictObject({
  type: z.literal("generate_scene"),
  req_id: z.string().max(256),
  prompt: z.string(),
});
/** Make a new world from words; it becomes the seed and the original. */
export type GenerateScene = z.infer<typeof GenerateSceneSchema>;

/** Ask for the verdict on a picture before using it. */
export const CheckSeedSafetySchema = z.strictObject({
  type: z.literal("check_seed_safety"),
  req_id: z.string().max(256),
  /** Base64 of the image file. */
  image_data: z.string(),
});
/** Ask for the verdict on a picture before using it. */
export type CheckSeedSafety = z.infer<typeof CheckSeedSafetySchema>;

export const NotificationSchema = z.discriminatedUnion("type", [
  ControlSchema,
  PauseSchema,
  ResumeSchema,
  ResetSchema,
  PromptSchema,
]);
export type Notification = z.infer<typeof NotificationSchema>;

export const RequestSchema = z.discriminatedUnion("type", [
  InitSchema,
  SceneEditSchema,
  GenerateSceneSchema,
  CheckSeedSafetySchema,
]);
export type Request = z.infer<typeof RequestSchema>;

export const ClientMessageSchema = z.discriminatedUnion("type", [
  ControlSchema,
  PauseSchema,
  ResumeSchema,
  ResetSchema,
  PromptSchema,
  InitSchema,
  SceneEditSchema,
  GenerateSceneSchema,
  CheckSeedSafetySchema,
]);
export type ClientMessage = z.infer<typeof ClientMessageSchema>;

export const JPEG_QUALITY = 85;

/** What a client knows of a batch. `t_*` are on generated batches only; all of them in milliseconds. */
export const FrameHeaderSchema = z.object({
  /** Id of the first sub-frame; the others follow on. */
  frame_id: z.int(),
  /** The `ts` of the latest control that this batch consumed, on the client's clock, in milliseconds. */
  client_ts: z.number(),
  /** From the start of the pass until its frames were in host memory. */
  gen_ms: z.number(),
  temporal_compression: z.int().default(1),
  vram_used_bytes: z.int().default(-1),
  gpu_util_percent: z.number().default(-1),
  /** In the engine: from the call until it returned. */
  t_infer_ms: z.number().optional(),
  /** Waiting for the device and copying its frames to host memory. */
  t_sync_ms: z.number().optional(),
  /** Encoding all sub-frames to JPEG, wall-clock. */
  t_enc_ms: z.number().optional(),
  /** Reading the device's memory and load. */
  t_metrics_ms: z.number().optional(),
  /** The rest, from the start of the pass until the envelope was packed. */
  t_overhead_ms: z.number().optional(),
});
/** What a client knows of a batch. `t_*` are on generated batches only; all of them in milliseconds. */
export type FrameHeader = z.infer<typeof FrameHeaderSchema>;

/** Which build of an optional engine package is installed. */
export const PackageVersionSchema = z.object({
  version: z.string().optional(),
  commit: z.string().optional(),
});
/** Which build of an optional engine package is installed. */
export type PackageVersion = z.infer<typeof PackageVersionSchema>;

/** The machine that runs the world. Sizes in bytes. */
export const SystemInfoSchema = z.object({
  cpu_name: z.string().optional(),
  gpu_name: z.string().optional(),
  vram_total_bytes: z.int().optional(),
  runtime_version: z.string().optional(),
  driver_version: z.string().optional(),
  torch_version: z.string(),
  gpu_count: z.int().default(0),
  world_engine: PackageVersionSchema.optional(),
  quark: PackageVersionSchema.optional(),
});
/** The machine that runs the world. Sizes in bytes. */
export type SystemInfo = z.infer<typeof SystemInfoSchema>;

/** Memory and load of the machine that failed, at the time it failed. */
export const SnapshotSchema = z.object({
  process_rss_bytes: z.int().optional(),
  ram_used_bytes: z.int().optional(),
  ram_total_bytes: z.int().optional(),
  vram_used_bytes: z.int().optional(),
  vram_reserved_bytes: z.int().optional(),
  gpu_util_percent: z.number().optional(),
});
/** Memory and load of the machine that failed, at the time it failed. */
export type Snapshot = z.infer<typeof SnapshotSchema>;

/** What the server is doing now. */
export const StatusPushSchema = z.object({
  type: z.literal("status"),
  stage: StageSchema,
  message: z.string().optional(),
});
/** What the server is doing now. */
export type StatusPush = z.infer<typeof StatusPushSchema>;

/** The machine that runs the world, sent once per session. */
export const SystemInfoPushSchema = z.object({
  cpu_name: z.string().optional(),
  gpu_name: z.string().optional(),
  vram_total_bytes: z.int().optional(),
  runtime_version: z.string().optional(),
  driver_version: z.string().optional(),
  torch_version: z.string(),
  gpu_count: z.int().default(0),
  world_engine: PackageVersionSchema.optional(),
  quark: PackageVersionSchema.optional(),
  type: z.literal("system_info"),
});
/** The machine that runs the world, sent once per session. */
export type SystemInfoPush = z.infer<typeof SystemInfoPushSchema>;

/** What a client translates for its user. */
export const MessageId = {
  PROTOCOL_VERSION_MISMATCH: "app.server.error.protocolVersionMismatch",
  SERVER_BUSY: "app.server.error.serverBusy",
  SERVER_STARTUP_FAILED: "app.server.error.serverStartupFailed",
  TIMEOUT_WAITING_FOR_SEED: "app.server.error.timeoutWaitingForSeed",
  /** Extension `idle_limit` only. */
  IDLE_TOO_LONG: "app.server.error.idleTooLong",
  INIT_FAILED: "app.server.error.initFailed",
  QUANT_UNSUPPORTED_GPU: "app.server.error.quantUnsupportedGpu",
  SCENE_AUTHORING_MODEL_LOAD_FAILED: "app.server.error.sceneAuthoringModelLoadFailed",
  SCENE_AUTHORING_EMPTY_PROMPT: "app.server.error.sceneAuthoringEmptyPrompt",
  SCENE_AUTHORING_MODEL_NOT_LOADED: "app.server.error.sceneAuthoringModelNotLoaded",
  SCENE_AUTHORING_ALREADY_IN_PROGRESS: "app.server.error.sceneAuthoringAlreadyInProgress",
  SCENE_EDIT_SAFETY_REJECTED: "app.server.error.sceneEditSafetyRejected",
  GENERATE_SCENE_SAFETY_REJECTED: "app.server.error.generateSceneSafetyRejected",
  DEVICE_RECOVERY_FAILED: "app.server.error.deviceRecoveryFailed",
  MISSING_SEED_DATA: "app.server.warning.missingSeedData",
  INVALID_SEED_DATA: "app.server.warning.invalidSeedData",
  SEED_UNSAFE: "app.server.warning.seedUnsafe",
  SEED_SAFETY_CHECK_FAILED: "app.server.warning.seedSafetyCheckFailed",
  SEED_LOAD_FAILED: "app.server.warning.seedLoadFailed",
  /** Extension `recording_status` only. */
  RECORDING_FAILED: "app.server.warning.recordingFailed",
} as const;

export const MessageIdSchema = z.enum(MessageId);
export type MessageId = z.infer<typeof MessageIdSchema>;

/** Something failed. */
export const ErrorPushSchema = z.object({
  type: z.literal("error"),
  message_id: MessageIdSchema.optional(),
  message: z.string().optional(),
  params: z.record(z.string(), z.string()).optional(),
  snapshot: SnapshotSchema.optional(),
});
/** Something failed. */
export type ErrorPush = z.infer<typeof ErrorPushSchema>;

/** Something was not done, and the session goes on. */
export const WarningPushSchema = z.object({
  type: z.literal("warning"),
  message_id: MessageIdSchema,
  message: z.string().optional(),
  params: z.record(z.string(), z.string()).optional(),
});
/** Something was not done, and the session goes on. */
export type WarningPush = z.infer<typeof WarningPushSchema>;

export const LogValueSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
]);
export type LogValue = z.infer<typeof LogValueSchema>;

/** One record of the server's log. */
export const LogPushSchema = z.object({
  type: z.literal("log"),
  event: z.string(),
  level: z.string().default("info"),
  logger: z.string().optional(),
  timestamp: z.string().optional(),
  exception: z.string().optional(),
  fields: z.record(z.string(), LogValueSchema).optional(),
});
/** One record of the server's log. */
export type LogPush = z.infer<typeof LogPushSchema>;

/** Which model runs now, at how many perceptual frames per second, and where. */
export const InitResponseDataSchema = z.object({
  model: z.string(),
  inference_fps: z.int(),
  system_info: SystemInfoSchema,
});
/** Which model runs now, at how many perceptual frames per second, and where. */
export type InitResponseData = z.infer<typeof InitResponseDataSchema>;

/** The frame before and after the edit, and the instruction that the author wrote. */
export const SceneEditResponseDataSchema = z.object({
  original_jpeg_b64: z.string(),
  preview_jpeg_b64: z.string(),
  edit_prompt: z.string(),
});
/** The frame before and after the edit, and the instruction that the author wrote. */
export type SceneEditResponseData = z.infer<typeof SceneEditResponseDataSchema>;

/** The new scene. */
export const GenerateSceneResponseDataSchema = z.object({
  elapsed_ms: z.number(),
  image_jpeg_base64: z.string(),
  user_prompt: z.string(),
  sanitized_prompt: z.string(),
  image_model: z.string(),
});
/** The new scene. */
export type GenerateSceneResponseData = z.infer<typeof GenerateSceneResponseDataSchema>;

/** The verdict on a picture; `hash` is the SHA-256 of the decoded bytes, in hexadecimal. */
export const CheckSeedSafetyResponseDataSchema = z.object({
  is_safe: z.boolean(),
  hash: z.string(),
});
/** The verdict on a picture; `hash` is the SHA-256 of the decoded bytes, in hexadecimal. */
export type CheckSeedSafetyResponseData = z.infer<typeof CheckSeedSafetyResponseDataSchema>;

export const ResponseDataSchema = z.union([
  InitResponseDataSchema,
  SceneEditResponseDataSchema,
  GenerateSceneResponseDataSchema,
  CheckSeedSafetyResponseDataSchema,
]);
export type ResponseData = z.infer<typeof ResponseDataSchema>;

/** The one reply to a request that succeeded. */
export const SuccessResponseSchema = z.object({
  type: z.literal("response"),
  req_id: z.string(),
  success: z.literal(true),
  data: ResponseDataSchema,
});
/** The one reply to a request that succeeded. */
export type SuccessResponse = z.infer<typeof SuccessResponseSchema>;

/** The one reply to a request that failed: a message id, or raw text for the rest. */
export const FailureResponseSchema = z.object({
  type: z.literal("response"),
  req_id: z.string(),
  success: z.literal(false),
  error_id: MessageIdSchema.optional(),
  error: z.string().optional(),
});
/** The one reply to a request that failed: a message id, or raw text for the rest. */
export type FailureResponse = z.infer<typeof FailureResponseSchema>;

export const ResponseSchema = z.discriminatedUnion("success", [
  SuccessResponseSchema,
  FailureResponseSchema,
]);
export type Response = z.infer<typeof ResponseSchema>;

export const PushSchema = z.discriminatedUnion("type", [
  StatusPushSchema,
  SystemInfoPushSchema,
  ErrorPushSchema,
  WarningPushSchema,
  LogPushSchema,
]);
export type Push = z.infer<typeof PushSchema>;

export const ServerMessageSchema = z.discriminatedUnion("type", [
  StatusPushSchema,
  SystemInfoPushSchema,
  ErrorPushSchema,
  WarningPushSchema,
  LogPushSchema,
  ResponseSchema,
]);
export type ServerMessage = z.infer<typeof ServerMessageSchema>;

/** What is known of the world replica that last spoke to this ingress. */
export const WorldEngineHealthSchema = z.object({
  loaded: z.boolean(),
  warmed_up: z.boolean(),
  has_seed: z.boolean(),
});
/** What is known of the world replica that last spoke to this ingress. */
export type WorldEngineHealth = z.infer<typeof WorldEngineHealthSchema>;

/** Whether the safety checker can answer. */
export const SafetyHealthSchema = z.object({
  loaded: z.boolean(),
});
/** Whether the safety checker can answer. */
export type SafetyHealth = z.infer<typeof SafetyHealthSchema>;

/** Which backends this host can run and with which quantisations; null is "none". */
export const CapabilitiesSchema = z.object({
  backends: z.array(EngineBackendSchema),
  quants: z.partialRecord(EngineBackendSchema, z.array(QuantSchema.nullable())),
});
/** Which backends this host can run and with which quantisations; null is "none". */
export type Capabilities = z.infer<typeof CapabilitiesSchema>;

/** `GET /health`. */
export const HealthResponseSchema = z.object({
  status: z.literal("ok"),
  startup_complete: z.boolean(),
  world_engine: WorldEngineHealthSchema,
  safety: SafetyHealthSchema,
  capabilities: CapabilitiesSchema,
  launched_from_standalone: z.boolean(),
});
/** `GET /health`. */
export type HealthResponse = z.infer<typeof HealthResponseSchema>;

/** `POST /shutdown`. */
export const ShutdownResponseSchema = z.object({
  status: z.literal(["shutting_down", "already_shutting_down"]),
});
/** `POST /shutdown`. */
export type ShutdownResponse = z.infer<typeof ShutdownResponseSchema>;

/** One model of `GET /api/models`. */
export const ModelEntrySchema = z.object({
  id: z.string(),
  size_bytes: z.int().optional(),
  is_local: z.boolean(),
  model_type: z.string().optional(),
});
/** One model of `GET /api/models`. */
export type ModelEntry = z.infer<typeof ModelEntrySchema>;

/** `GET /api/model-info/{id}`. */
export const ModelInfoSchema = z.object({
  id: z.string(),
  size_bytes: z.int().optional(),
  exists: z.boolean(),
  is_local: z.boolean(),
  error: z.string().optional(),
});
/** `GET /api/model-info/{id}`. */
export type ModelInfo = z.infer<typeof ModelInfoSchema>;

/** One recording of `GET /api/recordings`, latest first. */
export const RecordingEntrySchema = z.object({
  /** Opaque; what `/api/recordings/{id}` takes. */
  id: z.string(),
  /** File name of the video. */
  name: z.string(),
  /** When it began, ISO 8601 in UTC. */
  created: z.string(),
  /** There is a video to play, or to delete, once it is `ready`. */
  status: z.literal(["encoding", "ready"]),
  duration_s: z.number().optional(),
  frames: z.int().optional(),
  width: z.int(),
  height: z.int(),
  size_bytes: z.int(),
  has_action_log: z.boolean(),
});
/** One recording of `GET /api/recordings`, latest first. */
export type RecordingEntry = z.infer<typeof RecordingEntrySchema>;

/** The answer of any route that cannot do what it was asked. */
export const ErrorBodySchema = z.object({
  error: z.string(),
});
/** The answer of any route that cannot do what it was asked. */
export type ErrorBody = z.infer<typeof ErrorBodySchema>;

/** By method: the request, what a caller gives of it, and the data of the reply that succeeds. */
export interface RpcRequestMap {
  init: {
    request: Init;
    params: Omit<Init, "type" | "req_id">;
    response: InitResponseData;
  };
  scene_edit: {
    request: SceneEdit;
    params: Omit<SceneEdit, "type" | "req_id">;
    response: SceneEditResponseData;
  };
  generate_scene: {
    request: GenerateScene;
    params: Omit<GenerateScene, "type" | "req_id">;
    response: GenerateSceneResponseData;
  };
  check_seed_safety: {
    request: CheckSeedSafety;
    params: Omit<CheckSeedSafety, "type" | "req_id">;
    response: CheckSeedSafetyResponseData;
  };
}
export type RpcMethod = keyof RpcRequestMap;

export const RPC_REQUEST_SCHEMAS = {
  init: InitSchema,
  scene_edit: SceneEditSchema,
  generate_scene: GenerateSceneSchema,
  check_seed_safety: CheckSeedSafetySchema,
};

export const RPC_RESPONSE_SCHEMAS = {
  init: InitResponseDataSchema,
  scene_edit: SceneEditResponseDataSchema,
  generate_scene: GenerateSceneResponseDataSchema,
  check_seed_safety: CheckSeedSafetyResponseDataSchema,
};
