import { spawn } from "node:child_process"
import { dirname, join } from "node:path"
import { environmentFor } from "../../fake/aws/client.ts"
import { region } from "../../fake/aws/world.ts"
import { kubernetesFolder } from "../../real/cluster/binaries.ts"
import { imageOf } from "../../real/cluster/plays.ts"
import { ownUsers } from "../../real/cluster/request-log.ts"
import { type Course, courseOf } from "./course.ts"
import { imagesOf, oldImage, openShop, workloads } from "./shop.ts"
import type { Stage } from "./stage.ts"
import type { Contender, Trial } from "./trial.ts"

const root = join(import.meta.dirname, "../../..")
const limitMs = 900_000
const tailLength = 1_000

/** A trial that went as it should. */
export interface Result {
  readonly trial: Trial
  readonly course: Course
  /** How many requests it cost. */
  readonly requests: Readonly<Record<"cluster" | "aws", number>>
}

/** Makes the trial's namespace and deploys to it. @throws Error when it does not end as it must. */
export async function run(stage: Stage, trial: Trial): Promise<Result> {
  const folder = await openShop(stage, trial)
  const env = await environmentOf(stage, trial, folder)
  const { status, output } = await start(commands[trial.contender](trial), env, folder)
  const end = JSON.stringify({ status, images: await imagesOf(stage, trial) })
  const wanted = JSON.stringify(endOf(trial))
  if (end !== wanted) {
    throw new Error(`${trial.name} ended with ${end}, not ${wanted}: ${output.slice(-tailLength)}`)
  }
  return await resultOf(stage, trial)
}

const commands: Readonly<Record<Contender, (trial: Trial) => readonly string[]>> = {
  script: ({ name }) => [join(root, "test/bench/deploy-script.sh"), name, name, ...workloads],
  envseal: () => [process.execPath, join(root, "bin/envseal.js"), "deploy", "production", "--json"],
}

/** A doomed rollout is left as it is by the script, and taken back by envseal. */
function endOf({ contender, case: { play }, n }: Trial): { status: number; images: readonly string[] } {
  const isGood = play === "ready"
  if (contender === "script") return { status: isGood ? 0 : 1, images: [imageOf(play, n)] }
  return isGood ? { status: 0, images: [imageOf(play, n)] } : { status: 8, images: [oldImage] }
}

async function environmentOf({ aws, plane }: Stage, { name, contender }: Trial, folder: string) {
  const programs = [join(root, ".cache/awscli/bin"), kubernetesFolder, dirname(process.execPath)]
  return {
    ...environmentFor(aws, { via: "static", role: name, folder }),
    // The AWS CLI's own variable.
    AWS_DEFAULT_REGION: region,
    KUBECONFIG: await plane.tokenKubeconfig(contender),
    PATH: [...programs, process.env["PATH"]].join(":"),
    HOME: folder,
  }
}

function start(
  [command = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<{ readonly status: number | null; readonly output: string }> {
  const child = spawn(command, args, { cwd, env, timeout: limitMs, stdio: ["ignore", "pipe", "pipe"] })
  let output = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8")
    stream.on("data", (text) => {
      output += text
    })
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (status) => resolve({ status, output }))
  })
}

async function resultOf({ aws, plane }: Stage, trial: Trial): Promise<Result> {
  const { name, contender } = trial
  const build = (await aws.builds()).find(({ projectName }) => projectName === name)
  if (build?.endTime === undefined) throw new Error(`${name} has no build that is complete`)
  const all = plane.requests(contender)
  const isHere = ({ uri }: { readonly uri: string }) => uri.includes(`/namespaces/${name}/`)
  const requests = all.filter(isHere)
  const said = plane.requests(ownUsers[0]).filter(isHere)
  const calls = (await aws.requests()).filter(({ principal }) => principal?.endsWith(`:role/${name}`))
  return {
    trial,
    course: courseOf(contender, {
      ...{ builtAtMs: build.endTime * 1000, requests, isGood: trial.case.play === "ready" },
      podsSaidMs: said.map(({ endedAt, receivedAt }) => Date.parse(endedAt ?? receivedAt)),
    }),
    requests: { cluster: requests.length, aws: calls.length },
  }
}
