/**
 * The gates against drift: the compiler refuses a message id or stage without its texts, and a text without its id.
 * Each case changes one line in a copy of the sources and runs the compiler on it.
 */

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const COMPILER = join(PACKAGE, "node_modules", "typescript", "bin", "tsc");

let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "biome-drift-"));
  for (const name of ["src", "locales", "package.json", "tsconfig.json", "tsconfig.build.json"]) {
    cpSync(join(PACKAGE, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(PACKAGE, "node_modules"), join(copy, "node_modules"), "junction");
});

afterEach(() => {
  rmSync(copy, { recursive: true });
});

function change(file: string, before: string | RegExp, after: string): void {
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  const changed = text.replace(before, after);
  expect(changed, `${file} has nothing like ${String(before)}`).not.toBe(text);
  writeFileSync(path, changed);
}

/** The files that the compiler complains of, and all that it says. */
function compile(): { files: string[]; output: string } {
  const { stdout, stderr, error } = spawnSync(
    process.execPath,
    [COMPILER, "-p", "tsconfig.build.json", "--noEmit", "--pretty", "false"],
    { cwd: copy, encoding: "utf8" },
  );
  expect(error).toBeUndefined();
  const output = stdout + stderr;
  const files = [...output.matchAll(/^(\S+)\(\d+,\d+\): error/gm)].map((match) => match[1] ?? "");
  return { files: [...new Set(files)].sort(), output };
}

describe("the compiler", () => {
  it("accepts the sources as they are", () => {
    expect(compile()).toEqual({ files: [], output: "" });
  });

  it("refuses a new message id until every language has it", () => {
    change("src/protocol.generated.ts", "export const MessageId = {\n", '$&  NEW: "app.server.error.new",\n');
    const { files, output } = compile();
    expect(files).toEqual(["locales/de.js", "locales/en.js"]);
    expect(output).toContain("app.server.error.new");
  });

  it("refuses a new stage until it has a label in every language and a percentage", () => {
    change("src/protocol.generated.ts", "export const Stage = {\n", '$&  NEW: "session.new",\n');
    const { files, output } = compile();
    expect(files).toEqual(["locales/de.js", "locales/en.js", "locales/stages.js"]);
    expect(output).toContain("session.new");
  });

  it.each([
    ["locales/en.js", /"app\.server\.error\.serverBusy": \{[^}]*\},\n/],
    ["locales/de.js", /"app\.server\.warning\.recordingFailed": \{[^}]*\},\n/],
    ["locales/de.js", /"session\.ready": .*\n/],
    ["locales/en.js", /"startup\.begin": .*\n/],
    ["locales/stages.js", /"session\.reset": .*\n/],
    ["locales/de.js", /advice: .*\n/],
  ])("refuses %s without %s", (file, text) => {
    change(file, text, "");
    expect(compile().files).toEqual([file]);
  });

  it.each([
    ["locales/en.js", "messages: {\n", '$&"app.server.error.gone": { happened: "A.", advice: "B." },\n'],
    ["locales/de.js", "stages: {\n", '$&"session.gone": "Weg",\n'],
    ["locales/stages.js", '"startup.begin"', '"session.gone": 1,\n$&'],
  ])("refuses a text in %s for an id that is no more", (file, before, after) => {
    change(file, before, after);
    const { files, output } = compile();
    expect(files).toEqual([file]);
    expect(output).toContain(".gone");
  });

  it("refuses a message id that is no more", () => {
    change("src/protocol.generated.ts", /  SERVER_BUSY: .*\n/, "");
    expect(compile().files).toEqual(["locales/de.js", "locales/en.js"]);
  });
});
