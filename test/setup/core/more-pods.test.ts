import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { parseAllDocuments } from "yaml"
import { parseConfig } from "../../../src/config/load.ts"
import { manifestsFor } from "../../../src/setup/core/manifests.ts"
import { moreParts } from "../../../src/setup/core/more-pods.ts"
import { settingsTextFor } from "../../../src/setup/core/settings-text.ts"
import { qaSite } from "./stacks.ts"

const site = qaSite({ app: "till", namespace: "retail" })
const files = manifestsFor(site, { more: moreParts })

/** The objects of a part's manifest, read as Kubernetes does. */
function objectsOf(part: string) {
  const text = files.find(({ path }) => path === `kubernetes/qa/${part}.yaml`)?.text ?? ""
  return parseAllDocuments(text, { strict: true, version: "1.1" }).map((one) => {
    expect([...one.errors, ...one.warnings]).toEqual([])
    return one.toJS()
  })
}

const podOf = (part: string) => objectsOf(part)[0].spec.template.spec

describe.each(moreParts)("the pods of %s", (part) => {
  test("are called after the app, and select what they label", () => {
    const [deployment] = objectsOf(part)
    expect(deployment).toMatchObject({
      kind: "Deployment",
      metadata: { name: `till-${part}`, namespace: "retail" },
      spec: { selector: { matchLabels: { app: "till", part } } },
    })
    expect(deployment.spec.template.metadata.labels).toEqual({ app: "till", part })
    const own = files.find(({ path }) => path.endsWith(`/${part}.yaml`))
    expect(own?.text).not.toMatch(/\bshop\b/)
  })

  test("open what the app's other pods open, with memory for it, no image and no rights", () => {
    const { containers, enableServiceLinks, securityContext, volumes } = podOf(part)
    const [app] = containers
    expect(app).not.toHaveProperty("image")
    expect(app).not.toHaveProperty("command")
    expect(app.env).toContainEqual({ name: "ENVSEAL_EXPECT", value: "app=till,environment=qa" })
    expect(enableServiceLinks).toBe(false)
    expect(securityContext.runAsUser).toBe(10_001)
    expect(app.securityContext.readOnlyRootFilesystem).toBe(true)
    expect(app.resources.limits.memory).toMatch(/^\d+Mi$/)
    expect(volumes[0]).toEqual({ name: "envseal", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } })
    expect(app.startupProbe.failureThreshold).toBe(60)
  })
})

test("no pod's probe gives up after the second that Kubernetes has for it, which a full node alone takes", () => {
  const probes = files.flatMap(({ text }) =>
    parseAllDocuments(text, { version: "1.1" }).flatMap((one) => {
      const containers: Record<string, { timeoutSeconds?: number }>[] =
        one.toJS()?.spec?.template?.spec?.containers ?? []
      return containers.flatMap(({ startupProbe, readinessProbe, livenessProbe }) =>
        [startupProbe, readinessProbe, livenessProbe].filter((probe) => probe !== undefined),
      )
    }),
  )
  expect(probes.length).toBeGreaterThan(6)
  for (const probe of probes) expect(probe.timeoutSeconds ?? 1).toBeGreaterThanOrEqual(3)
})

test("Reverb is asked by its own route, has a Service, and closes its connections once no new ones come", () => {
  const [, service] = objectsOf("reverb")
  const { containers, terminationGracePeriodSeconds } = podOf("reverb")
  const [{ args, ports, lifecycle, ...probes }] = containers
  expect(args).toEqual(["php", "artisan", "reverb:start", "--host=0.0.0.0", "--port=8080"])
  expect(ports).toEqual([{ name: "websocket", containerPort: 8080 }])
  for (const name of ["startupProbe", "readinessProbe", "livenessProbe"])
    expect(probes[name].httpGet).toEqual({ path: "/up", port: "websocket" })
  expect(lifecycle.preStop.exec.command.at(-1)).toBe("sleep 5; kill -TERM 1")
  expect(terminationGracePeriodSeconds).toBeGreaterThan(5)
  expect(service).toMatchObject({
    kind: "Service",
    metadata: { name: "till-reverb", namespace: "retail" },
    spec: { selector: { app: "till", part: "reverb" }, ports: [{ port: 80, targetPort: "websocket" }] },
  })
})

test("Pulse's server has one name, however often its pod is another one", () => {
  expect(podOf("pulse").containers[0].env).toContainEqual({ name: "PULSE_SERVER_NAME", value: "till" })
  expect(podOf("pulse-work").containers[0].env).toHaveLength(1)
})

test.each([
  ["pulse", "pulse:check", "SIGTERM"],
  ["pulse-work", "pulse:work", "SIGQUIT"],
] as const)(
  "%s runs %s, and ends with it on %s, which Pulse itself does not take",
  async (part, command, signal) => {
    const [program, flag, script] = podOf(part).containers[0].args as [string, string, string]
    const folder = mkdtempSync(join(tmpdir(), "envseal-pulse-"))
    try {
      // As in a container: whoever is process 1 has no signal that it does not take.
      writeFileSync(join(folder, "php"), `#!/bin/sh\necho "$*"\nexec sleep 600\n`, { mode: 0o755 })
      const child = spawn(program, [flag, script], {
        env: { PATH: `${folder}:/usr/bin:/bin` },
        stdio: ["ignore", "pipe", "inherit"],
      })
      const started = await new Promise<string>((resolve) =>
        child.stdout.once("data", (text) => resolve(`${text}`)),
      )
      const words = started.trim().split(" ")
      expect(words).toEqual(["artisan", command])
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
      child.kill(signal)
      // Its output is closed only when what it started has ended too.
      expect(await ended).toBe(143)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)

test("envseal.yaml has those workloads that the app has, and no others", () => {
  const workloadsOf = (more: typeof moreParts | []) => {
    const text = settingsTextFor([site], {
      require: null,
      recipients: [],
      workloads: [],
      publicValues: {},
      more,
    })
    return parseConfig(text, "envseal.yaml")
      .environments.get("qa")
      ?.workloads.map(({ name }) => name)
  }
  expect(workloadsOf([])).toEqual(["till-web", "till-worker", "till-schedule"])
  expect(workloadsOf(moreParts)).toEqual([
    ...["till-web", "till-worker", "till-schedule", "till-reverb", "till-pulse", "till-pulse-work"],
  ])
})
