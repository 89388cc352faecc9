import { describe, expect, test } from "vitest"
import { gateLineIn } from "../../../src/setup/core/buildspec.ts"

const buildspec = `phases:
  install:
    commands:
      - |
        case $ENVSEAL_ENVIRONMENT in
          production | staging) ;;
          *) echo "unknown environment" >&2; exit 2 ;;
        esac
`

describe("The line of a buildspec that lets environments through", () => {
  test.each([
    ["all that are there are in it", ["production", "staging"]],
    ["one that was added before is not in it", ["production", "staging", "qa"]],
    ["one of them is in it", ["demo", "staging"]],
  ])("is found when %s", (_, others) => {
    expect(gateLineIn(buildspec, others, "qb")).toBe(6)
  })

  test.each([
    ["the new one is in it", buildspec, ["production"], "staging"],
    ["it has none of them", buildspec, ["demo"], "qb"],
    ["there is no such line", "version: 0.2\n", ["production"], "qb"],
  ])("is not when %s", (_, text, others, name) => {
    expect(gateLineIn(text, others, name)).toBeNull()
  })
})
