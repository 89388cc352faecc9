import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { output, run, until } from "../docker/process.ts"

/** The network link of the node's pods. */
export const bridge = "envs0"
/** Where on it the node is. */
export const nodeAddress = "10.88.0.1"
/** Where the agent of EKS Pod Identity is on a real node. */
export const agentAddress = "169.254.170.23"
/** The group of all processes of pods. */
export const cgroup = "envseal-node"

const groups = "/sys/fs/cgroup"
/** The controllers that a kubelet asks for, of one hierarchy for all (version 2). */
const controllers = ["cpu", "cpuset", "memory", "pids", "io"]
/**
 * How much of the processor all pods get beside another process of the machine: 64 times as much. By default it is as much,
 * and 20 pods beside other tests hardly start. A file for each version of groups.
 */
const weights = { "cpu.shares": "65536", "cpu.weight": "6400" } as const

/** Makes what a node needs of the machine, and no more: a link, and groups of processes. */
export async function prepareMachine(): Promise<void> {
  await clearMachine()
  await output("ip", ["link", "add", bridge, "type", "bridge"])
  await output("ip", ["address", "add", `${nodeAddress}/24`, "dev", bridge])
  await output("ip", ["address", "add", `${agentAddress}/32`, "dev", bridge])
  await output("ip", ["link", "set", bridge, "up"])
  for (const hierarchy of hierarchies()) {
    mkdirSync(join(hierarchy, cgroup))
    if (hierarchy === groups) enable(hierarchy)
    // A new group may run nowhere, until it is said where.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      const path = join(hierarchy, cgroup, file)
      if (hierarchy !== groups && existsSync(path)) writeFileSync(path, readFileSync(join(hierarchy, file)))
    }
    for (const [file, weight] of Object.entries(weights)) {
      const path = join(hierarchy, cgroup, file)
      if (existsSync(path)) writeFileSync(path, weight)
    }
  }
}

/** Takes away what {@link prepareMachine} made, and what a node made below it. Its processes have been killed. */
export async function clearMachine(): Promise<void> {
  if (existsSync(`/sys/class/net/${bridge}`)) await run("ip", ["link", "delete", bridge])
  await until("the groups of the node's processes to be empty", () =>
    // runc makes one in the hierarchy without controllers too.
    [...hierarchies(), join(groups, "unified")].every((hierarchy) => isRemoved(join(hierarchy, cgroup))),
  )
}

/** What of that is there: the link, and the groups of processes. */
export function partsOnMachine(): readonly string[] {
  const groupPaths = [...hierarchies(), join(groups, "unified")].map((hierarchy) => join(hierarchy, cgroup))
  return [`/sys/class/net/${bridge}`, ...groupPaths].filter((path) => existsSync(path))
}

/** The mounts and processes that have a folder in their name. */
export function usersOf(folder: string): readonly string[] {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n")
  return [
    ...mounts.filter((line) => line.includes(folder)),
    ...readdirSync("/proc").filter((name) => /^\d+$/.test(name) && commandOf(name).includes(folder)),
  ]
}

function commandOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8")
  } catch {
    // It has ended meanwhile.
    return ""
  }
}

/** Each controller's own hierarchy (version 1), or the one of all. */
function hierarchies(): readonly string[] {
  if (existsSync(join(groups, "cgroup.controllers"))) return [groups]
  return readdirSync(groups)
    .map((name) => join(groups, name))
    .filter((path) => !path.endsWith("/unified") && statSync(path).isDirectory())
}

/** Lets groups below the root be held to the controllers that the machine has. */
function enable(hierarchy: string): void {
  const has = readFileSync(join(hierarchy, "cgroup.controllers"), "utf8").trim().split(" ")
  const wanted = controllers.filter((name) => has.includes(name))
  for (const folder of [hierarchy, join(hierarchy, cgroup)])
    writeFileSync(join(folder, "cgroup.subtree_control"), wanted.map((name) => `+${name}`).join(" "))
}

/** @returns false while a process is in it that was killed a moment ago. */
function isRemoved(path: string): boolean {
  if (!existsSync(path)) return true
  try {
    for (const name of readdirSync(path)) {
      const below = join(path, name)
      if (statSync(below).isDirectory()) isRemoved(below)
    }
    rmdirSync(path)
    return true
  } catch {
    return false
  }
}
