import type { FileAccess, PlannedFile, Surroundings, SystemUser } from "../../src/ports/surroundings.ts"

export interface FakePlace {
  /** Files by absolute path; a script begins with `#!`. */
  readonly files?: Readonly<Record<string, string>>
  /** Links by absolute path, with what they lead to, absolute too. */
  readonly links?: Readonly<Record<string, string>>
  readonly self?: SystemUser | null
  /** Folders that are not root's with mode 0755. */
  readonly folders?: readonly FileAccess[]
}

/** Where a file would be written. */
export type Plan = (path: string, mode: number, owner: string | null) => PlannedFile

export const rootUser: SystemUser = { name: "root", uid: 0, gids: [0] }
export const webUser: SystemUser = { name: "www-data", uid: 33, gids: [33] }
export const appUser: SystemUser = { name: "app", uid: 10_001, gids: [10_001, 33] }

/** Where an app starts, in memory. The working directory is `/app`. */
export function fakeSurroundings({
  files = {},
  links = {},
  self = rootUser,
  folders = [],
}: FakePlace): Surroundings & { readonly plan: Plan } {
  const users = [rootUser, webUser, appUser]
  const user = (name: string) => users.find((one) => one.name === name || String(one.uid) === name) ?? null
  // Each of these has a group of its own name; the app's user is also in that of the web server.
  const group = (name: string) =>
    name === "staff" ? 50 : /^\d+$/.test(name) ? Number(name) : (user(name)?.gids[0] ?? null)
  const absolute = (path: string): string => normal(path.startsWith("/") ? path : `/app/${path}`)
  const realPath = (path: string): string => links[absolute(path)] ?? absolute(path)
  const text = (path: string) => files[realPath(path)] ?? null
  const plan: Plan = (path, mode, owner) => {
    const [name = "", groupName] = owner?.split(":") ?? []
    const account = owner === null ? self : user(name)
    const gid = groupName === undefined ? account?.gids[0] : group(groupName)
    const file = { path: realPath(path), uid: account?.uid ?? 0, gid: gid ?? 0, mode }
    return { path: file.path, file, folders: parents(file.path).map((at) => folderAt(at, folders)) }
  }
  return {
    self: () => self,
    user,
    group,
    plan,
    isFile: (path) => text(path) !== null,
    realPath,
    text,
    program: (command) =>
      [command, `/usr/local/bin/${command}`].map(absolute).find((path) => text(path) !== null) ?? null,
    names: (folder) =>
      Object.keys(files)
        .filter((path) => path.slice(0, path.lastIndexOf("/")) === absolute(folder))
        .map((path) => path.slice(path.lastIndexOf("/") + 1))
        .sort(),
  }
}

function normal(path: string): string {
  return `/${path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/")}`
}

function parents(path: string): string[] {
  const names = path.split("/").slice(1, -1)
  return ["/", ...names.map((_, at) => `/${names.slice(0, at + 1).join("/")}`)]
}

function folderAt(path: string, folders: readonly FileAccess[]): FileAccess {
  return folders.find((folder) => folder.path === path) ?? { path, uid: 0, gid: 0, mode: 0o755 }
}
