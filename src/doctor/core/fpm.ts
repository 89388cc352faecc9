import { printable } from "../../core/text.ts"
import { type Finding, no, of, ok, unchecked } from "./finding.ts"
import { advice, edit } from "./remedy.ts"

const subject = of("fpm")

/** Where a pool of php-fpm listens. */
interface Listener {
  readonly address: string
  /** From one. */
  readonly line: number
  /** Whether `listen.allowed_clients` lets its own machine in alone. */
  readonly isGuarded: boolean
}

/**
 * Whether php-fpm answers its own pod alone: a request may set any directive of PHP, so anyone who can send one runs code
 * in the app.
 *
 * @param text of its configuration, as `init` writes it; `null` when there is none.
 * @returns nothing when there is none.
 */
export function judgeFpm(text: string | null, path: string): readonly Finding[] {
  if (text === null) return []
  const listeners = listenersIn(text)
  const open = listeners.find(({ address, isGuarded }) => !isGuarded && isForAll(address))
  if (open !== undefined) {
    return [
      no(
        subject,
        `listen = ${printable(open.address, 80)} lets every pod of the cluster send it requests, which run code in the app`,
        edit(`${path}:${open.line}:1`, "listen", "127.0.0.1:9000"),
        advice(
          "where a probe asks php-fpm by tcpSocket, take the one of docker/kubernetes/web.yaml of envseal, which asks from inside",
        ),
      ),
    ]
  }
  const unclear = listeners.find(({ address, isGuarded }) => !isGuarded && !isForItself(address))
  if (unclear !== undefined) {
    return [unchecked(subject, `listen = ${printable(unclear.address, 80)} is known when it starts`)]
  }
  return listeners.length === 0 ? [] : [ok(subject, listeners.map(({ address }) => address).join(", "))]
}

/**
 * Whether it is certain that nobody but its own pod gets a connection, as it is or once {@link judgeFpm} has nothing to
 * mend. With `listen.allowed_clients`, others get one that is closed: enough for a probe by `tcpSocket`.
 */
export function isClosedToNode(text: string | null): boolean {
  const listeners = listenersIn(text ?? "")
  return (
    listeners.length > 0 &&
    listeners.every(({ address, isGuarded }) => isForItself(address) || (isForAll(address) && !isGuarded))
  )
}

function listenersIn(text: string): readonly Listener[] {
  const pools: { address: string; line: number; clients: string }[] = []
  let pool = { address: "", line: 0, clients: "" }
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*\[/.test(line)) {
      pool = { address: "", line: 0, clients: "" }
      pools.push(pool)
    }
    const [, name, value = ""] =
      /^\s*(listen(?:\.allowed_clients)?)\s*=\s*"?([^";]*?)"?\s*(?:;.*)?$/.exec(line) ?? []
    if (name === "listen") Object.assign(pool, { address: value, line: at + 1 })
    else if (name !== undefined) pool.clients = value
  }
  return pools
    .filter(({ address }) => address !== "")
    .map(({ address, line, clients }) => ({ address, line, isGuarded: isOwnMachine(clients) }))
}

function isOwnMachine(clients: string): boolean {
  const all = clients.split(",").map((one) => one.trim())
  return all.every((one) => one === "127.0.0.1" || one === "::1")
}

/** A port alone is of every address (php-fpm, "listen"). */
function isForAll(address: string): boolean {
  return /^(?:(?:0\.0\.0\.0|\*|\[::\]):)?\d+$/.test(address)
}

function isForItself(address: string): boolean {
  return /^(?:(?:127(?:\.\d{1,3}){3}|localhost|\[::1\]):\d+|\/[^$]+)$/.test(address)
}
