import { printable } from "../../core/text.ts"
import { hasOption, type OptionWords, optionValue } from "../../open/core/option-words.ts"
import type { StartedApp } from "../../open/core/started-app.ts"
import { fileAt, type KeptFiles, keptTextAt } from "./kept-file.ts"

/** As whom an image opens, and for which app. */
export interface OpeningUser {
  /** `USER` of the image, with its group. */
  readonly name: string
  /** The options of `open`. */
  readonly given: OptionWords
  readonly app: StartedApp | null
  readonly sealedPath: string
}

/** Why the sealed file could not be read, or what is opened not be given to the app; nothing where it can. */
export function userFaults(
  { name, given, app, sealedPath }: OpeningUser,
  files: KeptFiles,
): readonly string[] {
  const accounts = accountsIn(keptTextAt(files, "etc/passwd"))
  const [user = ""] = name.split(":")
  const [owner = ""] = (optionValue(given, "--owner") ?? "").split(":")
  const isRoot = user === "" || user === "root" || user === "0"
  if (!isRoot && !accounts.has(user)) return [`it has no user ${printable(user, 40)}, whom it runs as`]
  if (owner !== "" && !accounts.has(owner)) return [`it has no user ${printable(owner, 40)} of --owner`]
  if (!isRoot && owner !== "" && accounts.idOf(owner) !== accounts.idOf(user)) {
    return [
      `open runs as ${printable(user, 40)}, and cannot give the file to ${printable(owner, 40)} of --owner`,
    ]
  }
  const sealed = fileAt(files, sealedPath)
  // A group may let read what nobody else can.
  if (!isRoot && sealed !== null && `${sealed.uid}` !== accounts.idOf(user) && (sealed.mode & 0o044) === 0) {
    return [`open runs as ${printable(user, 40)}, who cannot read /${printable(sealedPath, 200)}`]
  }
  return isRoot && owner === "" && !isForAll(given) && isOfAnother(app)
    ? [`open runs as root, and ${app.name} gives the app another user, who cannot read the file: --owner`]
    : []
}

/** Whether everybody in the container may read what is opened, or no file is written. */
function isForAll(given: OptionWords): boolean {
  const mode = Number.parseInt(optionValue(given, "--mode") ?? "0400", 8)
  const isFile = !hasOption(given, "--env", "--stdout") && optionValue(given, "--out") !== "-"
  return !isFile || (mode & 0o004) !== 0
}

function isOfAnother(app: StartedApp | null): app is StartedApp {
  return app?.kind === "server" && app.isDirect && app.userChanges.length === 0
}

interface Accounts {
  /** A number is always one, and so is a name where the table is not known. */
  has(user: string): boolean
  idOf(user: string): string
}

function accountsIn(table: string | null): Accounts {
  const lines = (table ?? "").split("\n").map((line) => line.split(":"))
  const ids = new Map(lines.map(([name = "", , id = ""]) => [name, id]))
  return {
    has: (user) => table === null || /^\d+$/.test(user) || ids.has(user),
    idOf: (user) => ids.get(user) ?? user,
  }
}
