import { constants } from "node:os"
import { takeSignals } from "../../adapters/node/interrupts.ts"
import { say } from "../../cli/log.ts"
import type { EditorPorts } from "../run/ports.ts"
import type { StoredVersion } from "../run/store-version.ts"
import { commandFor } from "../run/target.ts"
import { WatchedWriter } from "../run/watched-writer.ts"
import { standingText } from "../view/words.ts"
import type { SecretSession } from "./session.ts"

/**
 * Stores a version. On a signal that ends the process it waits for no answer, and says where the version stands.
 *
 * @returns the exit status when there was a signal.
 */
export async function untilSignal(
  { target, ports }: SecretSession,
  store: (ports: EditorPorts) => Promise<StoredVersion>,
): Promise<StoredVersion | number> {
  const writer = new WatchedWriter(ports.writer)
  const { promise: interrupted, resolve } = Promise.withResolvers<number>()
  const release = takeSignals((signal) => {
    const look = commandFor(target, "versions")
    say(`ended by ${signal}: ${standingText(target.id, writer.standing)}; to see what is current: ${look}`)
    resolve(128 + constants.signals[signal])
  })
  try {
    return await Promise.race([interrupted, store({ ...ports, writer })])
  } finally {
    release()
  }
}
