import { connect, createServer } from "node:net"
import { systemCode } from "../../core/error.ts"

/**
 * Shows that this process is alive to all who see the path, in another PID namespace too: the kernel answers for a
 * socket as long as somebody listens there, and no longer. The process may end all the same.
 *
 * @returns how to be seen no more.
 * @throws what the system does.
 */
export function showAlive(path: string): Promise<() => void> {
  const server = createServer((socket) => socket.destroy())
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(path, () => {
      server.unref()
      resolve(() => void server.close())
    })
  })
}

/** Whether a process listens there. What cannot be told counts as alive. */
export function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once("connect", () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", (error) => resolve(!isNobody(systemCode(error))))
  })
}

function isNobody(code: string | null): boolean {
  return code === "ECONNREFUSED" || code === "ENOENT" || code === "ENOTSOCK"
}
