import { execFileSync, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { createInterface } from "node:readline/promises"
import { setTimeout } from "node:timers/promises"
import { parseArgs } from "node:util"
import { runTrial, type TrialPorts } from "./run.ts"
import { refusalOf, trialCost, trialTag } from "./trial.ts"

const clone = resolve(import.meta.dirname, "../..")

/**
 * `npm run account -- --account DIGITS --region REGION --eks CLUSTER --app FOLDER`: the whole chain on a real account, with
 * the AWS CLI, Docker, kubectl and git of the one who runs it. Nobody has run it yet (docs/aws.md).
 */
async function main(): Promise<number> {
  const text = { type: "string" } as const
  const { values } = parseArgs({
    options: { account: text, region: text, eks: text, app: text, yes: { type: "boolean", default: false } },
  })
  const { account = "", region = "", eks = "", app = "" } = values
  const refusal = refusalOf(values, process.env)
  if (refusal !== null) {
    process.stderr.write(`${refusal}\n`)
    return 2
  }
  const id = randomBytes(3).toString("hex")
  process.stderr.write(
    `${trialCost}\nEverything gets the tag ${trialTag}=${id}, and is deleted at the end.\n`,
  )
  if (!values.yes && !(await isAgreed(account))) return 3
  const work = mkdtempSync(join(tmpdir(), "envseal-trial-"))
  try {
    copyApp(app, join(work, "app"))
    const ports = portsIn(work)
    return (await runTrial({ account, region, eks, app, id, clone }, ports)) ? 0 : 1
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function isAgreed(account: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false
  const line = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await line.question(`Write the account's id once more to begin (${account}): `)
  line.close()
  return answer.trim() === account
}

/** What git has of it, so that no `.env` comes along. */
function copyApp(app: string, to: string): void {
  mkdirSync(to)
  const archive = execFileSync("git", ["-C", app, "archive", "HEAD"], { maxBuffer: 2 ** 30 })
  execFileSync("tar", ["-x", "-C", to], { input: archive })
}

function portsIn(work: string): TrialPorts {
  const bin = join(work, "bin")
  mkdirSync(bin)
  writeFileSync(
    join(bin, "envseal"),
    `#!/bin/sh\nexec "${process.execPath}" "${clone}/bin/envseal.js" "$@"\n`,
  )
  chmodSync(join(bin, "envseal"), 0o755)
  let stopped = false
  // The child gets the signal of a terminal too: its step fails, and what was made goes.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => (stopped = true))
  // Ctrl-C ends a `tee` as well, and a terminal may be gone: it tears down all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {})
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}` }
  return {
    say: (line) => process.stderr.write(`== ${line}\n`),
    wait: (ms) => setTimeout(ms),
    isStopped: () => stopped,
    run: ([program = "", ...args], input) =>
      new Promise((done) => {
        const child = spawn(program, args, {
          cwd: join(work, "app"),
          env,
          stdio: ["pipe", "pipe", "inherit"],
        })
        let stdout = ""
        child.stdout.on("data", (part) => {
          stdout += part
          process.stdout.write(part)
        })
        child.stdin.on("error", () => {})
        child.stdin.end(input ?? "")
        child.on("error", (error) => {
          process.stderr.write(`${error.message}\n`)
          done({ status: 127, stdout })
        })
        child.on("close", (status) => done({ status: status ?? 1, stdout }))
      }),
  }
}

process.exitCode = await main()
