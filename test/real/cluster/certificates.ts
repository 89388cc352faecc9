import { execFile } from "node:child_process"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)
const days = "3"

/** Paths of two PEM files. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

/** Whose certificate it is: as Kubernetes reads a client certificate, the user and its groups. */
export interface Subject {
  readonly user: string
  readonly groups: readonly string[]
}

/** A certificate authority for one test, and what it has signed, as files of a folder. */
export class Authority {
  readonly certificate: string
  readonly #key: string
  readonly #folder: string
  readonly #config: string

  private constructor(folder: string) {
    this.#folder = folder
    this.#config = join(folder, "openssl.cnf")
    this.certificate = join(folder, "ca.crt")
    this.#key = join(folder, "ca.key")
  }

  /** @param folder exists and is the authority's own. */
  static async create(folder: string): Promise<Authority> {
    const authority = new Authority(folder)
    // The machine's own configuration would make an authority of everyone.
    await writeFile(authority.#config, "[req]\ndistinguished_name = name\n[name]\n")
    await authority.#make(
      { certificate: authority.certificate, key: authority.#key },
      "/CN=envseal test authority",
      ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"],
      [],
    )
    return authority
  }

  /** For a server on the loopback interface. */
  server(name: string): Promise<KeyPair> {
    return this.#sign(name, `/CN=${name}`, [
      "subjectAltName=IP:127.0.0.1,DNS:localhost",
      "extendedKeyUsage=serverAuth",
    ])
  }

  /** @param name of the files. */
  client(name: string, { user, groups }: Subject): Promise<KeyPair> {
    const parts = [...groups.map((group) => `O=${escaped(group)}`), `CN=${escaped(user)}`]
    return this.#sign(name, `/${parts.join("/")}`, ["extendedKeyUsage=clientAuth"])
  }

  async #sign(name: string, subject: string, extensions: readonly string[]): Promise<KeyPair> {
    const pair = { certificate: join(this.#folder, `${name}.crt`), key: join(this.#folder, `${name}.key`) }
    const usage = ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature"]
    await this.#make(
      pair,
      subject,
      [...usage, ...extensions],
      [...["-CA", this.certificate, "-CAkey", this.#key]],
    )
    return pair
  }

  async #make(
    pair: KeyPair,
    subject: string,
    extensions: readonly string[],
    issuer: readonly string[],
  ): Promise<void> {
    await run("openssl", [
      ...["req", "-x509", "-config", this.#config, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
      ...["-nodes", "-days", days, "-subj", subject, "-out", pair.certificate, "-keyout", pair.key],
      ...extensions.flatMap((extension) => ["-addext", extension]),
      ...issuer,
    ])
  }
}

/** As `openssl -subj` reads a value. */
function escaped(value: string): string {
  return value.replaceAll(/[\\/+]/g, (sign) => `\\${sign}`)
}
