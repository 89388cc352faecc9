import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { environmentFor, type FakeAws, startFakeAwsApart } from "../../fake/aws/client.ts"
import { registryPassword } from "../../fake/aws/ecr.ts"
import { account, region } from "../../fake/aws/world.ts"
import { key } from "../../script/aws/world.ts"
import type { Engine } from "../docker/engine.ts"
import { root } from "../docker/folders.ts"
import { output, type Run, run } from "../docker/process.ts"
import { startRegistry } from "../docker/registry.ts"
import { hangMs } from "../hang.ts"
import { nodeAddress } from "../node/machine.ts"
import { BuildMachine } from "./build-machine.ts"
import { startCluster } from "./cluster.ts"
import { databasePlace, settingsOf } from "./database.ts"
import { appFolder } from "./folders.ts"
import { startImages } from "./images.ts"
import { chainSecret } from "./secret.ts"
import { chainWorld, clusterName, deployerRole, emptyWorld, sourceUrl } from "./world.ts"

/** An account, a cluster of one node, a registry, a database and a repository: all that a team has. */
export interface Chain extends AsyncDisposable {
  readonly aws: FakeAws
  readonly engine: Engine
  readonly machine: BuildMachine
  /** The app's repository, set up by `envseal init`. */
  readonly source: string
  /** What `envseal init` said. */
  readonly init: Run
  /** The app's secret as it is first. */
  readonly secret: Readonly<Record<string, string>>
  /** Runs a program in the repository as the one who deploys. */
  run(command: string, args: readonly string[], input?: string): Promise<Run>
  /** Runs envseal likewise. */
  envseal(args: readonly string[], input?: string): Promise<Run>
  /** Runs kubectl as the cluster's administrator, once there is a cluster. @throws Error when it does not end with 0. */
  kubectl(args: readonly string[], input?: string): Promise<string>
  /** What the database answers to a statement, as `psql` prints it without any frame. */
  ask(statement: string): Promise<string>
}

/**
 * Starts all of it. Nothing is built or deployed yet, and the namespace is not there. The cluster is still starting: it
 * may have to wait for its turn with the machine, which builds do not need.
 */
export async function startChain(): Promise<Chain> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-chain-"))
  await using undo = new AsyncDisposableStack()
  undo.defer(() => rmSync(folder, { recursive: true, force: true }))
  const aws = await startFakeAwsApart(emptyWorld)
  undo.defer(() => aws.stop())
  // Nobody else's, whatever else runs on this machine.
  const [one, other] = crypto.getRandomValues(new Uint8Array(2))
  const address = `127.${one}.${other}.80`
  const registry = await startRegistry("AWS", registryPassword(account), `${address}:80`)
  undo.defer(() => registry.stop())
  const place = await databasePlace(nodeAddress)
  const cluster = startCluster({ aws, folder, registry: registry.host, place })
  undo.defer(async () => {
    const started = await cluster.catch(() => undefined)
    await started?.[Symbol.asyncDispose]()
  })
  const { engine, binaryImage } = await startImages(undo, address)
  const source = join(folder, "shop")
  const init = await setUp(source, binaryImage)
  // Where the account's project says that the repository is.
  const gitSettings = `[user]\n\tname = a developer\n\temail = dev@example.com\n[url "${source}"]\n\tinsteadOf = ${sourceUrl}\n`
  writeFileSync(join(folder, ".gitconfig"), gitSettings)
  const secret = chainSecret(settingsOf(place))
  await aws.setWorld(chainWorld(source, secret))
  const env = {
    ...{
      PATH: `${join(root, ".cache/awscli/bin")}:${process.env["PATH"] ?? ""}`,
      HOME: folder,
      TMPDIR: folder,
    },
    ...environmentFor(aws, { via: "static", role: deployerRole, folder }),
  }
  const runHere: Chain["run"] = (command, args, input = "") =>
    run(command, args, { cwd: source, env, input, timeoutMs: hangMs })
  for (const args of [
    ["add", "--all"],
    ["commit", "--quiet", "--message", "Set up envseal"],
  ])
    await output("git", args, { cwd: source, env })
  const machine = new BuildMachine(aws, engine, source)
  undo.defer(() => machine.stop())
  const kept = undo.move()
  return {
    ...{ aws, engine, machine, source, init, secret, run: runHere },
    envseal: (args, input) => runHere(process.execPath, [join(root, "bin/envseal.js"), ...args], input),
    kubectl: async (args, input = "") => (await cluster).plane.read(args, { input }),
    ask: async (statement) => (await cluster).database.ask(statement),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Lays the app, and sets it up by one command. */
async function setUp(source: string, binaryImage: string): Promise<Run> {
  cpSync(appFolder, source, { recursive: true })
  await output("git", ["init", "--quiet", "--initial-branch", "main"], { cwd: source })
  await output("git", ["remote", "add", "origin", sourceUrl], { cwd: source })
  const args = [
    ...["init", "--yes", "--app", "shop", "--env", "production", "--account", account, "--region", region],
    ...["--eks", clusterName, "--kms-key", key, "--binary-image", binaryImage],
  ]
  const init = await run(process.execPath, [join(root, "bin/envseal.js"), ...args], { cwd: source })
  if (init.status !== 0) throw new Error(init.stderr)
  return init
}
