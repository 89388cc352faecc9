import { describe, expect, test } from "vitest"
import { hasColours } from "../../src/cli/colour.ts"

const scene = { args: ["status"], environment: {}, terminal: true }

describe("Colours", () => {
  test.each([
    ["on a terminal", {}, true],
    ["not in a pipe", { terminal: false }, false],
    ["not on a terminal with NO_COLOR", { environment: { NO_COLOR: "1" } }, false],
    ["with an empty NO_COLOR", { environment: { NO_COLOR: "" } }, true],
    ["not on a dumb terminal", { environment: { TERM: "dumb" } }, false],
    ["in a pipe with FORCE_COLOR", { terminal: false, environment: { FORCE_COLOR: "1" } }, true],
    ["not with FORCE_COLOR=0", { environment: { FORCE_COLOR: "0" } }, false],
    ["not with FORCE_COLOR=false", { environment: { FORCE_COLOR: "false" } }, false],
    ["not in a pipe with an empty FORCE_COLOR", { terminal: false, environment: { FORCE_COLOR: "" } }, false],
    [
      "with FORCE_COLOR, which counts before NO_COLOR",
      { environment: { FORCE_COLOR: "3", NO_COLOR: "1" } },
      true,
    ],
    ["not with --no-color", { args: ["status", "--no-color"] }, false],
    [
      "not with --no-color, whatever the environment says",
      { args: ["--no-color", "status"], environment: { FORCE_COLOR: "1" } },
      false,
    ],
    ["when --no-color is the command's", { args: ["open", "--", "ls", "--no-color"] }, true],
  ])("are there %s", (_, change, expected) => {
    expect(hasColours({ ...scene, ...change })).toBe(expected)
  })
})
