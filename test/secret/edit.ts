import { Secret } from "../../src/core/secret.ts"
import type { SecretChange } from "../../src/dotenv/secret-document.ts"
import { roleOf } from "../../src/secret/core/label.ts"
import { readCurrent } from "../../src/secret/run/held-version.ts"
import { type PreparedChange, prepareChange } from "../../src/secret/run/prepare-change.ts"
import { type StoredVersion, storeVersion } from "../../src/secret/run/store-version.ts"
import { type SecretShelf, shelfId } from "../fake/secret-shelf.ts"

/** A value that a name is given. */
export const set = (name: string, value: string): SecretChange => ({
  type: "set",
  entry: { name, kind: "string", value: new Secret(value) },
})

/** What a person would store now. */
export async function prepared(
  shelf: SecretShelf,
  ...changes: readonly SecretChange[]
): Promise<PreparedChange> {
  const ports = shelf.ports()
  const [target, base] = [await shelf.target(), await readCurrent(shelfId, ports)]
  return prepareChange({ target, base, changes, nested: "refuse" }, ports)
}

export async function write(shelf: SecretShelf, ...changes: readonly SecretChange[]): Promise<StoredVersion> {
  return storeVersion(await prepared(shelf, ...changes), shelf.ports())
}

export const drafts = (shelf: SecretShelf) => shelf.versions.filter((version) => roleOf(version) === "draft")
