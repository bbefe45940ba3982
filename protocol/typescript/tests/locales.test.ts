import { readdirSync } from "node:fs";

import { describe, expect, it } from "vitest";

import {
  describeMessage,
  fillIn,
  LOCALES,
  type Locale,
  MessageIdSchema,
  type MessageText,
  pickLocale,
  STAGE_PERCENTAGES,
  StageSchema,
} from "../src/index.js";

const NOT_LANGUAGES = ["stages.js", "texts.js"];
const languages: [string, Locale][] = Object.entries(LOCALES);

function placeholders(text: MessageText): string[] {
  return [...`${text.happened} ${text.advice}`.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
}

describe.each(languages)("%s", (_, locale) => {
  it.each(MessageIdSchema.options)("says of %s what happened and what to do, in a sentence each", (id) => {
    const { happened, advice } = locale.messages[id];
    expect(happened).toMatch(/^\p{Lu}[^.!?]*\.$/u);
    expect(advice).toMatch(/^\p{Lu}[^.!?]*\.$/u);
  });

  it.each(MessageIdSchema.options)("names the same parameters in %s as English does", (id) => {
    expect(placeholders(locale.messages[id])).toEqual(placeholders(LOCALES.en.messages[id]));
  });

  it.each(StageSchema.options)("labels %s in a few words", (stage) => {
    expect(locale.stages[stage]).toMatch(/^\p{Lu}.{2,50}[^.]$/u);
  });

  it("has no two stages with one label", () => {
    expect(new Set(Object.values(locale.stages)).size).toBe(StageSchema.options.length);
  });
});

describe("the languages", () => {
  it("are all the files that there are", () => {
    const files = readdirSync(new URL("../locales", import.meta.url)).filter((name) => !NOT_LANGUAGES.includes(name));
    expect(files.sort()).toEqual(Object.keys(LOCALES).map((code) => `${code}.js`).sort());
  });

  it.each([
    [["de-AT", "en"], "de"],
    [["fr", "de"], "de"],
    [["EN-us"], "en"],
    [["fr", "toString"], "en"],
    [[], "en"],
  ])("are chosen from %j as %s", (wanted, code) => {
    expect(pickLocale(wanted)).toBe(code);
  });
});

describe("stages", () => {
  it("never go back, from the first to ready", () => {
    const percentages = StageSchema.options.map((stage) => STAGE_PERCENTAGES[stage]);
    expect(percentages).toEqual([...percentages].sort((a, b) => a - b));
    expect(percentages.at(0)).toBeGreaterThanOrEqual(0);
    expect(percentages.at(-1)).toBe(100);
  });
});

describe("a message in words", () => {
  it("has its parameters filled in", () => {
    const params = { client: "4", server: "5" };
    const words = describeMessage(LOCALES.en, { message_id: "app.server.error.protocolVersionMismatch", params });
    expect(words.happened).toContain("(app: 4, server: 5)");
    expect(words).not.toHaveProperty("detail");
  });

  it("carries the server's own sentence as detail", () => {
    const words = describeMessage(LOCALES.de, { message_id: "app.server.warning.seedUnsafe", message: "refused" });
    expect(words).toEqual({ ...LOCALES.de.messages["app.server.warning.seedUnsafe"], detail: "refused" });
  });

  it("without an id is an unknown error with its detail", () => {
    expect(describeMessage(LOCALES.en, { message: "boom" })).toEqual({ ...LOCALES.en.unknownError, detail: "boom" });
  });

  it("shows a question mark for a parameter that did not come", () => {
    expect(fillIn("{client}, {toString}", {})).toBe("?, ?");
  });

  it("takes parameters as they are, whatever they contain", () => {
    expect(fillIn("<{a}>", { a: "$& {a}" })).toBe("<$& {a}>");
  });
});
