import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { KwokObject } from "./stages.ts"

/** What every container says. */
export const containerLog = ["starting the app", "listening on :8080"] as const

/** What every container said in its run before. */
export const previousContainerLog = [
  "starting the app",
  "envseal: error: KMS cannot use the key (it is disabled)",
] as const

/** Writes the logs that `kubectl logs` shows, and says to kwok where they are. */
export async function writeContainerLogs(folder: string): Promise<KwokObject> {
  const logsFile = join(folder, "container.log")
  const previousLogsFile = join(folder, "container-previous.log")
  await writeFile(logsFile, criText(containerLog))
  await writeFile(previousLogsFile, criText(previousContainerLog))
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "ClusterLogs",
    metadata: { name: "logs" },
    spec: { logs: [{ logsFile, previousLogsFile }] },
  }
}

/** The format of the container runtime: time, stream, F for a full line, the line. */
function criText(lines: readonly string[]): string {
  return lines.map((line, index) => `2026-01-01T00:00:0${index}.000000000Z stdout F ${line}\n`).join("")
}
