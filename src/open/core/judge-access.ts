import type { FileAccess, PlannedFile, SystemUser } from "../../ports/surroundings.ts"
import { allowsRoot } from "./fpm-pool.ts"
import { canEnter, canRead, isPhpServer, type ReadingFacts, type ReadingProblem } from "./reading.ts"
import type { StartedApp } from "./started-app.ts"

const root = 0
const readableByGroup = 0o040
const readableByAll = 0o004
/** Where the group may enter, an ACL may let in others too, and its mode does not tell. */
const enterableByOthers = 0o011

/** Whether the one who reads may read: Laravel takes a file that it cannot read for none. */
export function judgeAccess(facts: ReadingFacts): readonly ReadingProblem[] {
  const { app, planned, self } = facts
  if (app === null || planned === null || self === null) return []
  const readers = readersOf(facts, app, self)
  return [...judgeFile(facts, app, planned, readers), ...judgeFolders(app, planned, readers, self)]
}

/** Who reads the file: known users, or only that it is not who runs `open`. */
interface Readers {
  readonly known: readonly SystemUser[]
  /** `certain` where another user than root reads it, `possible` where that may be. */
  readonly another: "certain" | "possible" | "no"
}

function readersOf(facts: ReadingFacts, app: StartedApp, self: SystemUser): Readers {
  const starter = changesUser(app) ? facts.appUser : self
  if (starter === null) return { known: [], another: "certain" }
  if (starter.uid !== root) return { known: [starter], another: "no" }
  if (app.kind === "server") return { known: facts.serverUsers, another: serverDrops(app, facts) }
  if (app.kind === "plain" || app.kind === "artisan" || app.kind === "php")
    return { known: [starter], another: "no" }
  return { known: [], another: app.kind !== "unknown" || facts.hasPhp ? "possible" : "no" }
}

function serverDrops(app: StartedApp, { serverUsers, isOwned }: ReadingFacts): Readers["another"] {
  if (serverUsers.length > 0) return "no"
  if (app.name === "php-fpm" && allowsRoot(app.words.slice(1))) return "no"
  // Where root's processes may be what reads it, --owner root says so.
  return isOwned && !isPhpServer(app) ? "no" : "certain"
}

function changesUser({ userChanges }: StartedApp): boolean {
  return userChanges.length > 0
}

function judgeFile(
  { isOwned, target }: ReadingFacts,
  app: StartedApp,
  { file }: PlannedFile,
  { known, another }: Readers,
): ReadingProblem[] {
  // First, because to name a user is to read the files of users.
  if (known.some((reader) => canRead(reader, file))) return []
  const code = "UNREADABLE_FILE"
  const problem = { code, name: target, remedy: fileRemedy(file, known) } as const
  const isForRoot = isForRootAlone(file)
  if (known.length > 0) {
    const users = known.map(({ name }) => name).join(", ")
    const isSure = app.isDirect && (isForRoot || changesUser(app))
    const reason = `will be readable only by ${whoReads(file)}, but ${runsAs(app, users)}`
    return [{ ...problem, verdict: isSure ? "refused" : "warned", reason }]
  }
  if (another === "no" || !isForRoot) return []
  if (another === "certain") {
    const reason = `will be readable only by root, but ${runsAs(app, saidUser(app) ?? "another user")}`
    // A group that root shares with the app is rare, and no mistake.
    const isSure = app.isDirect && (file.mode & readableByGroup) === 0
    return [{ ...problem, verdict: isSure ? "refused" : "warned", reason }]
  }
  if (isOwned) return []
  const reason = `will be readable only by root: the app reads nothing if ${app.name} runs it as another user`
  return [
    { ...problem, verdict: "warned", reason, remedy: `${problem.remedy}, or --owner root if it stays root` },
  ]
}

function runsAs(app: StartedApp, user: string): string {
  return changesUser(app) ? `the app runs as ${user}` : `${app.name} runs the app as ${user}`
}

/** @returns `null` where it is a guess out of a script, or may be no user's name. */
function saidUser({ isDirect, userChanges }: StartedApp): string | null {
  const name = userChanges.findLast(({ user }) => user !== null)?.user ?? null
  return isDirect && name !== null && !name.includes("=") ? name : null
}

/** Whether nobody but root may read the file. */
function isForRootAlone({ uid, gid, mode }: FileAccess): boolean {
  return uid === root && (mode & readableByAll) === 0 && ((mode & readableByGroup) === 0 || gid === root)
}

function whoReads({ uid, gid, mode }: FileAccess): string {
  const owner = uid === root ? "root" : `user ${uid}`
  return (mode & readableByGroup) === 0 ? owner : `${owner} and group ${gid}`
}

function fileRemedy({ gid, uid, mode }: FileAccess, [reader]: readonly SystemUser[]): string {
  // Given to the app's group, by a mode that keeps it out.
  if (uid === root && gid !== root && (mode & readableByGroup) === 0)
    return "let the group read it: --mode 0440"
  return `name the app's user: --owner ${reader?.name ?? "www-data"}`
}

function judgeFolders(
  app: StartedApp,
  { file, folders }: PlannedFile,
  { known, another }: Readers,
  self: SystemUser,
): ReadingProblem[] {
  const readers = known.length > 0 ? known : another === "no" ? [] : ownerAsReader(file, self)
  // Who runs has walked this way, whatever lets it: an ACL does not show in a mode.
  if (readers.length === 0 || readers.some(({ uid }) => uid === self.uid)) return []
  const closed = folders.find((folder) => !readers.some((reader) => canEnter(reader, folder)))
  if (closed === undefined) return []
  const users = readers.map(({ name }) => name).join(", ")
  const isKnown = app.isDirect && (changesUser(app) || app.kind === "server")
  return [
    {
      verdict: isKnown && (closed.mode & enterableByOthers) === 0 ? "refused" : "warned",
      code: "UNREACHABLE_FILE",
      name: closed.path,
      reason: `does not let user ${users} in, and the file is behind it`,
      remedy: `write to a folder that ${users} may enter, or chmod o+x ${closed.path}`,
    },
  ]
}

/** Whose the file is, when that is not who runs: it is theirs so that they read it. */
function ownerAsReader({ uid, gid }: FileAccess, self: SystemUser): SystemUser[] {
  return uid === self.uid ? [] : [{ name: String(uid), uid, gids: [gid] }]
}
