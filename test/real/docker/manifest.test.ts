import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { parseConfig } from "../../../src/config/load.ts"
import type { Deployment } from "../../../src/core/kubernetes.ts"
import { isReadyTold } from "../../../src/deploy/core/settle.ts"
import { root } from "./folders.ts"
import { containerOf, manifests, podsOf, resourcesOf } from "./manifest.ts"

const dockerfile = readFileSync(join(root, "docker/Dockerfile"), "utf8")
const guide = readFileSync(join(root, "docs/container.md"), "utf8")
const workloads = manifests.filter((name) => podsOf(name).length > 0)

test("the manifests are a service account, and a pod template each for web, worker and schedule", () => {
  const kinds = manifests.flatMap((name) => resourcesOf(name).map(({ kind }) => `${name} ${kind}`))
  expect(kinds.sort()).toEqual([
    "schedule.yaml CronJob",
    "service-account.yaml ServiceAccount",
    "web.yaml ConfigMap",
    "web.yaml Deployment",
    "web.yaml Service",
    "worker.yaml Deployment",
  ])
  const [account] = resourcesOf("service-account.yaml")
  for (const pod of workloads.flatMap(podsOf)) expect(pod.serviceAccountName).toBe(account?.metadata.name)
})

describe.each(workloads)("%s", (name) => {
  const [pod] = podsOf(name)
  const app = containerOf(name)

  test("runs as the image's user, which is not root", () => {
    const [, user] = /^USER (\d+):\1$/m.exec(dockerfile) ?? []
    const id = Number(user)
    expect(pod?.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: id,
      runAsGroup: id,
      fsGroup: id,
      seccompProfile: { type: "RuntimeDefault" },
    })
  })

  test("gives no container a right, a disk to write to, or memory without a limit", () => {
    for (const { securityContext, resources } of [
      ...(pod?.initContainers ?? []),
      ...(pod?.containers ?? []),
    ]) {
      expect(resources?.limits?.memory).toMatch(/^\d+Mi$/)
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      })
    }
  })

  test("mounts memory of a limited size where the image writes", () => {
    const mounts = app.volumeMounts.map(({ mountPath }) => mountPath)
    expect(mounts).toEqual(["/run/envseal", "/var/www/html/storage", "/tmp"])
    const mentioned = [...dockerfile.matchAll(/APP_\w+_CACHE=(\S+)\/\w+\.php/g)].map(([, folder]) => folder)
    expect(new Set(mentioned)).toEqual(new Set(["/run/envseal"]))
    for (const { name } of app.volumeMounts) {
      const volume = pod?.volumes.find((one) => one.name === name)
      expect(volume?.emptyDir).toEqual({ medium: "Memory", sizeLimit: expect.stringMatching(/^\d+Mi$/) })
    }
  })

  test("gets no variable of a Service, which would win over what is sealed", () => {
    expect(pod?.enableServiceLinks).toBe(false)
  })

  test("says what it expects and which key, keeps the entrypoint, and lets the failure be seen", () => {
    expect(app.env?.map(({ name }) => name)).toEqual(["ENVSEAL_EXPECT", "ENVSEAL_KMS_KEY"])
    expect(app).not.toHaveProperty("image")
    expect(app.command).toBeUndefined()
    expect(app.terminationMessagePolicy).toBe("FallbackToLogsOnError")
  })
})

test.each(["web.yaml", "worker.yaml"])(
  "%s is probed, so that its pods are not ready before the app is",
  (name) => {
    const rolledOut = resourcesOf(name).filter(({ kind }) => kind === "Deployment")
    expect(rolledOut).toHaveLength(1)
    for (const workload of rolledOut)
      expect(isReadyTold(workload as unknown as Deployment, ["app"])).toBe(true)
  },
)

test("php-fpm has time for the requests that it is answering", () => {
  const configuration = readFileSync(join(root, "docker/php-fpm.conf"), "utf8")
  const [, seconds] = /^process_control_timeout = (\d+)s$/m.exec(configuration) ?? []
  const [, pause] = containerOf("web.yaml").lifecycle?.preStop.exec.command ?? []
  const grace = podsOf("web.yaml")[0]?.terminationGracePeriodSeconds
  expect(Number(pause) + Number(seconds)).toBeLessThan(Number(grace))
})

describe("web.yaml", () => {
  const [pod] = podsOf("web.yaml")
  const nginx = pod?.containers.find(({ name }) => name === "nginx")

  test("has php-fpm where its own pod reaches it alone, asked from inside", () => {
    const configuration = readFileSync(join(root, "docker/php-fpm.conf"), "utf8")
    const [, place = ""] = /^listen = (.+)$/m.exec(configuration) ?? []
    expect(place).toBe("127.0.0.1:9000")
    const app = containerOf("web.yaml")
    for (const probe of [app.startupProbe, app.livenessProbe])
      expect(probe?.exec?.command.join(" ")).toContain("fsockopen('127.0.0.1', 9000)")
    expect(readFileSync(join(root, "docker/kubernetes/web.yaml"), "utf8")).toContain(`fastcgi_pass ${place};`)
    expect(app).not.toHaveProperty("ports")
  })

  test("gives nginx the files of the image that php-fpm runs, by a container that is declared to open nothing", () => {
    const [copy, ...others] = pod?.initContainers ?? []
    expect(others).toEqual([])
    expect(copy).toMatchObject({ name: "public" })
    expect(copy).not.toHaveProperty("image")
    expect(copy?.command).toEqual(["cp", "-Rpf", "/var/www/html/public", "/static"])
    expect(nginx?.volumeMounts).toContainEqual({ name: "static", mountPath: "/static", readOnly: true })
    const { environments } = parseConfig(readFileSync(join(root, "docker/app/envseal.yaml"), "utf8"), "")
    const [web] = environments.get("production")?.workloads ?? []
    expect(web).toMatchObject({ kind: "Deployment", name: "shop-web", withoutOpen: ["public"] })
  })
})

test("docs/container.md names files that are there", () => {
  const named = [...guide.matchAll(/\]\((\.\.\/[^)#]+)\)/g)].map(([, path]) => path ?? "")
  expect(named.length).toBeGreaterThan(3)
  for (const path of named) expect(() => readFileSync(join(root, "docs", path)), path).not.toThrow()
})
