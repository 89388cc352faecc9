import type { ChildProcess } from "node:child_process"
import type { EnvironmentStatus } from "../../../src/status/core/status.ts"
import type { StatusDocument } from "../../../src/status/view/document.ts"
import type { Play } from "../../fake/aws/build-play.ts"
import { builtDigest, successPlay } from "../../fake/aws/deploy-world.ts"
import { defaultWorld, withSecret } from "../../fake/aws/world.ts"
import { type Stage, type StageOptions, startStage } from "../deploy/stage.ts"
import type { Run } from "../harness.ts"

/** The version that the secret of the stage begins with, and the one after a change of it. */
export const firstVersion = "00000000-0000-4000-8000-000000000002"
export const secondVersion = "00000000-0000-4000-8000-000000000003"

/** When the builds of the stage say that they sealed. */
export const sealedAt = "2026-01-02T03:01:40.123Z"

/** A build that tells which version of the secret it sealed, and when. */
export function sealingPlay(version = firstVersion, digest = builtDigest): Play {
  const play = successPlay(digest)
  const sealed = { ENVSEAL_SECRET_VERSION: version, ENVSEAL_SEALED_AT: sealedAt }
  return { ...play, exported: { ...play.exported, ...sealed } }
}

/** Lines of the settings under `production`. */
export const secretSetting = "    secret: shop/production\n"

/** A stage whose builds seal the secret, and whose settings name it. */
export function startStatusStage(options: Partial<StageOptions> = {}): Promise<Stage> {
  return startStage({ builds: [sealingPlay()], settings: secretSetting, ...options })
}

/** A release as a deploy would have written it down. */
export function recorded(image: string): Record<string, string> {
  const release = {
    images: { app: image },
    secretVersion: firstVersion,
    at: "2026-01-02T03:04:05.678Z",
    by: "anna@laptop",
  }
  return { "envseal.dev/releases": JSON.stringify([release]) }
}

/** Gives the secret another value, as `put-secret-value` does. */
export async function changeSecret({ aws }: Stage): Promise<void> {
  const versions = [
    { id: secondVersion, stages: ["AWSCURRENT"], string: '{"APP_KEY":"base64:new="}' },
    { id: firstVersion, stages: ["AWSPREVIOUS"], string: '{"APP_KEY":"base64:abc="}' },
  ]
  await aws.setWorld(withSecret(defaultWorld, "shop/production", { versions }))
}

/** How `envseal status --json` ended, and what it told. */
export interface Asked extends Run {
  readonly document: StatusDocument
  /** The first environment. */
  readonly first: EnvironmentStatus
}

/** @throws Error when it told nothing. */
export async function ask({ box, env }: Stage, ...args: readonly string[]): Promise<Asked> {
  const run = await box.envseal(["status", ...args, "--json"], { env })
  if (run.stdout === "") throw new Error(`it told nothing: ${run.stderr}`)
  const document: StatusDocument = JSON.parse(run.stdout)
  const [first] = document.environments
  if (first === undefined) throw new Error("it told of no environment")
  return { ...run, document, first }
}

/** `envseal status --watch`, as it goes on. */
export interface Following {
  readonly child: ChildProcess
  readonly done: Promise<Run>
  /** Waits until its standard output holds. @throws Error when it ends before. */
  until(holds: (text: string) => boolean): Promise<void>
}

export function follow({ box, env }: Stage, ...args: readonly string[]): Following {
  let process: ChildProcess | null = null
  const watch = (child: ChildProcess) => {
    process = child
  }
  const done = box.envseal(["status", "--watch", ...args], { env, watch })
  const child = process as ChildProcess | null
  if (child === null) throw new Error("a run has a process")
  let text = ""
  child.stdout?.on("data", (chunk: Buffer) => {
    text += chunk.toString()
  })
  const until = (holds: (text: string) => boolean) =>
    new Promise<void>((resolve, reject) => {
      const see = () => {
        if (holds(text)) resolve()
      }
      child.stdout?.on("data", see)
      child.once("close", () => reject(new Error(`it ended, having told: ${text}`)))
      see()
    })
  return { child, done, until }
}

/** The documents that were told so far, one a line. */
export function documentsIn<Document = StatusDocument>(text: string): readonly Document[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter(Boolean)
    .map((line): Document => JSON.parse(line))
}
