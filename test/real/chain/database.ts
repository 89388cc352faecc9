import { chownSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir, userInfo } from "node:os"
import { join } from "node:path"
import { freePort } from "../../fake/free-port.ts"
import { output, run, serve, until } from "../docker/process.ts"

const user = "shop"
const name = "shop"

/** Where a database listens, and what its user proves itself with. */
export interface DatabasePlace {
  readonly address: string
  readonly port: string
  readonly password: string
}

/** A place for a database that is not there yet. @param address of this machine, when it is there. */
export async function databasePlace(address: string): Promise<DatabasePlace> {
  return { address, port: String(await freePort()), password: crypto.randomUUID() }
}

/** What the app has to know of it, as Laravel calls it. */
export function settingsOf({
  address,
  port,
  password,
}: DatabasePlace): Readonly<Record<`DB_${string}`, string>> {
  return {
    ...{ DB_CONNECTION: "pgsql", DB_HOST: address, DB_PORT: port },
    ...{ DB_DATABASE: name, DB_USERNAME: user, DB_PASSWORD: password },
  }
}

/** A PostgreSQL with one database, empty, for one user. */
export interface Database {
  /** Where its socket is. */
  readonly folder: string
  /** Runs a statement. @returns what it gives, as `psql` prints it without any frame. */
  ask(statement: string): Promise<string>
  stop(): Promise<void>
}

/** Starts Debian's PostgreSQL for whoever comes from a network. @param place on that network. */
export async function startDatabase(place: DatabasePlace, network: string): Promise<Database> {
  const { address, port, password } = place
  const folder = mkdtempSync(join(tmpdir(), "envseal-database-"))
  const programs = programsFolder()
  const [uid, gid] = (await output("sh", ["-c", "id -u postgres; id -g postgres"])).split("\n").map(Number)
  // PostgreSQL starts as nobody who may do everything.
  const asOwner =
    userInfo().uid === 0 ? ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"] : []
  const [command = "", ...before] = [...asOwner, "env", "LC_ALL=C.UTF-8"]
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  const data = join(folder, "data")
  const owned = (program: string, ...args: readonly string[]) =>
    output(command, [...before, join(programs, program), ...args], { cwd: folder })
  await owned("initdb", "--no-sync", "--auth=trust", "--username=postgres", "--pgdata", data)
  writeFileSync(join(data, "pg_hba.conf"), `local all all trust\nhost all all ${network} scram-sha-256\n`)
  const options = { listen_addresses: address, port, unix_socket_directories: folder, fsync: "off" }
  const flags = Object.entries(options).flatMap(([key, value]) => ["-c", `${key}=${value}`])
  const log = openSync(join(folder, "log"), "w")
  const server = serve(command, [...before, join(programs, "postgres"), "-D", data, ...flags], log)
  const psql = (database: string, statement: string) => {
    const place = ["--host", folder, "--port", port, "--username", "postgres", "--dbname", database]
    return output("psql", [...place, "--no-psqlrc", "--tuples-only", "--no-align", "--command", statement])
  }
  const stop = async () => {
    // The signal that servers get here would let it wait for whoever is still connected, until it is killed.
    const how = ["stop", "--mode=fast", "--pgdata", data]
    await run(command, [...before, join(programs, "pg_ctl"), ...how], { cwd: folder })
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await until("PostgreSQL to answer", () =>
      psql("postgres", "select 1").then(
        () => true,
        () => false,
      ),
    )
    await psql("postgres", `create role "${user}" login password '${password}'`)
    await psql("postgres", `create database "${name}" owner "${user}"`)
  } catch (error) {
    await stop()
    throw error
  }
  return { folder, ask: (statement) => psql(name, statement), stop }
}

/** Debian has a folder for each version. */
function programsFolder(): string {
  const all = "/usr/lib/postgresql"
  return join(all, readdirSync(all).sort((one, other) => Number(other) - Number(one))[0] ?? "", "bin")
}
