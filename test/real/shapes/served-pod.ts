import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseAllDocuments } from "yaml"
import type { Engine } from "../docker/engine.ts"
import { until } from "../docker/process.ts"

/** What of web.yaml is needed to run its pod without a cluster. */
interface ContainerSpec {
  readonly name: string
  readonly image?: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: readonly { readonly name: string; readonly value: string }[]
  readonly resources: { readonly limits: { readonly memory: string } }
  readonly volumeMounts: readonly {
    readonly name: string
    readonly mountPath: string
    readonly readOnly?: boolean
  }[]
}

interface PodSpec {
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number }
  readonly initContainers: readonly ContainerSpec[]
  readonly containers: readonly ContainerSpec[]
  readonly volumes: readonly {
    readonly name: string
    readonly emptyDir?: { readonly medium?: string; readonly sizeLimit: string }
    readonly configMap?: { readonly name: string }
  }[]
}

/** What was answered over HTTP. */
export interface Page {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** What a pod is given besides its manifest. */
export interface Given {
  readonly image: string
  /** A private key for what is sealed, in the place of a role at AWS. */
  readonly identity: string
  /** Folders of this machine, by where the app finds them. */
  readonly folders: Readonly<Record<string, string>>
}

/** The pod of a web.yaml, run by Docker as the kubelet would: same user, volumes, limits, and nothing around it. */
export class ServedPod implements AsyncDisposable {
  readonly #engine: Engine
  readonly #spec: PodSpec
  readonly #files: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly #given: Given
  readonly #folder = mkdtempSync(join(tmpdir(), "envseal-served-"))
  readonly #containers: string[] = []

  private constructor(engine: Engine, manifest: string, given: Given) {
    const objects = parseAllDocuments(manifest).map((document) => document.toJS())
    this.#engine = engine
    this.#spec = objects.find(({ kind }) => kind === "Deployment").spec.template.spec
    const maps = objects.filter(({ kind }) => kind === "ConfigMap")
    this.#files = Object.fromEntries(maps.map(({ metadata, data }) => [metadata.name, data]))
    this.#given = given
    chmodSync(this.#folder, 0o755)
    const { runAsUser, runAsGroup } = this.#spec.securityContext
    writeFileSync(join(this.#folder, "identity"), given.identity, { mode: 0o400 })
    chownSync(join(this.#folder, "identity"), runAsUser, runAsGroup)
  }

  /** @param manifest the text of web.yaml. @throws Error with what the containers said, when the pod is not ready in time. */
  static async start(engine: Engine, manifest: string, given: Given): Promise<ServedPod> {
    const pod = new ServedPod(engine, manifest, given)
    try {
      for (const one of pod.#spec.initContainers) await pod.#engine.docker(...pod.#args(one, ["--rm"]))
      for (const one of pod.#spec.containers)
        pod.#containers.push(await pod.#engine.docker(...pod.#args(one, ["--detach"])))
      await until("the pod to answer", async () => {
        const [app = ""] = pod.#containers
        if ((await engine.docker("inspect", "--format", "{{.State.Running}}", app)) !== "true")
          throw new Error("the app has ended")
        return pod.get("/up").then(
          ({ status }) => status === 200,
          () => false,
        )
      })
      return pod
    } catch (error) {
      const said = await pod.said()
      await pod[Symbol.asyncDispose]()
      throw new Error(said, { cause: error })
    }
  }

  /** What its containers wrote. */
  async said(): Promise<string> {
    const logs = this.#containers.map((id) => this.#engine.try(["logs", id]))
    return (await Promise.all(logs)).map(({ stdout, stderr }) => stdout + stderr).join("\n")
  }

  /** Runs a program beside the app. @returns its standard output. */
  exec(...command: readonly string[]): Promise<string> {
    return this.#engine.docker("exec", this.#containers[0] ?? "", ...command)
  }

  /** Asks nginx from inside of the pod: nobody else is on its network. */
  async get(path: string): Promise<Page> {
    const code = `$body = file_get_contents("http://127.0.0.1:8080$argv[1]", false,
      stream_context_create(["http" => ["ignore_errors" => true, "follow_location" => 0]]));
      if ($body === false) exit(1);
      preg_match("~^HTTP/\\\\S+ (\\\\d+)~", $http_response_header[0], $status);
      preg_match("~^content-type: (.*)$~mi", implode("\\n", $http_response_header), $type);
      echo json_encode(["status" => (int) $status[1], "type" => $type[1] ?? "", "body" => $body]);`
    return JSON.parse(await this.exec("php", "-r", code, "--", path))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#containers.length > 0)
      await this.#engine.try(["rm", "--force", "--volumes", ...this.#containers.toReversed()])
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #args(container: ContainerSpec, how: readonly string[]): string[] {
    const { image = this.#given.image, command = [], args = [] } = container
    const { runAsUser, runAsGroup } = this.#spec.securityContext
    const [entry, ...words] = command
    const [first] = this.#containers
    const isApp = container.name === "app"
    return [
      ...["run", ...how, "--network", first === undefined ? "none" : `container:${first}`],
      ...["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
      ...["--user", `${runAsUser}:${runAsGroup}`, "--memory", memory(container.resources.limits.memory)],
      ...(container.env ?? []).flatMap(({ name, value }) => ["--env", `${name}=${value}`]),
      ...(isApp
        ? [
            "--env",
            "ENVSEAL_IDENTITY_FILE=/given/identity",
            "--volume",
            `${this.#folder}/identity:/given/identity:ro`,
          ]
        : []),
      ...(isApp ? Object.entries(this.#given.folders) : []).flatMap(([to, from]) => [
        "--volume",
        `${from}:${to}`,
      ]),
      ...container.volumeMounts.flatMap((mount) => this.#mount(mount)),
      ...(entry === undefined ? [] : ["--entrypoint", entry]),
      ...[image, ...words, ...args],
    ]
  }

  #mount({ name, mountPath, readOnly = false }: ContainerSpec["volumeMounts"][number]): string[] {
    const volume = this.#spec.volumes.find((one) => one.name === name)
    const { runAsUser, runAsGroup } = this.#spec.securityContext
    if (volume?.emptyDir?.medium === "Memory")
      return [
        "--tmpfs",
        `${mountPath}:size=${memory(volume.emptyDir.sizeLimit)},uid=${runAsUser},gid=${runAsGroup},mode=0770`,
      ]
    const place = join(this.#folder, name)
    mkdirSync(place, { recursive: true })
    chmodSync(place, 0o777)
    const files = this.#files[volume?.configMap?.name ?? ""] ?? {}
    for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text)
    return ["--volume", `${place}:${mountPath}${readOnly ? ":ro" : ""}`]
  }
}

/** `64Mi` as Docker has it. */
function memory(quantity: string): string {
  return quantity.replace("Mi", "m").replace("Gi", "g")
}
