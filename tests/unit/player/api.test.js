import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

globalThis.location = { search: "", href: "http://127.0.0.1:7987/" };
globalThis.sessionStorage = { getItem: () => null, setItem: () => {} };

const { Api, HttpError } = await import("../../../serve_app/player/modules/api.js");
const { fetch } = globalThis;

afterEach(() => {
  globalThis.fetch = fetch;
});

/** Let the server answer with `status`, or not at all. @param {number | null} status */
function answerWith(status) {
  const asked = [];
  globalThis.fetch = async (path, { method }) => {
    asked.push(`${method} ${path}`);
    if (status === null) throw new TypeError("network");
    return new Response(null, { status });
  };
  return asked;
}

test("a server that shows its recordings is found out without having them listed", async () => {
  const asked = answerWith(204);
  assert.equal(await new Api().showsRecordings(), true);
  assert.deepEqual(asked, ["OPTIONS /api/recordings"]);
});

test("a server without that route shows none, which is no failure", async () => {
  answerWith(404);
  assert.equal(await new Api().showsRecordings(), false);
});

test("a server that wants a token first, or does not answer, has not said", async () => {
  for (const [status, expected] of [[401, 401], [null, 0]]) {
    answerWith(status);
    await assert.rejects(new Api().showsRecordings(), (error) => error instanceof HttpError && error.status === expected);
  }
});
