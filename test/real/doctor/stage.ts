import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { environmentFor, startFakeAwsApart } from "../../fake/aws/client.ts"
import {
  healthyWorld,
  namespace,
  repositoryFiles,
  rules,
  schedule,
  serviceAccount,
  settingsText,
  web,
} from "../../script/doctor/site.ts"
import type { Scene } from "../../script/doctor/stage.ts"
import { program, type Run, sandbox } from "../../script/harness.ts"
import { kubernetesBinary } from "../cluster/binaries.ts"
import { startControlPlane } from "../cluster/control-plane.ts"
import { contextName } from "../cluster/kubeconfig.ts"

const root = join(import.meta.dirname, "../../..")
const group = "rbac.authorization.k8s.io"
const roleName = "envseal-shop-production"

/** A fake AWS, a control plane that is its EKS cluster `shop`, and the command lines of both. */
export interface Stage extends Scene, AsyncDisposable {
  /** Puts everything back in order. */
  reset(): Promise<void>
  /** Of a user of the cluster who may do everything. */
  readonly adminKubeconfig: string
  /** Takes the Role from the deployer. */
  unbind(): Promise<void>
  /** A command line, as somebody who may do everything. */
  shell(line: string): Promise<Run>
}

export async function startStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-doctor-"))
  const box = sandbox(repositoryFiles)
  const plane = await startControlPlane({
    folder: join(folder, "plane"),
    users: { deployer: [], admin: ["system:masters"] },
  })
  await plane.namespace(namespace)
  const world = healthyWorld({ endpoint: plane.server, ca: (await readFile(plane.ca)).toString("base64") })
  const aws = await startFakeAwsApart(world)
  const act = (role: string) => environmentFor(aws, { via: "static", role, folder })
  const env = {
    deployer: { ...act("deployer"), KUBECONFIG: await plane.tokenKubeconfig("deployer") },
    "shop-build": act("shop-build"),
    "shop-pod": act("shop-pod"),
  }
  const mender = {
    ...act("admin"),
    KUBECONFIG: await plane.tokenKubeconfig("admin"),
    PATH: `${toolsIn(folder)}:${process.env["PATH"]}`,
    HOME: folder,
  }
  const kubectl = (...args: readonly string[]) => plane.read([...args, "--namespace", namespace])
  const reset = async () => {
    await aws.setWorld({ clockSkewSeconds: 0, ...world })
    await kubectl("delete", "--ignore-not-found", "deployment/web", "cronjob/schedule", "serviceaccount/shop")
    await plane.apply(...grant(), serviceAccount, { ...web }, { ...schedule })
    for (const [name, text] of Object.entries(repositoryFiles)) writeFileSync(box.path(name), text)
    writeFileSync(box.path("envseal.yaml"), settingsText({ context: contextName, server: plane.server }))
  }
  await reset()
  return {
    ...{ aws, box, env, reset, adminKubeconfig: mender.KUBECONFIG },
    unbind: async () => {
      await kubectl("delete", `rolebinding/${roleName}`)
    },
    shell: (line) => box.run("bash", ["-euo", "pipefail", "-c", line], { env: mender }),
    ground: {
      patch: async (resource, name, patch) => {
        await kubectl("patch", `${resource}/${name}`, "--type", "merge", "--patch", JSON.stringify(patch))
      },
      delete: async (resource, name) => {
        await kubectl("delete", `${resource}/${name}`)
      },
      takeRight: async () => {
        const at = rules.findIndex(
          ({ resources, resourceNames }) => resources.includes("deployments") && resourceNames !== undefined,
        )
        const patch = [{ op: "replace", path: `/rules/${at}/verbs`, value: ["get"] }]
        await kubectl("patch", `role/${roleName}`, "--type", "json", "--patch", JSON.stringify(patch))
      },
    },
    async [Symbol.asyncDispose]() {
      await plane.stop()
      await aws.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A folder with what remedies call, as a laptop has it. The clock is no business of a test: its command does nothing. */
function toolsIn(folder: string): string {
  const bin = join(folder, "bin")
  mkdirSync(bin)
  symlinkSync(join(root, ".cache/awscli/bin/aws"), join(bin, "aws"))
  symlinkSync(kubernetesBinary("kubectl"), join(bin, "kubectl"))
  const scripts = { envseal: `exec "${process.execPath}" "${program}" "$@"`, sudo: ":" }
  for (const [name, body] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  return bin
}

function grant() {
  const metadata = { name: roleName, namespace }
  return [
    { apiVersion: `${group}/v1`, kind: "Role", metadata, rules },
    {
      ...{ apiVersion: `${group}/v1`, kind: "RoleBinding", metadata },
      roleRef: { apiGroup: group, kind: "Role", name: roleName },
      subjects: [{ apiGroup: group, kind: "User", name: "deployer" }],
    },
  ]
}
