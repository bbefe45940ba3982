import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { RpcClient, RpcClosedError, RpcError, RpcTimeoutError } from "../../../serve_app/player/modules/rpc.js";

test("a reply reaches the request that it answers, in whatever order replies come", async () => {
  const sent = [];
  const rpc = new RpcClient((message) => sent.push(message));
  const first = rpc.request("init", { model: "a" }, 1000);
  const second = rpc.request("scene_edit", { prompt: "fog" }, 1000);
  assert.deepEqual(sent[0], { type: "init", req_id: sent[0].req_id, model: "a" });
  assert.notEqual(sent[0].req_id, sent[1].req_id);
  assert.ok(rpc.settle({ req_id: sent[1].req_id, success: true, data: 2 }));
  assert.ok(rpc.settle({ req_id: sent[0].req_id, success: true, data: 1 }));
  assert.deepEqual(await Promise.all([first, second]), [1, 2]);
});

test("a refusal carries the server's message id, or its words", async () => {
  const sent = [];
  const rpc = new RpcClient((message) => sent.push(message));
  const refused = rpc.request("scene_edit", {}, 1000);
  const failed = rpc.request("init", {}, 1000);
  rpc.settle({ req_id: sent[0].req_id, success: false, error_id: "app.server.error.sceneAuthoringEmptyPrompt" });
  rpc.settle({ req_id: sent[1].req_id, success: false, error: "no such model" });
  await assert.rejects(refused, { name: "RpcError", errorId: "app.server.error.sceneAuthoringEmptyPrompt" });
  await assert.rejects(failed, (error) => error instanceof RpcError && error.message === "no such model" && error.errorId === undefined);
});

test("a reply that nobody waits for is reported as such", () => {
  assert.equal(new RpcClient(() => {}).settle({ req_id: "r9", success: true }), false);
});

test("a request without a reply ends after its time", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const rpc = new RpcClient(() => {});
    const waiting = rpc.request("init", {}, 5000);
    mock.timers.tick(5000);
    await assert.rejects(waiting, RpcTimeoutError);
  } finally {
    mock.timers.reset();
  }
});

test("closing tells everybody who waits", async () => {
  const rpc = new RpcClient(() => {});
  const waiting = [rpc.request("init", {}, 1000), rpc.request("scene_edit", {}, 1000)];
  rpc.close();
  for (const each of waiting) await assert.rejects(each, RpcClosedError);
});
