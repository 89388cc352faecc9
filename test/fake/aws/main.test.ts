import { execFile } from "node:child_process"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { freePort } from "../free-port.ts"
import { defaultWorld } from "./world.ts"

interface Ended {
  readonly status: number | string
  readonly stdout: string
  readonly stderr: string
}

function main(args: readonly string[], input: string): Promise<Ended> {
  return new Promise((resolve) => {
    const path = join(import.meta.dirname, "main.ts")
    const child = execFile(
      process.execPath,
      [path, ...args],
      { timeout: 300_000 },
      (error, stdout, stderr) => {
        resolve({ status: error?.code ?? 0, stdout, stderr })
      },
    )
    child.stdin?.end(input)
  })
}

const world = `${JSON.stringify(defaultWorld)}\n`

describe("the program", () => {
  test("prints where it listens, in one line, and ends with its standard input", async () => {
    const { status, stdout, stderr } = await main([], world)
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
    expect(stdout).toMatch(/^{"url":"http:\/\/127\.0\.0\.1:\d+","listening":true}\n$/)
  })

  test("listens on the port that it is given", async () => {
    const port = await freePort()
    const { stdout } = await main(["--port", String(port)], world)
    expect(JSON.parse(stdout).url).toBe(`http://127.0.0.1:${port}`)
  })

  test("takes commands, one line each, and answers each by its id", async () => {
    const commands = [
      '{"id":1,"do":"requests"}',
      '{"id":2,"do":"fail","rule":{"with":"x"}}',
      '{"id":3,"do":"dance"}',
    ]
    const { stdout } = await main([], `${world}${commands.join("\n")}\n`)
    expect(stdout.trim().split("\n").slice(1)).toEqual([
      '{"id":1,"value":[]}',
      '{"id":2,"error":"unknown failure \\"x\\""}',
      '{"id":3,"error":"unknown command dance"}',
    ])
  })

  test.each([
    ["nothing", ""],
    ["no JSON", "{\n"],
    ["no world", "{}\n"],
  ])("does not start with %s on its standard input", async (_, input) => {
    const { status, stdout } = await main([], input)
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" })
  })

  test("does not start with an option that it does not know", async () => {
    expect(await main(["--host", "0.0.0.0"], world)).toMatchObject({ status: 1, stdout: "" })
  })
})
