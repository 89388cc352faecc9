import { spawn } from "node:child_process"
import { dirname } from "node:path"
import { text } from "node:stream/consumers"
import { hangMs } from "../hang.ts"
import { kubernetesBinary } from "./binaries.ts"

/** How a run of kubectl ended. */
export interface KubectlEnd {
  /** Null when it was killed for taking two minutes. */
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs the kubectl that was built with the API server.
 *
 * @param input for its standard input.
 */
export async function runKubectl(
  kubeconfig: string,
  args: readonly string[],
  input = "",
): Promise<KubectlEnd> {
  const child = spawn(kubernetesBinary("kubectl"), [`--kubeconfig=${kubeconfig}`, ...args], {
    stdio: "pipe",
    timeout: hangMs,
    killSignal: "SIGKILL",
    // It keeps a cache in its home.
    env: { PATH: process.env["PATH"], HOME: dirname(kubeconfig) },
  })
  const status = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", resolve)
  })
  // It may end without having read it.
  child.stdin.on("error", () => {})
  child.stdin.end(input)
  const [stdout, stderr, ended] = await Promise.all([text(child.stdout), text(child.stderr), status])
  return { status: ended, stdout, stderr }
}
