import { spawn } from "node:child_process"
import { mkdtemp, readFile, rm, stat } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import { Agent, get } from "node:https"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { json, text } from "node:stream/consumers"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { cronJob, deployment, type FakeKubernetes, startFakeKubernetes, type Way } from "./client.ts"
import { adminRules } from "./rbac.ts"
import { Wire } from "./wire.ts"

const deployments = "/apis/apps/v1/namespaces/shop/deployments"

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[]
  readonly contexts: readonly { readonly context: Readonly<Record<string, string>> }[]
  readonly users: readonly { readonly user: Readonly<Record<string, unknown>> }[]
}

let fake: FakeKubernetes
let admin: Wire
beforeAll(async () => {
  fake = await startFakeKubernetes({
    users: { admin: { rules: adminRules, groups: ["ops"] }, brief: { rules: adminRules, tokenMs: 300 } },
  })
  admin = new Wire(fake, await fake.token("admin"))
  await fake.deploy(deployment("web", { image: "shop:1" }), cronJob("clean", { image: "shop:1" }))
})
afterEach(async () => {
  await fake.clearFailures()
  await fake.clearRequests()
})
afterAll(() => fake.stop())

test("every request is in the log, with who asked what, and what came of it", async () => {
  await admin.send(`${deployments}?labelSelector=app%3Dweb`)
  await admin.send("/api/v1/namespaces/shop/secrets/app-env")
  await admin.send("/version", { token: "" })
  expect(await fake.requests()).toMatchObject([
    {
      verb: "list",
      group: "apps",
      resource: "deployments",
      namespace: "shop",
      name: "",
      query: { labelSelector: "app=web" },
      userAgent: "wire",
      user: "admin",
      outcome: "ok",
      status: 200,
    },
    { verb: "get", resource: "secrets", name: "app-env", outcome: "NotFound", status: 404 },
    { verb: "get", resource: "", path: "/version", user: "system:anonymous", status: 200 },
  ])
})

describe("a failure", () => {
  const image = { op: "replace", path: "/spec/template/spec/containers/0/image", value: "shop:lost" }
  const patch = { method: "PATCH", body: [image], contentType: "application/json-patch+json" }
  const imageNow = async () =>
    (await fake.read("deployments", "web"))?.spec.template.spec.containers[0]?.image

  test("that is a refusal says when to come back", async () => {
    await fake.fail({ times: 1, with: "throttle" })
    const reply = await admin.send(deployments)
    expect(reply.status).toBe(429)
    expect(reply.headers["retry-after"]).toBe("1")
    expect(reply.body).toMatchObject({ reason: "TooManyRequests", details: { retryAfterSeconds: 1 } })
    expect((await admin.send(deployments)).status).toBe(200)
  })

  test("breaks the connection, with nothing done", async () => {
    await fake.fail({ verb: "patch", with: "reset" })
    await expect(admin.send(`${deployments}/web`, patch)).rejects.toThrow(/socket hang up|ECONNRESET/)
    expect(await imageNow()).toBe("shop:1")
    expect(await fake.requests()).toMatchObject([{ outcome: "reset", status: 0 }])
  })

  test("loses the answer, with all done", async () => {
    await fake.fail({ verb: "patch", times: 1, with: "lost" })
    await expect(admin.send(`${deployments}/web`, patch)).rejects.toThrow(/socket hang up|ECONNRESET/)
    expect(await imageNow()).toBe("shop:lost")
    expect(await fake.requests()).toMatchObject([{ outcome: "lost", status: 0 }])
  })

  test("is an answer that is no JSON", async () => {
    await fake.fail({ with: "garbage" })
    const reply = await admin.send(deployments)
    expect(() => JSON.parse(reply.text)).toThrow()
  })

  test("is no answer", async () => {
    await fake.fail({ with: "hang" })
    const answer = admin.send(deployments).catch(() => "broken")
    await expect.poll(() => fake.requests()).toHaveLength(1)
    expect(await Promise.race([answer, sleep(100, "nothing")])).toBe("nothing")
    await fake.restart(0)
    expect(await answer).toBe("broken")
  })
})

describe("somebody else", () => {
  test("sets an image, a number of pods, and deletes", async () => {
    await fake.setImage("deployments", "web", "shop:2")
    await fake.scale("deployments", "web", 2)
    await fake.rolledOut("deployments", "web")
    expect(await fake.podImages("web")).toEqual(["shop:2", "shop:2"])
    await fake.setImage("cronjobs", "clean", "shop:2")
    const job = await fake.read("cronjobs", "clean")
    expect(job?.spec.jobTemplate.spec.template.spec.containers[0]?.image).toBe("shop:2")
    await fake.delete("cronjobs", "clean")
    expect(await fake.read("cronjobs", "clean")).toBeNull()
  })

  test("can do nothing to what is not there", async () => {
    await expect(fake.delete("deployments", "none")).rejects.toThrow("there is no deployments none")
    await expect(fake.scale("deployments", "none", 1)).rejects.toThrow('deployments.apps "none" not found')
  })
})

test("a play is for the pods that start from then on, and one that is none is refused", async () => {
  await fake.create(deployment("later", { image: "later:1" }))
  await fake.rolledOut("deployments", "later")
  await fake.play("later:1", { do: "never-ready" })
  await fake.scale("deployments", "later", 2)
  await fake.until(
    "pods",
    (pods) => pods.filter(({ metadata }) => metadata.labels?.["app"] === "later").length === 2,
  )
  expect((await fake.read("deployments", "later"))?.status?.readyReplicas).toBe(1)
  await expect(fake.play("later:1", { do: "dance" as "ready" })).rejects.toThrow("unknown play dance")
})

