import { spawn } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { json } from "node:stream/consumers"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Deployment, Pod } from "../../../src/core/kubernetes.ts"
import { hangMs } from "../hang.ts"
import { containerLog, previousContainerLog } from "./container-logs.ts"
import { type ControlPlane, startControlPlane } from "./control-plane.ts"
import { imageOf } from "./plays.ts"
import { makeCronJob, makeDaemonSet, makeDeployment, makeStatefulSet } from "./workloads.ts"

const patience = { timeout: hangMs, interval: 250 }
let folder: string
let plane: ControlPlane

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "envseal-cluster-"))
  plane = await startControlPlane({
    folder: join(folder, "plane"),
    users: { deployer: ["deployers"], stranger: [] },
  })
})

afterAll(async () => {
  await plane?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function rolledOut(workload: string, namespace: string): Promise<string> {
  const { status, stdout, stderr } = await plane.kubectl([
    ...["rollout", "status", workload, "--namespace", namespace, `--timeout=${hangMs}ms`],
  ])
  return status === 0 ? stdout : stderr
}

describe("a control plane", () => {
  test("says the version that it was built from, as its kubectl does", async () => {
    const { clientVersion, serverVersion } = JSON.parse(await plane.read(["version", "-o", "json"]))
    expect(serverVersion.gitVersion).toMatch(/^v1\.\d+\.\d+$/)
    expect(clientVersion.gitVersion).toBe(serverVersion.gitVersion)
  })

  test("rolls out every kind of workload, and a second image after the first", async () => {
    const init = { namespace: "kinds", image: imageOf("ready"), initImage: imageOf("ready") }
    await plane.namespace("kinds")
    await plane.apply(
      makeDeployment({ ...init, name: "web", replicas: 20, sidecars: { proxy: imageOf("ready", 9) } }),
      makeStatefulSet({ ...init, name: "queue", replicas: 3 }),
      makeDaemonSet({ ...init, name: "agent" }),
      makeCronJob({ ...init, name: "clean" }),
    )
    for (const image of [imageOf("ready"), imageOf("ready", 1)]) {
      await plane.read(["set", "image", "-n", "kinds", "deployment/web", "daemonset/agent", `app=${image}`])
      await plane.read(["set", "image", "-n", "kinds", "statefulset/queue", `app=${image}`])
      for (const workload of ["deployment/web", "statefulset/queue", "daemonset/agent"]) {
        expect(await rolledOut(workload, "kinds")).toMatch(/successfully rolled out|roll out complete/)
      }
    }
    const web = await plane.object<Deployment>(["deployment/web", "-n", "kinds"])
    expect(web.status).toMatchObject({ replicas: 20, updatedReplicas: 20, availableReplicas: 20 })
    const agent = await plane.items<Pod>(["pods", "-n", "kinds", "-l", "app=agent"])
    expect(agent.map(({ spec }) => spec.nodeName).sort()).toEqual(["node-1", "node-2", "node-3", "node-4"])
  })

  test("gives the log of a container, and of its run before", async () => {
    const log = (...args: string[]) =>
      plane.read(["logs", "-n", "kinds", "deployment/web", "-c", "app", ...args])
    expect((await log()).trim().split("\n")).toEqual(containerLog)
    expect((await log("--previous")).trim().split("\n")).toEqual(previousContainerLog)
    expect((await log("--tail=1")).trim()).toBe(containerLog.at(-1))
  })
})

test("A pod that asks for more than a node has stays pending, as unschedulable.", async () => {
  await plane.namespace("large")
  const requests = { requests: { cpu: "65" } }
  await plane.apply(makeDeployment({ namespace: "large", name: "web", image: imageOf("ready") }))
  await plane.read([
    ...["patch", "deployment/web", "-n", "large", "--type=json", "-p"],
    JSON.stringify([{ op: "add", path: "/spec/template/spec/containers/0/resources", value: requests }]),
  ])
  const reasons = async () => {
    const pods = await plane.items<Pod>(["pods", "-n", "large", "-l", "app=web"])
    return pods.flatMap(({ status }) => status?.conditions?.map(({ reason }) => reason) ?? [])
  }
  await expect.poll(reasons, patience).toContain("Unschedulable")
})

describe("a user", () => {
  test("may do nothing without a Role, with a token or a certificate", async () => {
    for (const kubeconfig of [
      await plane.tokenKubeconfig("stranger"),
      await plane.certificateKubeconfig("eve"),
    ]) {
      const { status, stderr } = await plane.kubectl(["get", "pods"], { kubeconfig })
      expect(status).toBe(1)
      expect(stderr).toMatch(/Forbidden.*(stranger|eve)/s)
    }
  })

  test("may do what the Role of its group allows, and each request is counted", async () => {
    await plane.namespace("shop")
    await plane.read(["create", "role", "read", "-n", "shop", "--verb=get,list", "--resource=pods"])
    await plane.read(["create", "rolebinding", "read", "-n", "shop", "--role=read", "--group=deployers"])
    const kubeconfig = await plane.tokenKubeconfig("deployer")
    await plane.read(["get", "pods", "-n", "shop"], { kubeconfig })
    expect((await plane.kubectl(["delete", "pod", "x", "-n", "shop"], { kubeconfig })).status).toBe(1)
    const requests = plane
      .requests("deployer")
      .filter(({ uri }) => uri.startsWith("/api/v1/namespaces/shop/"))
    expect(requests.map(({ verb, status }) => ({ verb, status }))).toEqual([
      { verb: "list", status: 200 },
      { verb: "delete", status: 403 },
    ])
    expect(requests[0]?.userAgent).toMatch(/^kubectl\/v1\./)
  })

  test("is no user with a token of nobody", async () => {
    const { server, ca } = plane
    const flags = [`--server=${server}`, `--certificate-authority=${ca}`, "--token=nobody"]
    const { status, stderr } = await plane.kubectl(["get", "pods", ...flags], { kubeconfig: "/dev/null" })
    expect(status).toBe(1)
    expect(stderr).toMatch(/Unauthorized|must be logged in/i)
  })
})

test("A rollout goes on after the API server was killed in the middle of it.", async () => {
  await plane.namespace("restart")
  await plane.apply(
    makeDeployment({ namespace: "restart", name: "web", image: imageOf("ready"), replicas: 30 }),
  )
  await plane.stopApiServer()
  expect((await plane.kubectl(["get", "nodes", "--request-timeout=2s"])).status).toBe(1)
  await plane.startApiServer()
  expect(await rolledOut("deployment/web", "restart")).toContain("successfully rolled out")
})

test("A token that is in no file is shown to the webhook.", async () => {
  const webhook = createServer((request, response) => {
    void json(request).then((review) => {
      const isKnown = JSON.stringify(review).includes("k8s-aws-v1.good")
      const status = isKnown
        ? { authenticated: true, user: { username: "from-aws" } }
        : { authenticated: false }
      response.setHeader("content-type", "application/json")
      response.end(JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", status }))
    })
  })
  const port = await new Promise<number>((resolve) => {
    webhook.listen(0, "127.0.0.1", () => {
      const address = webhook.address()
      resolve(typeof address === "object" && address !== null ? address.port : 0)
    })
  })
  const eks = await startControlPlane({
    folder: join(folder, "eks"),
    tokenWebhook: { url: `http://127.0.0.1:${port}/authenticate` },
  })
  const whoAmI = (token: string) =>
    eks.kubectl(
      [
        ...["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"],
        ...[`--server=${eks.server}`, `--certificate-authority=${eks.ca}`, `--token=${token}`],
      ],
      { kubeconfig: "/dev/null" },
    )
  expect(await whoAmI("k8s-aws-v1.good")).toMatchObject({ status: 0, stdout: "from-aws" })
  expect(await whoAmI("k8s-aws-v1.bad")).toMatchObject({ status: 1 })
  await eks.stop()
  webhook.closeAllConnections()
  webhook.close()
})

test("Nothing is left running when the process that started it is killed.", async () => {
  const orphaned = join(folder, "orphaned")
  const module = new URL("./control-plane.ts", import.meta.url)
  const script = `import { startControlPlane } from "${module}"
await startControlPlane({ folder: "${orphaned}" })
console.log("started")`
  const starter = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  await new Promise((resolve) => starter.stdout.once("data", resolve))
  expect(commandsWith(orphaned).length).toBeGreaterThanOrEqual(5)
  starter.kill("SIGKILL")
  await expect.poll(() => commandsWith(orphaned), patience).toEqual([])
})

/** The command lines of running programs that name the folder. */
function commandsWith(path: string): readonly string[] {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
  return ids.map(commandOf).filter((command) => command.includes(path))
}

function commandOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8")
  } catch {
    // It has ended meanwhile.
    return ""
  }
}
