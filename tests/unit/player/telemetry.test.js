import assert from "node:assert/strict";
import { test } from "node:test";

import { Rate, Series, Telemetry } from "../../../serve_app/player/modules/telemetry.js";

test("a series keeps the newest values", () => {
  const series = new Series(3);
  for (const value of [1, 2, 3, 4, 5]) series.push(value);
  assert.deepEqual([series.at(0), series.at(1), series.at(2), series.last, series.length], [3, 4, 5, 5, 3]);
});

test("quantiles are of the newest values only", () => {
  const series = new Series(10);
  for (const value of [100, 100, 1, 2, 3]) series.push(value);
  assert.equal(series.quantile(0.5, 3), 2);
  assert.equal(series.quantile(1, 3), 3);
  assert.ok(Number.isNaN(new Series(4).quantile(0.5)));
});

test("a rate forgets what is older than its window", () => {
  const rate = new Rate(1000);
  for (let ms = 0; ms < 2000; ms += 20) rate.tick(ms);
  assert.equal(rate.perSecond(1980), 50);
  assert.equal(rate.perSecond(10_000), 0);
});

test("latency is split into what the server measured and the rest", () => {
  const telemetry = new Telemetry();
  telemetry.batchShown({ frame_id: 1, client_ts: 100, gen_ms: 20, t_infer_ms: 16, t_sync_ms: 4, t_enc_ms: 5 }, 150);
  assert.equal(telemetry.latencyMs.last, 50);
  assert.equal(telemetry.elsewhereMs.last, 25);
  assert.equal(telemetry.split.get("t_infer_ms").last, 16);
  assert.equal(telemetry.split.get("t_overhead_ms").last, 0);
});

test("a seed's own frame answers no control and measures nothing", () => {
  const telemetry = new Telemetry();
  telemetry.batchShown({ frame_id: 0, client_ts: 0, gen_ms: 0 }, 5000);
  assert.equal(telemetry.latencyMs.length, 0);
});

test("the summary of a stay that never began has no numbers, and is valid JSON", () => {
  const summary = JSON.parse(JSON.stringify(new Telemetry().summary()));
  assert.equal(summary.latency_ms.p50, null);
  assert.equal(summary.batches, 0);
});
