/** The functions of `node:path` that `open` makes use of, with what they mean there. */
export interface Paths {
  basename(path: string): string
  dirname(path: string): string
  isAbsolute(path: string): boolean
  join(folder: string, name: string): string
  resolve(...paths: readonly string[]): string
  readonly sep: string
}

/** What `node:path` does where a path has `/` between its names. */
export const posixPaths: Paths = {
  basename: (path) => {
    const trimmed = withoutEndSlashes(path)
    return trimmed.slice(trimmed.lastIndexOf("/") + 1)
  },
  dirname: (path) => {
    const trimmed = withoutEndSlashes(path)
    const end = trimmed.lastIndexOf("/")
    if (end <= 0) return path.startsWith("/") ? "/" : "."
    // Two slashes at the start are not the same as one, to POSIX.
    return end === 1 && path.startsWith("/") ? "//" : trimmed.slice(0, end)
  },
  isAbsolute: (path) => path.startsWith("/"),
  join: (folder, name) => {
    const path = folder === "" || name === "" ? `${folder}${name}` : `${folder}/${name}`
    const root = path.startsWith("/") ? "/" : ""
    const names = plainNames(path)
    if (names === "" && root === "/") return root
    return `${root}${names === "" ? "." : names}${path.endsWith("/") ? "/" : ""}`
  },
  resolve: (...paths) => {
    let path = ""
    for (const next of paths) path = next.startsWith("/") || path === "" ? next : `${path}/${next}`
    return `/${plainNames(path.startsWith("/") ? path : `${process.cwd()}/${path}`)}`
  },
  sep: "/",
}

/** The names of a path, without `.`, `..` where a name stands before it, and `..` at the root. */
function plainNames(path: string): string {
  const names: string[] = []
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue
    if (name !== "..") names.push(name)
    else if (names.length > 0 && names[names.length - 1] !== "..") names.pop()
    else if (!path.startsWith("/")) names.push(name)
  }
  return names.join("/")
}

function withoutEndSlashes(path: string): string {
  let end = path.length
  while (end > 0 && path[end - 1] === "/") end -= 1
  return path.slice(0, end)
}
