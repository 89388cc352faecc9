import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"

const shell = "/bin/sh"

/**
 * Watches over a folder from outside, and removes it with all that is in it when this process ends: SIGKILL leaves it
 * no time to do so. It does not keep this process alive.
 *
 * @returns how to end it. Where it would not help or cannot be, as in process 1 of a container, nothing is done.
 */
export function guardFolder(path: string): () => void {
  if (process.pid === 1 || !existsSync(shell)) return () => {}
  try {
    const child = startGuard(path)
    return () => void child.kill("SIGKILL")
  } catch {
    // The system starts no process for us, as with a seccomp profile. The next run sweeps.
    return () => {}
  }
}

function startGuard(path: string): ChildProcess {
  // Its own session keeps a Ctrl-C on the terminal from it. It reads a pipe that the kernel closes with this process.
  const child = spawn(shell, ["-c", 'read -r done || rm -rf -- "$1"', "sh", path], {
    stdio: ["pipe", "ignore", "ignore"],
    env: { PATH: "/usr/bin:/bin" },
    detached: true,
  })
  child.once("error", () => {})
  child.stdin?.once("error", () => {})
  child.unref()
  // A pipe is a socket, which TypeScript does not know here.
  if (child.stdin !== null && "unref" in child.stdin && typeof child.stdin.unref === "function") {
    child.stdin.unref()
  }
  return child
}
