import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { environmentFor, type FakeAws, startFakeAwsApart } from "../../fake/aws/client.ts"
import { registryPassword } from "../../fake/aws/ecr.ts"
import { account, region, roleArn } from "../../fake/aws/world.ts"
import { key } from "../../script/aws/world.ts"
import { type ControlPlane, startControlPlane } from "../cluster/control-plane.ts"
import { type Engine, startEngine } from "../docker/engine.ts"
import { root } from "../docker/folders.ts"
import { output, type Run, run } from "../docker/process.ts"
import { type Registry, startRegistry } from "../docker/registry.ts"
import { startAwsRelay } from "../node/aws-relay.ts"
import { nodeAddress } from "../node/machine.ts"
import { RealNode } from "../node/node.ts"
import { BuildMachine } from "./build-machine.ts"
import { type Database, startDatabase } from "./database.ts"
import { appFolder } from "./folders.ts"
import { podIdentity } from "./identity.ts"
import { makePublicImages, nginxImage } from "./public-images.ts"
import { chainSecret } from "./secret.ts"
import { chainWorld, clusterName, deployerRole, podAccount, podRole, sourceUrl } from "./world.ts"

export const namespace = "shop-production"
const ecr = `${account}.dkr.ecr.${region}.amazonaws.com`
const podNetwork = "10.88.0.0/24"
const envsealLimitMs = 420_000

/** An account, a cluster of one node, a registry, a database and a repository: all that a team has. */
export interface Chain extends AsyncDisposable {
  readonly aws: FakeAws
  readonly plane: ControlPlane
  readonly node: RealNode
  readonly engine: Engine
  readonly database: Database
  readonly machine: BuildMachine
  /** The app's repository, set up by `envseal init`. */
  readonly source: string
  /** What `envseal init` said. */
  readonly init: Run
  /** Commits all that was changed in the repository. */
  commit(subject: string): Promise<void>
  /** Runs a program in the repository as the one who deploys. */
  run(command: string, args: readonly string[], input?: string): Promise<Run>
  /** Runs envseal likewise. */
  envseal(args: readonly string[], input?: string): Promise<Run>
  /** Waits until every pod of the app is there and ready. */
  rolledOut(): Promise<void>
  /** Runs kubectl as the cluster's administrator. @throws Error when it does not end with 0. */
  kubectl(args: readonly string[], input?: string): Promise<string>
}

