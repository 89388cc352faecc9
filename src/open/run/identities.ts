import { EnvsealError } from "../../core/error.ts"
import { decodeUtf8, printable } from "../../core/text.ts"
import { type Identity, type IdentityFile, parseIdentities } from "../../envelope/identity.ts"
import type { Ports } from "../../ports/envelope-ports.ts"

/** Where a container platform mounts a secret file for envseal. */
export const mountedIdentity = "/run/secrets/envseal-identity"

const maxIdentityBytes = 262_144

/**
 * The identities to try, from the first place that has any: `--identity`, `ENVSEAL_IDENTITY_FILE`,
 * `ENVSEAL_IDENTITY`, a mounted file. One that is broken is warned about and does not hide the others.
 *
 * @param paths the files given with `--identity`; `-` is standard input.
 * @returns `null` when no place has one.
 * @throws EnvsealError why none of those that are there could be used.
 */
export async function findIdentities(paths: readonly string[], ports: Ports): Promise<Identity[] | null> {
  const { environment, files } = ports
  if (paths.length > 0) return readIdentityFiles(paths, ports)
  const file = environment["ENVSEAL_IDENTITY_FILE"]
  if (file) return readIdentityFiles([file], ports)
  const text = environment["ENVSEAL_IDENTITY"]
  if (text) return accept(parseIdentities(text, "ENVSEAL_IDENTITY"), ports)
  if (await files.exists(mountedIdentity)) return readIdentityFiles([mountedIdentity], ports)
  return null
}

async function readIdentityFiles(paths: readonly string[], ports: Ports): Promise<Identity[]> {
  const identities: Identity[] = []
  const failures: EnvsealError[] = []
  for (const path of paths) {
    try {
      identities.push(...accept(await readIdentityFile(path, ports), ports))
    } catch (error) {
      if (!(error instanceof EnvsealError)) throw error
      failures.push(error)
    }
  }
  const [first, ...others] = failures
  if (first === undefined) return identities
  if (identities.length === 0 && others.length === 0) throw first
  for (const failure of failures) ports.log.warn(failure.message)
  if (identities.length > 0) return identities
  const { code } = failures.find((failure) => failure.code === "IDENTITY_MALFORMED") ?? first
  throw new EnvsealError(code, `none of ${paths.length} identity files could be used`, {
    hint: first.hint ?? "see the warnings above",
  })
}

async function readIdentityFile(path: string, ports: Ports): Promise<IdentityFile> {
  if (/^AGE-SECRET-KEY-/i.test(path)) {
    throw new EnvsealError("USAGE", "an identity was given where its file is expected", {
      hint: "put it into a file: others on this machine can read command lines. Consider this one known to them",
    })
  }
  const name = path === "-" ? "standard input" : path
  const bytes =
    path === "-"
      ? await ports.files.readStdin(maxIdentityBytes)
      : await ports.files.read(path, maxIdentityBytes)
  const text = decodeUtf8(bytes)
  if (text === null) throw new EnvsealError("IDENTITY_MALFORMED", `${name} is not text`)
  const found = parseIdentities(text, name)
  // Where the platform mounts secrets, it decides who may read them.
  if (path !== "-" && path !== mountedIdentity && (await ports.files.isPublic(path))) {
    ports.log.warn(`every user of this machine can read ${printable(name)}: chmod 600 it`)
  }
  return found
}

function accept(file: IdentityFile, ports: Ports): Identity[] {
  for (const fault of file.faults) ports.log.warn(fault)
  return [...file.identities]
}
