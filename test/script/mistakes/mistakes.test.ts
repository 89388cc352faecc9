import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { recipient } from "../harness.ts"
import { clusterMistakesOf } from "./cluster-rows.ts"
import { type Places, startPlaces } from "./places.ts"
import { runMistakesOf } from "./rows.ts"
import { secretRunMistakesOf } from "./secret-rows.ts"

const all = { ...runMistakesOf, ...clusterMistakesOf, ...secretRunMistakesOf }
const rows = Object.values(all).flatMap((mistakes) =>
  mistakes.map(([place, line, outcome]) => ({ place, line, outcome })),
)

let places: Places
beforeAll(async () => {
  places = await startPlaces()
})
afterAll(() => places?.[Symbol.asyncDispose]())

/** The first line that begins so, without it. */
function lineOf(text: string, begin: string): string | undefined {
  const line = text.split("\n").find((one) => one.startsWith(begin))
  return line?.slice(begin.length)
}

describe.concurrent("a command that is right, where something is not", () => {
  test.each(rows)("$place: $line", async ({ place, line, outcome }) => {
    const { folder, env, server } = await places.at(place)
    const words = line.replace("RECIPIENT", recipient).split(" ")
    const { status, stderr } = await folder.envseal(words, { env })
    const told = stderr
      .replaceAll(folder.folder, "FOLDER")
      .replaceAll(server, "SERVER")
      .replaceAll(recipient, "RECIPIENT")
    expect({
      status,
      message: lineOf(told, "envseal: error: "),
      hint: lineOf(told, "envseal: hint: "),
    }).toEqual(outcome)
  })
})