test("a token that lasts for a time is refused after it", async () => {
  let token = ""
  const status = async () => (await admin.send(deployments, { token })).status
  // One that is used in time.
  await expect
    .poll(async () => {
      token = await fake.token("brief")
      return status()
    })
    .toBe(200)
  await expect.poll(status).toBe(401)
})

test("a client certificate is known on a connection that goes on from another one", async () => {
  const { certificate: cert, key } = await fake.certificate("admin")
  const agent = new Agent({ ca: fake.ca, cert, key, keepAlive: false, maxCachedSessions: 10 })
  for (let attempt = 0; attempt < 3; attempt++) {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      get(`${fake.url}${deployments}`, { agent }, (answer) => {
        answer.resume()
        answer.once("end", () => resolve(answer.statusCode))
      }).once("error", reject)
    })
    expect(status).toBe(200)
  }
})

describe("a kubeconfig", () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "envseal-fake-"))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  async function write(way: Way): Promise<Kubeconfig> {
    const path = await fake.kubeconfig(folder, "admin", way)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    return JSON.parse(await readFile(path, "utf8"))
  }

  test("has the server, its authority, and the namespace", async () => {
    const { clusters, contexts } = await write("token")
    expect(clusters[0]?.cluster).toEqual({
      server: fake.url,
      "certificate-authority-data": Buffer.from(fake.ca).toString("base64"),
    })
    expect(contexts[0]?.context).toMatchObject({ namespace: "shop" })
  })

  test("has a token, or the file of one", async () => {
    const { token } = (await write("token")).users[0]?.user ?? {}
    const { tokenFile } = (await write("token-file")).users[0]?.user ?? {}
    for (const one of [String(token), await readFile(String(tokenFile), "utf8")]) {
      expect((await admin.send(deployments, { token: one })).status).toBe(200)
    }
  })

  test("has a certificate and its key, or the files of them", async () => {
    const inline = (await write("certificate")).users[0]?.user ?? {}
    const files = (await write("certificate-files")).users[0]?.user ?? {}
    const decode = (name: string) => Buffer.from(String(inline[name]), "base64").toString()
    for (const certificate of [
      { certificate: decode("client-certificate-data"), key: decode("client-key-data") },
      {
        certificate: await readFile(String(files["client-certificate"]), "utf8"),
        key: await readFile(String(files["client-key"]), "utf8"),
      },
    ]) {
      expect((await admin.send(deployments, { certificate })).status).toBe(200)
    }
  })

  test("has a plugin that gets a new token each time, and tells the fake what it was told", async () => {
    const { exec } = (await write("exec")).users[0]?.user ?? {}
    const { command, args, env } = exec as {
      readonly command: string
      readonly args: readonly string[]
      readonly env: readonly { readonly name: string; readonly value: string }[]
    }
    const given = Object.fromEntries(env.map(({ name, value }) => [name, value]))
    const child = spawn(command, args, { env: { ...given, KUBERNETES_EXEC_INFO: "{}" } })
    const credential = JSON.parse(await text(child.stdout))
    expect(credential).toMatchObject({
      kind: "ExecCredential",
      apiVersion: "client.authentication.k8s.io/v1",
    })
    expect((await admin.send(deployments, { token: credential.status.token })).status).toBe(200)
    expect(await fake.execInfos()).toEqual(["{}"])
  })
})

describe("tokens of EKS", () => {
  let webhook: Server
  let eks: FakeKubernetes
  beforeAll(async () => {
    webhook = createServer(async (request, response) => {
      const { spec } = (await json(request)) as { readonly spec: { readonly token: string } }
      const known = spec.token === "k8s-aws-v1.good"
      const user = { username: "arn:aws:iam::1:role/deployer", groups: ["deployers"] }
      response.end(JSON.stringify({ status: { authenticated: known, ...(known ? { user } : {}) } }))
    })
    await new Promise<void>((resolve) => webhook.listen(0, "127.0.0.1", resolve))
    eks = await startFakeKubernetes({
      users: { "arn:aws:iam::1:role/deployer": { rules: adminRules } },
      tokenWebhook: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/review?cluster=shop`,
    })
  })
  afterAll(async () => {
    await eks.stop()
    webhook.close()
  })

  test.each([
    ["k8s-aws-v1.good", 200],
    ["k8s-aws-v1.bad", 401],
  ])("are reviewed by who knows them: %s", async (token, status) => {
    expect((await new Wire(eks, token).send(deployments)).status).toBe(status)
  })
})

test.each([
  [{ nodes: 0 }, "the setup has no nodes"],
  [{ plays: { "shop:1": { do: "dance" } } }, "unknown play dance"],
  [{ node: 3 }, "unknown member node of the setup"],
])("a cluster that could not be does not start: %j", async (options, why) => {
  await expect(startFakeKubernetes(options as Parameters<typeof startFakeKubernetes>[0])).rejects.toThrow(why)
})

test("a cluster is gone after stop, also with a watch that is open", async () => {
  const other = await startFakeKubernetes()
  const wire = new Wire(other, await other.token("admin"))
  const watched = expect(wire.watch(`${deployments}?watch=true`, 1)).rejects.toThrow()
  await expect.poll(() => other.watches()).toBe(1)
  await other.stop()
  await watched
  // Its port may be another server's already, which has another certificate: so the reason is not looked at.
  await expect(wire.send("/version")).rejects.toThrow()
})
