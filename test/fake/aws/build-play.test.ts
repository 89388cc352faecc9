import { describe, expect, test } from "vitest"
import { type PhaseFailure, phaseTypes, timetable } from "./build-play.ts"

const phasesWith = (failure: PhaseFailure) =>
  timetable({ failure }).map(({ type, status }) => `${type} ${status}`)

describe("a timetable", () => {
  test("has all phases in order, each after the one before, and ends with COMPLETED", () => {
    const spans = timetable({ seconds: { QUEUED: 100, BUILD: 0.5 } })
    expect(spans.map(({ type }) => type)).toEqual(phaseTypes)
    expect(spans.map(({ start }) => start)).toEqual([0, ...spans.slice(0, -1).map(({ end }) => end)])
    expect(spans.map(({ start, end }) => end - start).slice(1, 7)).toEqual([
      100_000, 10_000, 3000, 1000, 5000, 500,
    ])
    expect(spans.every(({ status }) => status === "SUCCEEDED")).toBe(true)
  })

  test("has an empty context for each phase on the machine, and none for the others", () => {
    const counts = timetable({}).map(({ contexts }) => contexts.length)
    expect(counts).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0])
    expect(timetable({})[3]?.contexts).toEqual([{ statusCode: "", message: "" }])
  })
})

describe("after a failed phase", () => {
  const before = [
    "SUBMITTED SUCCEEDED",
    "QUEUED SUCCEEDED",
    "PROVISIONING SUCCEEDED",
    "DOWNLOAD_SOURCE SUCCEEDED",
  ]
  const after = ["UPLOAD_ARTIFACTS SUCCEEDED", "FINALIZING SUCCEEDED", "COMPLETED SUCCEEDED"]

  test.each<[PhaseFailure, readonly string[]]>([
    [
      { phase: "QUEUED", status: "TIMED_OUT" },
      ["SUBMITTED SUCCEEDED", "QUEUED TIMED_OUT", "COMPLETED SUCCEEDED"],
    ],
    [{ phase: "PROVISIONING" }, [...before.slice(0, 2), "PROVISIONING FAILED", "COMPLETED SUCCEEDED"]],
    [{ phase: "DOWNLOAD_SOURCE" }, [...before.slice(0, 3), "DOWNLOAD_SOURCE FAILED", ...after.slice(1)]],
    [{ phase: "INSTALL" }, [...before, "INSTALL FAILED", ...after]],
    [
      { phase: "BUILD" },
      [
        ...[...before, "INSTALL SUCCEEDED", "PRE_BUILD SUCCEEDED", "BUILD FAILED", "POST_BUILD SUCCEEDED"],
        ...after,
      ],
    ],
    [
      { phase: "BUILD", status: "TIMED_OUT" },
      [...before, "INSTALL SUCCEEDED", "PRE_BUILD SUCCEEDED", "BUILD TIMED_OUT", "COMPLETED SUCCEEDED"],
    ],
  ])("%j comes what CodeBuild does", (failure, phases) => {
    expect(phasesWith(failure)).toEqual(phases)
  })

  test.each(phaseTypes.slice(0, -1))("%s that phase alone is not successful", (phase) => {
    const failed = phasesWith({ phase: phase as PhaseFailure["phase"] }).filter(
      (one) => !one.endsWith("SUCCEEDED"),
    )
    expect(failed).toEqual([`${phase} FAILED`])
  })

  test("its contexts are those that were given", () => {
    const contexts = [{ statusCode: "YAML_FILE_ERROR", message: "no buildspec" }]
    const spans = timetable({ failure: { phase: "DOWNLOAD_SOURCE", contexts } })
    expect(spans[3]?.contexts).toEqual(contexts)
  })
})
