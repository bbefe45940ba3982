import { describe, expect, expectTypeOf, it } from "vitest";

import {
  BUTTON_CODES,
  BUTTONS_LIMIT,
  type Capabilities,
  CapabilitiesSchema,
  type ClientMessage,
  ClientMessageSchema,
  type Control,
  HealthResponseSchema,
  type InitResponseData,
  JPEG_QUALITY,
  MessageId,
  MOUSE_DELTA_LIMIT,
  PROTOCOL_VERSION,
  type RpcMethod,
  type RpcRequestMap,
  type ServerMessage,
  ServerMessageSchema,
  type SessionConfig,
  type Stage,
  StageSchema,
} from "../src/index.js";

const CONFIG: SessionConfig = {
  scene_authoring: false,
  action_logging: false,
  video_recording: false,
  video_output_dir: null,
  cap_inference_fps: true,
};
const INIT = { type: "init", req_id: "1", model: "m", config: CONFIG };

describe("constants", () => {
  it("are the contract's", () => {
    expect(PROTOCOL_VERSION).toBe(5);
    expect(JPEG_QUALITY).toBe(85);
    expect(Object.keys(BUTTON_CODES)).toHaveLength(48);
    expect(BUTTON_CODES.W).toBe(87);
    expect(BUTTON_CODES.MOUSE_MIDDLE).toBe(4);
  });
});

describe("what a client sends", () => {
  it.each<ClientMessage>([
    { type: "control" },
    { type: "control", buttons: ["W", "SHIFT"], mouse_dx: -3.5, mouse_dy: MOUSE_DELTA_LIMIT, ts: 12.5 },
    { type: "control", ts: null },
    { type: "pause" },
    { type: "resume" },
    { type: "reset" },
    { type: "prompt" },
    { type: "prompt", prompt: "a lake" },
    { type: "init", req_id: "1", model: "m", config: CONFIG },
    {
      type: "init",
      req_id: "1",
      model: "m",
      config: { ...CONFIG, quant: "fp8w8a8", engine_backend: "quark", video_output_dir: "videos" },
      seed_image_data: "AAAA",
      seed_filename: null,
      biome_version: "1.1.0",
    },
    { type: "scene_edit", req_id: "2", prompt: "a hat" },
    { type: "generate_scene", req_id: "3", prompt: "" },
    { type: "check_seed_safety", req_id: "4", image_data: "" },
  ])("fits: %j", (message) => {
    expect(ClientMessageSchema.parse(message)).toEqual(message);
  });

  it.each([
    ["no type", {}],
    ["an unknown type", { type: "jump" }],
    ["an unknown field", { type: "pause", now: true }],
    ["too many buttons", { type: "control", buttons: Array<string>(BUTTONS_LIMIT + 1).fill("W") }],
    ["too long a button", { type: "control", buttons: ["W".repeat(33)] }],
    ["too far a movement", { type: "control", mouse_dx: MOUSE_DELTA_LIMIT * 2 }],
    ["a number that is none", { type: "control", mouse_dy: Number.NaN }],
    ["an endless number", { type: "control", ts: Number.POSITIVE_INFINITY }],
    ["null where there is no null", { type: "control", buttons: null }],
    ["a number as text", { type: "control", mouse_dx: "1" }],
    ["no req_id", { type: "scene_edit", prompt: "a hat" }],
    ["too long a req_id", { type: "scene_edit", req_id: "1".repeat(257), prompt: "a hat" }],
    ["half a config", { ...INIT, config: { scene_authoring: true } }],
    ["an unknown field in the config", { ...INIT, config: { ...CONFIG, volume: 1 } }],
    ["an unknown quantisation", { ...INIT, config: { ...CONFIG, quant: "int4" } }],
  ])("does not fit with %s", (_, message) => {
    expect(ClientMessageSchema.safeParse(message).success).toBe(false);
  });

  it("may have unknown fields in init, which do not go out", () => {
    expect(ClientMessageSchema.parse({ ...INIT, later: 1 })).toEqual(INIT);
  });
});

