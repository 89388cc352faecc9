import { describe, expect, test } from "vitest"
import type { Container, PodTemplate } from "../../../src/core/kubernetes.ts"
import { type HookJob, hookJob, hookJobName } from "../../../src/deploy/core/hook-job.ts"

const hook: HookJob = {
  name: "migrate",
  run: "shop:1b2c3d4e-0000-4000-8000-00000000abcd",
  container: "app",
  keep: [],
  command: ["php", "artisan", "migrate", "--force"],
  timeoutMs: 600_000,
  images: { app: "shop:2", setup: "shop:2" },
}

const app: Container = {
  name: "app",
  image: "shop:1",
  env: [{ name: "APP_ENV", value: "production" }],
  ports: [{ containerPort: 9000 }],
  lifecycle: { preStop: {} },
  livenessProbe: {},
  readinessProbe: {},
  startupProbe: {},
}

const template: PodTemplate = {
  metadata: { labels: { app: "web" }, annotations: { team: "shop" } },
  spec: {
    containers: [app, { name: "nginx", image: "nginx:1" }],
    initContainers: [
      { name: "setup", image: "shop:1" },
      { name: "wait", image: "busybox:1" },
    ],
    serviceAccountName: "shop",
    restartPolicy: "Always",
  },
}

const specOf = (change: Partial<HookJob> = {}, of = template) => hookJob(of, { ...hook, ...change }).spec
const podOf = (change: Partial<HookJob> = {}) => specOf(change).template.spec

/** What runs when the container's own `command` is this one. */
function entrypoint(command: unknown) {
  const spec = { ...template.spec, containers: [{ ...app, command }] }
  const [container] = specOf({}, { spec }).template.spec.containers
  return [container?.["command"], container?.["args"]]
}

describe("the Job of a hook", () => {
  test("runs one time and no longer than the hook may, and is kept for a day", () => {
    expect(specOf()).toMatchObject({
      backoffLimit: 0,
      activeDeadlineSeconds: 600,
      ttlSecondsAfterFinished: 86_400,
    })
    expect(podOf()["restartPolicy"]).toBe("Never")
  })

  test.each([
    [1, 1],
    [1_001, 2],
    [0, 1],
  ])("whose hook may take %i ms may take %i s", (timeoutMs, seconds) => {
    expect(specOf({ timeoutMs }).activeDeadlineSeconds).toBe(seconds)
  })

  test("has none of the workload's labels, which a Service would find it by", () => {
    const { metadata, spec } = hookJob(template, hook)
    const labels = { "app.kubernetes.io/managed-by": "envseal", "envseal.dev/hook": "migrate" }
    expect([metadata.labels, metadata.annotations]).toEqual([labels, { "envseal.dev/run": hook.run }])
    expect(spec.template.metadata).toEqual({ labels, annotations: { team: "shop" } })
  })

  test("acts as the workload's pods, with the new images, and without the containers beside", () => {
    expect(podOf()).toMatchObject({
      serviceAccountName: "shop",
      initContainers: [
        { name: "setup", image: "shop:2" },
        { name: "wait", image: "busybox:1" },
      ],
    })
    expect(podOf().containers).toEqual([
      { name: "app", image: "shop:2", env: app["env"], args: hook.command },
    ])
  })

  test("has no container when the one that it names is not there any more", () => {
    expect(podOf({ container: "gone" }).containers).toEqual([])
  })

  test("keeps the image's entrypoint, and a command that opens the configuration", () => {
    expect(entrypoint(undefined)).toEqual([undefined, hook.command])
    const opens = ["/usr/bin/envseal", "open", "--expect", "app=shop", "--"]
    expect(entrypoint([...opens, "php-fpm"])).toEqual([opens, hook.command])
    expect(entrypoint(["envseal", "open", "--"])).toEqual([["envseal", "open", "--"], hook.command])
  })

  test.each([
    { command: ["php-fpm"] },
    { command: ["sh", "-c", "--", "envseal"] },
    { command: ["my-envseal", "open", "--", "php-fpm"] },
    { command: ["envseal", "open"] },
    { command: "envseal open --" },
  ])("takes the place of a command that does not open it, such as $command", ({ command }) => {
    expect(entrypoint(command)).toEqual([hook.command, []])
  })
})

describe("the name of a hook's Job", () => {
  test("is the same for the same hook and run, and a DNS label", () => {
    expect(hookJobName(hook)).toBe("envseal-migrate-00000000abcd")
    expect(hookJobName({ name: "warm_Up", run: "A:1" })).toBe("envseal-warm--p-a1")
  })

  test("has the end of the run in it, however long the hook's name is", () => {
    const name = hookJobName({ name: "m".repeat(80), run: hook.run })
    expect(name).toMatch(/^envseal-m+-00000000abcd$/)
    expect(name.length).toBeLessThanOrEqual(63)
    expect(name.length).toBeGreaterThan(58)
  })
})

describe("containers beside the hook's own", () => {
  const proxy: Container = { name: "cloud-sql-proxy", image: "proxy:1", startupProbe: {}, command: ["proxy"] }
  const native: Container = { name: "logs", image: "logs:1", restartPolicy: "Always" }
  const pod: PodTemplate = {
    spec: {
      containers: [app, proxy, { name: "nginx", image: "nginx:1" }],
      initContainers: [native, { name: "setup", image: "shop:1" }],
    },
  }

  test("run as sidecars when the hook keeps them, before all init containers, with all that they have", () => {
    const { containers, initContainers = [] } = specOf({ keep: ["cloud-sql-proxy"] }, pod).template.spec
    expect(containers.map(({ name }) => name)).toEqual(["app"])
    expect(initContainers).toEqual([
      { ...proxy, restartPolicy: "Always" },
      native,
      { name: "setup", image: "shop:2" },
    ])
  })

  test("are left out otherwise, but for sidecars of the template", () => {
    const { containers, initContainers = [] } = specOf({}, pod).template.spec
    expect([...containers, ...initContainers].map(({ name }) => name)).toEqual(["app", "logs", "setup"])
  })

  test("get the new image too, where they have it", () => {
    const images = { app: "shop:2", nginx: "shop:2" }
    const [nginx] = specOf({ keep: ["nginx"], images }, pod).template.spec.initContainers ?? []
    expect(nginx).toMatchObject({ name: "nginx", image: "shop:2" })
  })
})

test("each attempt of a hook has its own name, never longer than a name may be", () => {
  const names = [1, 2, 5].map((attempt) => hookJobName({ ...hook, name: "m".repeat(32) }, attempt))
  expect(new Set(names).size).toBe(3)
  for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/)
  expect(hookJobName(hook, 2)).toBe(`${hookJobName(hook)}-2`)
})
