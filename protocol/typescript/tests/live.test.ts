/**
 * One player's session against a server that runs, in the order of the tests:
 *
 *     BIOME_LIVE_URL=http://localhost:7987 npx vitest run tests/live.test.ts
 *
 * BIOME_LIVE_MODEL chooses the model. BIOME_LIVE_SOCKET_ONLY leaves out the routes under /api, which a fake has not.
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import {
  HealthResponseSchema,
  JPEG_QUALITY,
  ModelEntrySchema,
  ModelInfoSchema,
  RpcError,
  type SessionConfig,
  SystemInfoSchema,
} from "../src/index.js";
import { LiveSession } from "./live_session.js";

const SERVER = process.env["BIOME_LIVE_URL"] ?? "";
const IS_SOCKET_ONLY = process.env["BIOME_LIVE_SOCKET_ONLY"] !== undefined;
const SEED = readFileSync(new URL("../../../tests/fakes/photos/lake_pagoda.jpg", import.meta.url));
const CONFIG: SessionConfig = {
  scene_authoring: false,
  action_logging: false,
  video_recording: false,
  video_output_dir: null,
  cap_inference_fps: true,
};

async function getJson(path: string): Promise<unknown> {
  const url = new URL(path, SERVER);
  url.protocol = url.protocol.replace(/^ws/, "http");
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return response.json();
}

async function aModel(): Promise<string> {
  const chosen = process.env["BIOME_LIVE_MODEL"];
  if (chosen !== undefined || IS_SOCKET_ONLY) {
    return chosen ?? "local/any";
  }
  const models = z.array(ModelEntrySchema).parse(await getJson("/api/models"));
  const local = models.find((model) => model.is_local);
  if (local === undefined) {
    throw new Error("the server has no model of its own");
  }
  return local.id;
}

async function refusal(promise: Promise<unknown>): Promise<RpcError> {
  const outcome: unknown = await promise.catch((error: unknown) => error);
  if (outcome instanceof RpcError && outcome.failure === "refused") {
    return outcome;
  }
  throw new Error("the request was not refused", { cause: outcome });
}

describe.skipIf(SERVER === "")("a session (skipped unless BIOME_LIVE_URL names a server)", () => {
  let session: LiveSession;
  let model: string;

  beforeAll(async () => {
    model = await aModel();
    session = new LiveSession(SERVER);
    await session.push("status", (push) => push.stage === "session.waiting_for_seed");
  });

  afterAll(() => session.rpc.close());

  it("tells of the machine once, before it waits for a seed", () => {
    const types = session.pushes.filter((push) => push.type === "status" || push.type === "system_info");
    expect(types.filter((push) => push.type === "system_info")).toHaveLength(1);
    expect(types.at(-1)).toEqual({ type: "status", stage: "session.waiting_for_seed" });
  });

  it("judges a picture before there is a world", async () => {
    const verdict = await session.rpc.request("check_seed_safety", { image_data: SEED.toString("base64") });
    expect(verdict).toEqual({ is_safe: true, hash: createHash("sha256").update(SEED).digest("hex") });
  });

  it.each(["scene_edit", "generate_scene"] as const)("refuses %s before there is a world", async (method) => {
    const error = await refusal(session.rpc.request(method, { prompt: "a hat" }));
    expect(error.errorId).toBe("app.server.error.initFailed");
  });

  it("refuses an init without a seed, and warns", async () => {
    const error = await refusal(session.rpc.request("init", { model, config: CONFIG }));
    expect(error.errorId).toBe("app.server.error.initFailed");
    await session.push("warning", (push) => push.message_id === "app.server.warning.missingSeedData");
  });

  it("refuses an init with a seed that is no picture, and warns", async () => {
    const error = await refusal(session.rpc.request("init", { model, config: CONFIG, seed_image_data: "no base64!" }));
    expect(error.errorId).toBe("app.server.error.initFailed");
    await session.push("warning", (push) => push.message_id === "app.server.warning.invalidSeedData");
  });

  it("answers a request that is not valid but has an id", async () => {
    session.socket.send(JSON.stringify({ type: "scene_edit", req_id: "by hand", prompt: 1 }));
    const reply = await session.until("a reply", () => session.replies.find(({ req_id }) => req_id === "by hand"));
    expect(reply).toMatchObject({ success: false, error: expect.stringContaining("prompt") });
  });

  it("starts a world: the seed as frame 0, ready, and the reply", async () => {
    const data = await session.rpc.request("init", {
      model,
      config: CONFIG,
      seed_image_data: SEED.toString("base64"),
      seed_filename: "lake_pagoda.jpg",
      biome_version: "1.1.0",
    });
    expect(data.model).toBe(model);
    expect(data.inference_fps).toBeGreaterThan(0);
    expect(session.pushes.filter((push) => push.type === "status").at(-1)?.stage).toBe("session.ready");
    expect(session.envelopes).toHaveLength(1);
    expect(session.envelopes[0]?.header).toMatchObject({ frame_id: 0, client_ts: 0, gen_ms: 0 });
    expect(session.envelopes[0]?.jpegs).toHaveLength(1);
  });

  it("plays: every control is answered by a batch whose frames follow on", async () => {
    let expected = 1;
    for (const buttons of [["W"], ["W", "SHIFT"], ["a", "no such button"], []]) {
      const { header, jpegs } = await session.step(buttons);
      expect(header.frame_id).toBe(expected);
      expect(jpegs.length).toBeGreaterThan(0);
      expect(header.t_infer_ms).toBeDefined();
      expected += jpegs.length;
    }
  });

  it("sends JPEGs", () => {
    const pictures = session.envelopes.flatMap((envelope) => envelope.jpegs);
    expect(pictures.every((jpeg) => jpeg[0] === 0xff && jpeg[1] === 0xd8 && jpeg.at(-1) === 0xd9)).toBe(true);
    expect(JPEG_QUALITY).toBe(85);
  });

  it("pauses and resumes: what is steered meanwhile is never consumed", async () => {
    session.rpc.notify({ type: "pause" });
    const ignored = session.control(["W"]);
    session.rpc.notify({ type: "resume" });
    await session.step(["W"]);
    expect(session.envelopes.map((envelope) => envelope.header.client_ts)).not.toContain(ignored);
  });

  it.each(["reset", "prompt"] as const)("starts again at frame 1 after %s", async (type) => {
    session.rpc.notify({ type });
    expect((await session.step(["D"])).header.frame_id).toBe(1);
  });

  it.each(["scene_edit", "generate_scene"] as const)("refuses %s without words, or without authoring", async (method) => {
    const empty = await refusal(session.rpc.request(method, { prompt: "  " }));
    expect(empty.errorId).toBe("app.server.error.sceneAuthoringEmptyPrompt");
    const off = await refusal(session.rpc.request(method, { prompt: "a hat" }));
    expect(off.errorId).toBe("app.server.error.sceneAuthoringModelNotLoaded");
  });

  it("takes a new configuration while it plays", async () => {
    const config = { ...CONFIG, cap_inference_fps: false };
    expect((await session.rpc.request("init", { model, config })).model).toBe(model);
    expect((await session.step(["W"])).jpegs.length).toBeGreaterThan(0);
  });

  it("was understood to the last field", () => {
    expect(session.complaints).toEqual([]);
    expect(session.messages).toBeGreaterThan(20);
  });

  it("is refused to a client of another version", async () => {
    const other = new LiveSession(SERVER, { version: 4 });
    await other.end();
    expect(other.pushes.filter((push) => push.type === "error")).toEqual([
      expect.objectContaining({
        message_id: "app.server.error.protocolVersionMismatch",
        params: { client: "4", server: "5" },
      }),
    ]);
    expect(other.complaints).toEqual([]);
  });
});

describe.skipIf(SERVER === "")("HTTP (skipped unless BIOME_LIVE_URL names a server)", () => {
  it("says how the server is", async () => {
    const body = await getJson("/health");
    expect(HealthResponseSchema.parse(body)).toEqual(body);
  });

  it.skipIf(IS_SOCKET_ONLY)("lists models and knows each", async () => {
    const body = await getJson("/api/models");
    const models = z.array(ModelEntrySchema).parse(body);
    expect(models).toEqual(body);
    for (const { id } of models) {
      const info = await getJson(`/api/model-info/${id}`);
      expect(ModelInfoSchema.parse(info)).toEqual(info);
    }
  });

  it.skipIf(IS_SOCKET_ONLY)("describes the machine", async () => {
    const body = await getJson("/api/system-info");
    expect(SystemInfoSchema.parse(body)).toEqual(body);
  });
});