describe("what the server sends", () => {
  it.each<ServerMessage>([
    { type: "status", stage: "session.ready" },
    { type: "status", stage: "startup.begin", message: "soon" },
    { type: "system_info", torch_version: "2", gpu_count: 0, quark: { version: "1" } },
    { type: "error" },
    {
      type: "error",
      message_id: MessageId.SERVER_BUSY,
      message: "busy",
      params: { a: "b" },
      snapshot: { ram_used_bytes: 2 ** 40 },
    },
    { type: "warning", message_id: "app.server.warning.seedUnsafe" },
    { type: "log", event: "started", level: "info", fields: { a: "b", c: 1, d: 1.5, e: true } },
    { type: "response", req_id: "1", success: false, error: "no" },
    { type: "response", req_id: "1", success: false, error_id: "app.server.error.initFailed" },
    { type: "response", req_id: "1", success: true, data: { is_safe: true, hash: "00" } },
    {
      type: "response",
      req_id: "1",
      success: true,
      data: { model: "m", inference_fps: 60, system_info: { torch_version: "2", gpu_count: 1 } },
    },
    {
      type: "response",
      req_id: "1",
      success: true,
      data: { original_jpeg_b64: "", preview_jpeg_b64: "", edit_prompt: "a hat" },
    },
    {
      type: "response",
      req_id: "1",
      success: true,
      data: { elapsed_ms: 1.5, image_jpeg_base64: "", user_prompt: "", sanitized_prompt: "", image_model: "m" },
    },
  ])("fits: %j", (message) => {
    expect(ServerMessageSchema.parse(message)).toEqual(message);
  });

  it.each([
    ["an unknown type", { type: "news" }],
    ["an unknown stage", { type: "status", stage: "session.done" }],
    ["an unknown message id", { type: "warning", message_id: "app.server.warning.other" }],
    ["null for what is absent", { type: "status", stage: "session.ready", message: null }],
    ["no torch version", { type: "system_info", gpu_count: 0 }],
    ["a nested log field", { type: "log", event: "e", fields: { a: {} } }],
    ["no data", { type: "response", req_id: "1", success: true }],
    ["another's data", { type: "response", req_id: "1", success: true, data: { is_safe: true } }],
    ["no success", { type: "response", req_id: "1", data: { is_safe: true, hash: "00" } }],
    ["success as a number", { type: "response", req_id: "1", success: 1, data: { is_safe: true, hash: "00" } }],
  ])("does not fit with %s", (_, message) => {
    expect(ServerMessageSchema.safeParse(message).success).toBe(false);
  });

  it("gets its defaults", () => {
    expect(ServerMessageSchema.parse({ type: "log", event: "e" })).toEqual({ type: "log", event: "e", level: "info" });
    expect(ServerMessageSchema.parse({ type: "system_info", torch_version: "2" })).toHaveProperty("gpu_count", 0);
  });

  it("may have grown by fields, which are ignored", () => {
    const message = { type: "status", stage: "session.ready" };
    expect(ServerMessageSchema.parse({ ...message, later: 1 })).toEqual(message);
  });
});

describe("HTTP bodies", () => {
  it("need not list every backend, and null is no quantisation", () => {
    const capabilities: Capabilities = { backends: ["quark"], quants: { quark: [null] } };
    expect(CapabilitiesSchema.parse(capabilities)).toEqual(capabilities);
    expect(CapabilitiesSchema.safeParse({ backends: [], quants: { cpu: [] } }).success).toBe(false);
  });

  it("fit `GET /health`", () => {
    const body = {
      status: "ok",
      startup_complete: true,
      world_engine: { loaded: false, warmed_up: false, has_seed: false },
      safety: { loaded: true },
      capabilities: { backends: [], quants: {} },
      launched_from_standalone: false,
    };
    expect(HealthResponseSchema.parse(body)).toEqual(body);
  });
});

// What these say is checked by the compiler, which runs before the tests.
describe("types", () => {
  it("require discriminators and leave defaults optional", () => {
    expectTypeOf<{ type: "control" }>().toExtend<Control>();
    expectTypeOf<{ buttons: string[] }>().not.toExtend<Control>();
    expectTypeOf<null>().not.toExtend<Control["buttons"]>();
    expectTypeOf<null>().toExtend<Control["ts"]>();
    expectTypeOf<undefined>().not.toExtend<SessionConfig["video_output_dir"]>();
  });

  it("tell messages apart", () => {
    expectTypeOf<Extract<ServerMessage, { type: "status" }>["stage"]>().toEqualTypeOf<Stage>();
    expectTypeOf<Extract<ServerMessage, { success: false }>>().toHaveProperty("error_id");
    expectTypeOf<Extract<ServerMessage, { success: true }>>().not.toHaveProperty("error_id");
  });

  it("pair requests with responses", () => {
    expectTypeOf<RpcMethod>().toEqualTypeOf<"init" | "scene_edit" | "generate_scene" | "check_seed_safety">();
    expectTypeOf<RpcRequestMap["init"]["response"]>().toEqualTypeOf<InitResponseData>();
    expectTypeOf<RpcRequestMap["scene_edit"]["params"]>().toEqualTypeOf<{ prompt: string }>();
  });

  it("are what the schemas list", () => {
    expectTypeOf(StageSchema.options).items.toEqualTypeOf<Stage>();
  });
});
