import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { freePort } from "../../fake/free-port.ts"
import { kubernetesBinary } from "../cluster/binaries.ts"
import type { ControlPlane } from "../cluster/control-plane.ts"
import { Program } from "../cluster/program.ts"
import { takeTurn } from "../turn.ts"
import { clearMachine, nodeAddress, partsOnMachine, prepareMachine } from "./machine.ts"
import { busyboxLayer, imageOf, writeArchive } from "./oci.ts"
import { type NodeSettings, pauseImage, writeNodeSettings } from "./settings.ts"

const name = "node-1"

/** A machine of the cluster with a kubelet and a containerd of its own, which can be killed and started again. */
export class RealNode {
  /** Path of what containerd and the kubelet say. */
  readonly log: string
  readonly #args: readonly string[]
  readonly #plane: ControlPlane
  readonly #turn: AsyncDisposable
  #program: Program | undefined
  #left: readonly string[] | undefined

  private constructor(plane: ControlPlane, args: readonly string[], log: string, turn: AsyncDisposable) {
    this.#plane = plane
    this.#args = args
    this.log = log
    this.#turn = turn
  }

  /** What was left of it on the machine when it was stopped for good. Before that: undefined. */
  get left(): readonly string[] | undefined {
    return this.#left
  }

  /** Makes what it needs of the machine when no other test has it, writes its settings, and starts it. */
  static async create(
    plane: ControlPlane,
    { folder, mirror }: Pick<NodeSettings, "folder" | "mirror">,
  ): Promise<RealNode> {
    mkdirSync(folder, { recursive: true })
    writeNodeSettings({ folder, mirror, ca: plane.ca, kubeletPort: await freePort() })
    await writeArchive(
      join(folder, "pause.tar"),
      pauseImage,
      imageOf(await busyboxLayer(folder), ["sleep", "infinity"]),
    )
    const kubeconfig = await plane.certificateKubeconfig(`system:node:${name}`, ["system:masters"])
    const script = join(import.meta.dirname, "node.sh")
    const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    const args = [...namespaces, script, folder, name, nodeAddress, kubeconfig, kubernetesBinary("kubelet")]
    const node = new RealNode(plane, args, join(folder, "node.log"), await takeTurn("node"))
    try {
      await prepareMachine()
      await node.start()
    } catch (error) {
      await node.stop()
      throw error
    }
    return node
  }

  /** Starts it, and waits until it says that it is ready. */
  async start(): Promise<void> {
    const since = new Date()
    const program = Program.start({ name, command: "unshare", args: this.#args, log: this.log })
    this.#program = program
    await program.untilReady(() => this.#isReady(since))
  }

  /** Ends all of it at once, pods too, as when the power fails. */
  async kill(): Promise<void> {
    await this.#program?.stop("SIGKILL")
    this.#program = undefined
  }

  /** Ends it for good: nothing of it is left on the machine but its folder. */
  async stop(): Promise<void> {
    await this.kill()
    await clearMachine()
    this.#left = partsOnMachine()
    await this.#turn[Symbol.asyncDispose]()
  }

  async #isReady(since: Date): Promise<boolean> {
    const { status, stdout } = await this.#plane.kubectl(["get", "node", name, "-o", "json"])
    if (status !== 0) return false
    const { status: said }: { readonly status: NodeStatus } = JSON.parse(stdout)
    return (said.conditions ?? []).some(
      ({ type, status: is, lastHeartbeatTime }) =>
        type === "Ready" && is === "True" && new Date(lastHeartbeatTime) >= floorToSecond(since),
    )
  }
}

interface NodeStatus {
  readonly conditions?: readonly {
    readonly type: string
    readonly status: string
    readonly lastHeartbeatTime: string
  }[]
}

/** The API server knows whole seconds. */
function floorToSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1_000) * 1_000)
}
