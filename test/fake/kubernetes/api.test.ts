import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { deployment, type FakeKubernetes, startFakeKubernetes } from "./client.ts"
import { type Reply, Wire } from "./wire.ts"

const deployments = "/apis/apps/v1/namespaces/shop/deployments"
const pods = "/api/v1/namespaces/shop/pods"

const dev = {
  namespace: "shop",
  groups: ["team"],
  rules: [
    { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list"] },
    { apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"], resourceNames: ["web"] },
  ],
}

let fake: FakeKubernetes
let admin: Wire
beforeAll(async () => {
  fake = await startFakeKubernetes({
    users: { admin: { rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] }, dev },
    plays: { "shop:1": { do: "ready", log: ["one", "two", "three"] } },
  })
  admin = new Wire(fake, await fake.token("admin"))
  await fake.deploy(deployment("web", { image: "shop:1", replicas: 2 }))
})
afterAll(() => fake.stop())

function metadataOf({ body }: Reply): Record<string, string> {
  return body["metadata"] as Record<string, string>
}

function namesOf({ body }: Reply): readonly string[] {
  return (body["items"] as { readonly metadata: { readonly name: string } }[]).map(
    ({ metadata }) => metadata.name,
  )
}

describe("who asks", () => {
  test("is known by a token or a client certificate", async () => {
    const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" }
    const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    for (const proof of [
      { token: await fake.token("dev") },
      { certificate: await fake.certificate("dev") },
    ]) {
      const reply = await admin.send(path, { method: "POST", body: review, ...proof })
      expect(reply.status).toBe(201)
      expect(reply.body["status"]).toEqual({
        userInfo: { username: "dev", groups: ["team", "system:authenticated"] },
      })
    }
  })

  test("is refused with what is not good", async () => {
    const expired = await fake.certificate("dev", -1000)
    const token = await fake.token("dev")
    await fake.expireTokens("dev")
    for (const proof of [{ token: "x" }, { token }, { certificate: expired }]) {
      const reply = await admin.send(deployments, proof)
      expect(reply.status).toBe(401)
      expect(reply.body).toMatchObject({ kind: "Status", reason: "Unauthorized", code: 401 })
    }
    expect((await admin.send(deployments, { token: await fake.token("dev") })).status).toBe(200)
  })

  test("is nobody without anything, who may see the version", async () => {
    expect((await admin.send("/version", { token: "" })).body["gitVersion"]).toMatch(/^v1\./)
    const reply = await admin.send(deployments, { token: "" })
    expect(reply.status).toBe(403)
    expect(reply.body["message"]).toContain('User "system:anonymous" cannot list resource "deployments"')
  })
})

describe("what somebody may do", () => {
  const access = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

  test.each([
    ["list", "", true],
    ["patch", "web", true],
    ["patch", "api", false],
    ["delete", "web", false],
  ])("is answered as it is enforced: %s %j", async (verb, name, allowed) => {
    const token = await fake.token("dev")
    const resourceAttributes = { namespace: "shop", verb, group: "apps", resource: "deployments", name }
    const body = {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes },
    }
    const reply = await admin.send(access, { method: "POST", body, token })
    expect([reply.status, reply.body["status"]]).toEqual([201, { allowed }])
  })

  test("is refused otherwise, also in another namespace", async () => {
    const token = await fake.token("dev")
    const statuses = await Promise.all(
      [pods, "/apis/apps/v1/namespaces/default/deployments", `${deployments}?watch=true`].map((path) =>
        admin.send(path, { token }),
      ),
    )
    expect(statuses.map(({ status }) => status)).toEqual([403, 403, 403])
  })
})

describe("reading", () => {
  test("gives an object, or says that there is none", async () => {
    const reply = await admin.send(`${deployments}/web`)
    expect(reply.body).toMatchObject({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } })
    const missing = await admin.send(`${deployments}/api`)
    expect(missing.body).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: 'deployments.apps "api" not found',
      reason: "NotFound",
      details: { name: "api", group: "apps", kind: "deployments" },
      code: 404,
    })
  })

  test("a list is selected by labels and fields", async () => {
    expect(namesOf(await admin.send(`${pods}?labelSelector=app%3Dweb`))).toHaveLength(2)
    expect(namesOf(await admin.send(`${pods}?labelSelector=app%3Dapi`))).toEqual([])
    expect(namesOf(await admin.send(`${deployments}?fieldSelector=metadata.name%3Dweb`))).toEqual(["web"])
  })

  test("a list comes in pages of one moment", async () => {
    const first = await admin.send(`${pods}?limit=1`)
    expect(metadataOf(first)["remainingItemCount"]).toBe(1)
    const [gone = ""] = namesOf(await admin.send(pods)).slice(1)
    await fake.delete("pods", gone)
    await fake.until("pods", (all) => all.every(({ metadata }) => metadata.name !== gone))
    const next = `${pods}?limit=1&continue=${metadataOf(first)["continue"]}`
    const second = await admin.send(next)
    expect(namesOf(second)).toEqual([gone])
    expect(metadataOf(second)["continue"]).toBeUndefined()
    await fake.forget()
    expect((await admin.send(next)).status).toBe(410)
    await fake.rolledOut("deployments", "web")
  })

  test.each([
    ["/apis/apps/v2/namespaces/shop/deployments", 404],
    ["/apis/apps/v1/namespaces/shop/deploys", 404],
    ["/nothing", 404],
    [`${deployments}/web/scale`, 404],
    [`${deployments}?watches=true`, 400],
    [`${deployments}?limit=ten`, 400],
  ])("what is not there is refused: %s", async (path, status) => {
    expect((await admin.send(path)).status).toBe(status)
  })

  test("a method that a resource has not is refused", async () => {
    expect((await admin.send(pods, { method: "POST", body: {} })).status).toBe(405)
    expect((await admin.send(deployments, { method: "DELETE" })).status).toBe(405)
  })
})

describe("a log", () => {
  const logOf = async (query: string) => {
    const [name] = namesOf(await admin.send(pods))
    return admin.send(`${pods}/${name}/log${query}`)
  }

  test("is what the play writes, or its last lines", async () => {
    expect((await logOf("")).text).toBe("one\ntwo\nthree\n")
    expect((await logOf("?container=app&tailLines=2")).text).toBe("two\nthree\n")
    expect((await logOf("?tailLines=2&limitBytes=6")).text).toBe("two\nth")
  })

  test("there is none of a run before the first, nor of a container that is not there", async () => {
    const previous = await logOf("?previous=true")
    expect([previous.status, previous.body["message"]]).toEqual([
      400,
      expect.stringMatching(/^previous terminated container "app" in pod "web-.*" not found$/),
    ])
    expect((await logOf("?container=web")).body["message"]).toMatch(
      /^container web is not valid for pod web-/,
    )
  })
})
