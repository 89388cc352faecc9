import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Play } from "../../fake/aws/build-play.ts"
import { environmentFor, type FakeAws, type WireBuild } from "../../fake/aws/client.ts"
import { region } from "../../fake/aws/world.ts"
import { type Build, runBuild } from "../docker/codebuild.ts"
import type { Engine } from "../docker/engine.ts"
import { root } from "../docker/folders.ts"
import { output } from "../docker/process.ts"
import { buildRole } from "./world.ts"

const lookMs = 200
const ended = { POST_BUILD: 0, FINALIZING: 0 }
/** Makes the builds that the fake AWS is asked to start, by the buildspec, one after the other. */
export class BuildMachine {
  /** All that were made, in their order. */
  readonly builds: Build[] = []
  readonly #aws: FakeAws
  readonly #engine: Engine
  readonly #source: string
  readonly #done: Promise<void>
  #stopped = false
  #held: Promise<unknown> = Promise.resolve()

  /** @param source the repository, which builds are cloned from. */
  constructor(aws: FakeAws, engine: Engine, source: string) {
    this.#aws = aws
    this.#engine = engine
    this.#source = source
    this.#done = this.#work()
  }

  /** Lets no build end before something else is done, which may go on beside it. It fails nothing when that fails. */
  holdUntil(done: Promise<unknown>): void {
    this.#held = done.catch(() => {})
  }

  /** Done when the build that is being made is. @throws Error when a build could not be made at all. */
  stop(): Promise<void> {
    this.#stopped = true
    return this.#done
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      const next = (await this.#aws.builds()).find(({ buildComplete }) => !buildComplete)
      if (next === undefined) await new Promise((resolve) => setTimeout(resolve, lookMs))
      else await this.#make(next)
    }
  }

  async #make(order: WireBuild): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "envseal-chain-build-"))
    try {
      const source = join(folder, "src")
      await output("git", ["clone", "--quiet", this.#source, source])
      await output("git", ["checkout", "--quiet", order.sourceVersion ?? "main"], { cwd: source })
      const commit = await output("git", ["rev-parse", "HEAD"], { cwd: source })
      const build = await this.#run(order, { folder, source, commit })
      await this.#held
      await this.#aws.endBuild(order.id, { ...playOf(build), resolvedSourceVersion: commit })
      this.builds.push(build)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  #run(
    { id, environment }: WireBuild,
    { folder, source, commit }: { readonly folder: string; readonly source: string; readonly commit: string },
  ): Promise<Build> {
    const path = (name: string) => join(folder, name)
    for (const name of ["bin", "home", "tmp"]) mkdirSync(path(name))
    symlinkSync(this.#engine.client, path("bin/docker"))
    symlinkSync(join(root, ".cache/awscli/bin/aws"), path("bin/aws"))
    const variables = environment.environmentVariables.map(({ name, value }) => [name, value] as const)
    const machine = {
      ...{ PATH: `${path("bin")}:/usr/bin:/bin`, HOME: path("home"), TMPDIR: path("tmp"), LANG: "C.UTF-8" },
      ...{ AWS_DEFAULT_REGION: region, ...this.#engine.environment },
      ...environmentFor(this.#aws, { via: "container", role: buildRole, folder: path("home") }),
    }
    return runBuild({ source, variables: Object.fromEntries(variables), machine, commit, id })
  }
}

function playOf({ status, exported, log }: Build): Play {
  const lines = log.split("\n").map((text) => ({ at: 0, text }))
  const play = { seconds: ended, lines, exported }
  if (status === "FAILED") {
    const contexts = [{ statusCode: "COMMAND_EXECUTION_ERROR", message: "exit status 1" }]
    return { ...play, failure: { phase: "BUILD", contexts } }
  }
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(exported["ENVSEAL_IMAGE"] ?? "")?.[1]
  if (digest === undefined) throw new Error(`the build exports no image: ${log}`)
  return { ...play, image: { repository: "shop", tags: ["build-{build}"], digest } }
}
