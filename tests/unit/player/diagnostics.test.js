import assert from "node:assert/strict";
import { test } from "node:test";

import { briefOf, composeReport, lineOfRecord, LogRing, withoutToken } from "../../../serve_app/player/modules/diagnostics.js";
import { formatBytes, formatDuration, formatWhen } from "../../../serve_app/player/modules/format.js";

const NOW = new Date("2026-03-01T12:00:00Z");

test("a log keeps the newest lines and counts the rest", () => {
  const ring = new LogRing(2);
  for (const text of ["a", "b", "c"]) ring.push({ time: "t", level: "info", text });
  assert.deepEqual([ring.lines.map(({ text }) => text), ring.forgotten], [["b", "c"], 1]);
});

test("a server record becomes one readable line", () => {
  const line = lineOfRecord({ event: "model loaded", level: "info", timestamp: "T", fields: { took_s: 1.5, warm: true } }, NOW);
  assert.deepEqual(line, { time: "T", level: "info", text: "model loaded took_s=1.5 warm=true" });
  assert.equal(lineOfRecord({ event: "e" }, NOW).time, "2026-03-01T12:00:00.000Z");
});

test("who waits is told what happened, without the context that every record carries", () => {
  const fields = { role: "ingress", pid: 7, is_safe: true, source: "cache", took_s: 0.2, more: 1, session_id: "x" };
  assert.equal(briefOf({ event: "seed checked", fields }), "seed checked, is safe true, source cache, took s 0.2");
  assert.equal(briefOf({ event: "ready" }), "ready");
});

test("the report has everything, the last error's snapshot too, and no token", () => {
  const clientLog = new LogRing(5);
  clientLog.push({ time: "T1", level: "error", text: "page: broken" });
  const report = composeReport({
    now: NOW,
    page: { url: withoutToken("http://h/?a=1&access_token=secret&b=2") },
    config: { model: "local/synthetic" },
    systemInfo: { torch_version: "2" },
    performance: { batches: 7 },
    lastError: { text: "lost", messageId: "id", snapshot: { ram_used_bytes: 42 }, time: "T" },
    clientLog,
    serverLog: new LogRing(5),
  });
  for (const part of ["T1 ERROR page: broken", "local/synthetic", "torch_version", '"batches": 7', '"ram_used_bytes": 42', "b=2"]) {
    assert.ok(report.includes(part), part);
  }
  assert.ok(!report.includes("secret"));
  assert.match(report, /== Server log\nempty/);
});

test("sizes and times are written as people write them", () => {
  assert.equal(formatBytes(0, "en"), "0 B");
  assert.equal(formatBytes(1234, "en"), "1.2 kB");
  assert.equal(formatBytes(4_812_000_000, "de"), "4,8 GB");
  assert.equal(formatBytes(99_990, "en"), "100 kB");
  assert.equal(formatDuration(9.6), "0:10");
  assert.equal(formatDuration(3725), "1:02:05");
});

test("today is a time, another day has its date, another year its year", () => {
  const now = new Date(2026, 2, 1, 12);
  assert.ok(!/Mar|2026/.test(formatWhen(new Date(2026, 2, 1, 9, 5), now, "en")));
  assert.match(formatWhen(new Date(2026, 1, 27, 9, 5), now, "en"), /Feb/);
  assert.match(formatWhen(new Date(2025, 1, 27, 9, 5), now, "en"), /2025/);
});
