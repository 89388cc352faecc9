import { execFile } from "node:child_process"
import { join } from "node:path"
import { expect, test } from "vitest"
import { defaultSetup } from "./setup.ts"

interface Ended {
  readonly status: number | string
  readonly stdout: string
  readonly stderr: string
}

function main(input: string): Promise<Ended> {
  return new Promise((resolve) => {
    const path = join(import.meta.dirname, "main.ts")
    const child = execFile(process.execPath, [path], { timeout: 300_000 }, (error, stdout, stderr) => {
      resolve({ status: error?.code ?? 0, stdout, stderr })
    })
    child.stdin?.end(input)
  })
}

const setup = `${JSON.stringify(defaultSetup)}\n`

test("the program prints where it listens, in one line, and ends with its standard input", async () => {
  const { status, stdout, stderr } = await main(setup)
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  expect(stdout).toMatch(/^{"url":"https:\/\/127\.0\.0\.1:\d+","listening":true}\n$/)
})

test("it takes commands, one line each, and answers each by its id", async () => {
  const commands = [
    '{"id":1,"do":"watches"}',
    '{"id":2,"do":"dance"}',
    '{"id":3,"do":"token","user":"nobody"}',
  ]
  const { stdout } = await main(`${setup}${commands.join("\n")}\n`)
  expect(stdout.trim().split("\n").slice(1)).toEqual([
    '{"id":1,"value":0}',
    '{"id":2,"error":"unknown command dance"}',
    '{"id":3,"error":"no user nobody"}',
  ])
})

test.each([
  ["nothing", ""],
  ["no JSON", "{\n"],
  ["no setup", "{}\n"],
])("it does not start with %s on its standard input", async (_, input) => {
  expect(await main(input)).toMatchObject({ status: 1, stdout: "" })
})
