import { expect, it } from "vitest";

import { sessionUrl } from "../src/index.js";

it.each([
  ["http://localhost:7987", "ws://localhost:7987/ws?protocol_version=5"],
  ["https://play.example/", "wss://play.example/ws?protocol_version=5"],
  ["ws://127.0.0.1:1/ws", "ws://127.0.0.1:1/ws?protocol_version=5"],
  ["wss://play.example/biome/ws?token=a", "wss://play.example/biome/ws?token=a&protocol_version=5"],
  ["ws://localhost/ws?protocol_version=4", "ws://localhost/ws?protocol_version=5"],
])("the session of %s is at %s", (server, url) => {
  expect(sessionUrl(server).href).toBe(url);
});

it("names the features that are asked for", () => {
  expect(sessionUrl("http://localhost:1", ["recording_status"]).searchParams.get("features")).toBe("recording_status");
});
