import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { WebSocket as NodeWebSocket } from "ws";

import {
  type CheckSeedSafetyResponseData,
  DEFAULT_TIMEOUTS_MS,
  type Envelope,
  type InitResponseData,
  type InvalidServerMessage,
  type Push,
  RpcClient,
  RpcError,
  type SessionConfig,
  type WebSocketLike,
} from "../src/index.js";
import { packEnvelope } from "./envelopes.js";
import { FakeSocket } from "./fake_socket.js";

const CONFIG: SessionConfig = {
  scene_authoring: false,
  action_logging: false,
  video_recording: false,
  video_output_dir: null,
  cap_inference_fps: true,
};
const VERDICT = { is_safe: true, hash: "00" };

let socket: FakeSocket;
let pushes: Push[];
let envelopes: Envelope[];
let invalid: InvalidServerMessage[];
let rpc: RpcClient;

beforeEach(() => {
  vi.useFakeTimers();
  socket = new FakeSocket();
  pushes = [];
  envelopes = [];
  invalid = [];
  rpc = new RpcClient(socket, {
    onPush: (push) => pushes.push(push),
    onEnvelope: (envelope) => envelopes.push(envelope),
    onInvalid: (message) => invalid.push(message),
  });
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** The id of the request that was sent last. */
function lastId(): string {
  const last = socket.documents.at(-1);
  if (typeof last === "object" && last !== null && "req_id" in last && typeof last.req_id === "string") {
    return last.req_id;
  }
  throw new Error("no request was sent");
}

/** What a promise rejects with. */
async function failureOf(promise: Promise<unknown>): Promise<RpcError> {
  const error: unknown = await promise.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  if (error instanceof RpcError) {
    return error;
  }
  throw error;
}

describe("a request", () => {
  it("goes out with its type and an id of its own", () => {
    const first = rpc.request("init", { model: "m", config: CONFIG });
    const second = rpc.request("scene_edit", { prompt: "a hat" });
    expect(socket.documents).toEqual([
      { type: "init", req_id: "request-1", model: "m", config: CONFIG },
      { type: "scene_edit", req_id: "request-2", prompt: "a hat" },
    ]);
    rpc.close();
    return Promise.allSettled([first, second]);
  });

  it("gives the data of its reply, typed by its method", async () => {
    const promise = rpc.request("init", { model: "m", config: CONFIG });
    expectTypeOf(promise).toEqualTypeOf<Promise<InitResponseData>>();
    expectTypeOf(rpc.request<"check_seed_safety">).returns.toEqualTypeOf<Promise<CheckSeedSafetyResponseData>>();
    const data = { model: "m", inference_fps: 60, system_info: { torch_version: "2" } };
    socket.deliverJson({ type: "response", req_id: lastId(), success: true, data });
    expect(await promise).toEqual({ ...data, system_info: { torch_version: "2", gpu_count: 0 } });
  });

  it("is paired by its id, whatever the order of the replies", async () => {
    const first = rpc.request("check_seed_safety", { image_data: "AAAA" });
    const firstId = lastId();
    const second = rpc.request("check_seed_safety", { image_data: "BBBB" });
    socket.deliverJson({ type: "response", req_id: lastId(), success: true, data: { ...VERDICT, hash: "second" } });
    socket.deliverJson({ type: "response", req_id: firstId, success: true, data: { ...VERDICT, hash: "first" } });
    expect((await first).hash).toBe("first");
    expect((await second).hash).toBe("second");
  });

  it("rejects with the message id of a refusal", async () => {
    const promise = rpc.request("scene_edit", { prompt: "" });
    const error_id = "app.server.error.sceneAuthoringEmptyPrompt";
    socket.deliverJson({ type: "response", req_id: lastId(), success: false, error_id });
    expect(await failureOf(promise)).toMatchObject({ failure: "refused", errorId: error_id, message: error_id });
  });

  it("rejects with the raw text of a refusal that has no id", async () => {
    const promise = rpc.request("scene_edit", { prompt: "a hat" });
    socket.deliverJson({ type: "response", req_id: lastId(), success: false, error: "not now" });
    expect(await failureOf(promise)).toMatchObject({ failure: "refused", errorId: undefined, message: "not now" });
  });

  it("rejects when the data is another method's, and leaves nothing waiting", async () => {
    const promise = rpc.request("init", { model: "m", config: CONFIG });
    socket.deliverJson({ type: "response", req_id: lastId(), success: true, data: VERDICT });
    expect((await failureOf(promise)).failure).toBe("invalid_response");
  });

  it("rejects at once when its reply fits no schema, and reports that", async () => {
    const promise = rpc.request("check_seed_safety", { image_data: "AAAA" });
    socket.deliverJson({ type: "response", req_id: lastId(), success: true, data: { is_safe: "yes" } });
    expect((await failureOf(promise)).failure).toBe("invalid_response");
    expect(invalid).toHaveLength(1);
  });

  it("that the server would refuse is not sent", async () => {
    // @ts-expect-error -- a prompt is text
    expect((await failureOf(rpc.request("scene_edit", { prompt: 1 }))).failure).toBe("invalid_request");
    // @ts-expect-error -- there is no such field
    expect((await failureOf(rpc.request("scene_edit", { prompt: "a hat", speed: 1 }))).failure).toBe("invalid_request");
    expect(socket.sent).toEqual([]);
  });

  it("times out after its method's time, or the one given", async () => {
    const usual = failureOf(rpc.request("check_seed_safety", { image_data: "" }));
    const short = failureOf(rpc.request("check_seed_safety", { image_data: "" }, { timeoutMs: 10 }));
    await vi.advanceTimersByTimeAsync(10);
    expect(await short).toMatchObject({ failure: "timed_out", message: "check_seed_safety: no reply within 10 ms" });
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(DEFAULT_TIMEOUTS_MS.check_seed_safety - 10);
    expect((await usual).failure).toBe("timed_out");
  });

  it("that timed out ignores its late reply", async () => {
    const promise = failureOf(rpc.request("check_seed_safety", { image_data: "" }, { timeoutMs: 10 }));
    await vi.advanceTimersByTimeAsync(10);
    await promise;
    socket.deliverJson({ type: "response", req_id: lastId(), success: true, data: VERDICT });
    expect(invalid).toEqual([]);
  });
});

describe("a lost connection", () => {
  it.each(["close", "error"] as const)("rejects everything that waits on %s", async (how) => {
    const waiting = [
      failureOf(rpc.request("init", { model: "m", config: CONFIG })),
      failureOf(rpc.request("generate_scene", { prompt: "a lake" })),
    ];
    socket.end(how);
    expect((await Promise.all(waiting)).map((error) => error.failure)).toEqual(["closed", "closed"]);
  });

  it("rejects later requests at once and drops notifications", async () => {
    socket.end("close");
    expect(rpc.isOpen).toBe(false);
    expect((await failureOf(rpc.request("scene_edit", { prompt: "a hat" }))).failure).toBe("closed");
    expect(rpc.notify({ type: "pause" })).toBe(false);
    expect(socket.sent).toEqual([]);
  });

  it("may be our own doing", async () => {
    const waiting = failureOf(rpc.request("scene_edit", { prompt: "a hat" }));
    rpc.close();
    expect((await waiting).failure).toBe("closed");
    expect(socket.readyState).not.toBe(1);
  });

  it("is not open before it is made", async () => {
    socket.readyState = 0;
    expect((await failureOf(rpc.request("scene_edit", { prompt: "a hat" }))).failure).toBe("closed");
  });
});

describe("a notification", () => {
  it("goes out as it is", () => {
    expect(rpc.notify({ type: "control", buttons: ["W"], mouse_dx: 1.5, ts: 10 })).toBe(true);
    expect(rpc.notify({ type: "pause" })).toBe(true);
    expect(socket.documents).toEqual([{ type: "control", buttons: ["W"], mouse_dx: 1.5, ts: 10 }, { type: "pause" }]);
  });

  it("that the server would refuse throws", () => {
    expect(() => rpc.notify({ type: "control", mouse_dx: Number.NaN })).toThrow(RpcError);
    expect(socket.sent).toEqual([]);
  });
});

describe("what the server sends by itself", () => {
  it("arrives as pushes and envelopes", () => {
    socket.deliverJson({ type: "status", stage: "session.ready" });
    socket.deliver(packEnvelope({ frame_id: 1, client_ts: 0, gen_ms: 0 }, [Uint8Array.of(1)]));
    expect(pushes).toEqual([{ type: "status", stage: "session.ready" }]);
    expect(envelopes.map((envelope) => envelope.header.frame_id)).toEqual([1]);
    expect(invalid).toEqual([]);
  });

  it.each([
    ["no JSON", "{"],
    ["no message", "[]"],
    ["an unknown push", '{"type":"news"}'],
    ["no envelope", new ArrayBuffer(3)],
    ["a blob", new Blob()],
  ])("is dropped and reported when it is %s", (_, data) => {
    socket.deliver(data);
    expect(invalid).toHaveLength(1);
    expect([...pushes, ...envelopes]).toEqual([]);
  });

  it("is asked for as ArrayBuffers", () => {
    expect(socket.binaryType).toBe("arraybuffer");
  });
});

describe("sockets", () => {
  it("of browsers and of Node fit", () => {
    expectTypeOf<WebSocket>().toExtend<WebSocketLike>();
    expectTypeOf<NodeWebSocket>().toExtend<WebSocketLike>();
  });
});