/** Starts all of it. Nothing is built or deployed yet, and the namespace is not there. */
export async function startChain(): Promise<Chain> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-chain-"))
  await using undo = new AsyncDisposableStack()
  undo.defer(() => rmSync(folder, { recursive: true, force: true }))
  // Nobody else's, whatever else runs on this machine.
  const [one, other] = crypto.getRandomValues(new Uint8Array(2))
  const address = `127.${one}.${other}.80`
  const registry = await startRegistry("AWS", registryPassword(account), `${address}:80`)
  undo.defer(() => registry.stop())
  const engine = await startEngine({ hosts: { [ecr]: address }, images: "chain" })
  undo.defer(() => engine.stop())
  await makePublicImages(engine)
  undo.defer(() => removeImages(engine))
  const binaryImage = await pushImages(engine)
  const source = join(folder, "shop")
  const init = await setUp(source, binaryImage)
  // Where the account's project says that the repository is.
  const gitSettings = `[user]\n\tname = a developer\n\temail = dev@example.com\n[url "${source}"]\n\tinsteadOf = ${sourceUrl}\n`
  writeFileSync(join(folder, ".gitconfig"), gitSettings)
  const aws = await startFakeAwsApart({ ...chainWorld(source, {}), secrets: [] })
  undo.defer(() => aws.stop())
  const plane = await startPlane(aws, join(folder, "plane"))
  undo.defer(() => plane.stop())
  const node = await startNode(plane, join(folder, "node"), registry)
  undo.defer(() => node.stop())
  const relay = await startAwsRelay(aws.url, folder)
  undo.defer(() => relay.stop())
  await plane.apply(...podIdentity(podAccount, relay.url))
  const database = await startDatabase(nodeAddress, podNetwork)
  undo.defer(() => database.stop())
  const { secrets } = chainWorld(source, chainSecret(database.settings))
  await aws.setWorld({ secrets })
  const env = {
    ...{
      PATH: `${join(root, ".cache/awscli/bin")}:${process.env["PATH"] ?? ""}`,
      HOME: folder,
      TMPDIR: folder,
    },
    ...environmentFor(aws, { via: "static", role: deployerRole, folder }),
  }
  const runHere: Chain["run"] = (command, args, input = "") =>
    run(command, args, { cwd: source, env, input, timeoutMs: envsealLimitMs })
  const commit = async (subject: string) => {
    for (const args of [
      ["add", "--all"],
      ["commit", "--quiet", "--message", subject],
    ])
      await output("git", args, { cwd: source, env })
  }
  await commit("Set up envseal")
  const machine = new BuildMachine(aws, engine, source)
  undo.defer(() => machine.stop())
  const kept = undo.move()
  return {
    ...{ aws, plane, node, engine, database, machine, source, init, commit, run: runHere },
    envseal: (args, input) => runHere(process.execPath, [join(root, "bin/envseal.js"), ...args], input),
    kubectl: (args, input = "") => plane.read(args, { input }),
    async rolledOut() {
      for (const name of ["shop-web", "shop-worker"])
        await plane.read([
          "rollout",
          "status",
          `deployment/${name}`,
          "--namespace",
          namespace,
          "--timeout=110s",
        ])
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Publishes the image that carries envseal, and the web server's. @returns the name of the first, by its digest. */
async function pushImages(engine: Engine): Promise<string> {
  const login = ["login", "--username", "AWS", "--password-stdin", ecr]
  const { status, stderr } = await engine.try(login, { input: registryPassword(account) })
  if (status !== 0) throw new Error(`docker login: ${stderr}`)
  const binaryImage = `${ecr}/envseal:test`
  const dockerfile = join(root, "docker/envseal.Dockerfile")
  await engine.docker("build", "--quiet", "--file", dockerfile, "--tag", binaryImage, join(root, "dist/bin"))
  const nginx = nginxImage.replace(/^[^/]+/, ecr)
  await engine.docker("tag", nginxImage, nginx)
  for (const name of [binaryImage, nginx]) await engine.docker("push", "--quiet", name)
  await engine.docker("logout", ecr)
  return engine.docker("image", "inspect", "--format", "{{index .RepoDigests 0}}", binaryImage)
}

async function removeImages(engine: Engine): Promise<void> {
  const names = await engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}", `${ecr}/*`)
  const ids = await engine.docker("images", "--quiet", "--no-trunc", `${ecr}/*`)
  const all = [...new Set(`${names}\n${ids}`.split("\n"))].filter((name) => !/^$|<none>/.test(name))
  if (all.length > 0) await engine.try(["rmi", "--force", ...all])
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

/** The cluster of EKS: the deployer is let in as the template says, and its tokens are known to the account. */
async function startPlane(aws: FakeAws, folder: string): Promise<ControlPlane> {
  const { cluster } = await aws.world()
  const plane = await startControlPlane({
    ...{ folder, users: {}, nodes: 0, issuer: cluster.issuer },
    tokenWebhook: { url: `${aws.url}/_eks/token-review/${clusterName}` },
  })
  const [podNamespace = "", serviceAccount = ""] = podAccount.split("/")
  await aws.setWorld({
    cluster: { ...cluster, publicKey: readFileSync(plane.accountsKey, "utf8") },
    eksClusters: [
      {
        ...{ name: clusterName, endpoint: plane.server, ca: readFileSync(plane.ca).toString("base64") },
        accessEntries: [{ role: roleArn(deployerRole), groups: [`${namespace}-deployers`] }],
        podIdentityAssociations: [
          { id: "a-0123456789abcdefg", namespace: podNamespace, serviceAccount, roleArn: roleArn(podRole) },
        ],
      },
    ],
  })
  return plane
}

/** A node whose role may pull from the account's registry, and which finds other people's image there too. */
async function startNode(plane: ControlPlane, folder: string, registry: Registry): Promise<RealNode> {
  const node = await RealNode.create(plane, { folder, mirror: { name: ecr, at: registry.host } })
  const authorization = Buffer.from(`AWS:${registryPassword(account)}`).toString("base64")
  const [publicRegistry = ""] = nginxImage.split("/")
  for (const name of [ecr, publicRegistry]) {
    const place = join(folder, "certs.d", name)
    mkdirSync(place, { recursive: true })
    const hosts = `server = "http://${registry.host}"
[host."http://${registry.host}"]
  capabilities = ["pull", "resolve"]
  [host."http://${registry.host}".header]
    authorization = "Basic ${authorization}"
`
    writeFileSync(join(place, "hosts.toml"), hosts)
  }
  return node
}
