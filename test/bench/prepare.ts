import { spawnSync } from "node:child_process"
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { demoSecret } from "../demo/secret.ts"
import type { Contender } from "./contender.ts"
import { unpack } from "./unpack.ts"

const root = join(import.meta.dirname, "../..")
export const program = join(root, "bin/envseal.js")
const bun = join(root, "node_modules/.bin/bun")
/** As `test/real/fetch-sops.sh` makes it, or that of this machine. */
const fetchedSops = join(root, ".cache/sops/sops")
const sops = existsSync(fetchedSops) ? fetchedSops : "sops"
const dotenvx = join(root, "node_modules/.bin/dotenvx")
export const binary = join(root, `dist/bin/envseal-${process.platform}-${process.arch}`)
export const node = join(root, "node_modules/.bin/node")

/** A program, and the empty one of its runtime. */
export type Pair = readonly [Contender, Contender]

/** Where a copy of the binary is, in the folder of the bench. */
export function unpackedBinary(folder: string): string {
  return join(folder, "envseal")
}

/** Programs that start and open, each with the empty one of its runtime, and the two that are empty. */
export function prepareStart(folder: string): {
  readonly pairs: readonly Pair[]
  readonly empty: Contender
  readonly emptyNode: Contender
} {
  const { open } = prepareEnvelope(folder)
  const anything = () => true
  const empty = {
    name: "an empty program, compiled by Bun",
    argv: [join(folder, "empty")],
    isRight: anything,
  }
  const emptyNode = { name: "an empty program, Node", argv: [node, "empty.mjs"], isRight: anything }
  const by = (program: readonly string[], runtime: string, of: Contender) =>
    [
      { name: "`open --stdout`", args: "--stdout" },
      { name: "`open` to a file", args: "-o opened.env", makes: "opened.env" },
      { name: "`open` to a file, then `true`", args: "-o opened.env -- true", makes: "opened.env" },
      { name: "`open` in place of a file, then `true`", args: "-o there.env -- true" },
    ].map(({ name, args, makes }): Pair => {
      const argv = [...program, ...open, ...args.split(" ")]
      const made = makes === undefined ? {} : { makes }
      return [{ name: `${name}, ${runtime}`, argv, ...made, isRight: anything }, of]
    })
  const pairs: readonly Pair[] = [
    [empty, empty],
    ...by([unpackedBinary(folder)], "binary", empty),
    [emptyNode, emptyNode],
    ...by([node, program], "Node", emptyNode),
  ]
  return { pairs, empty, emptyNode }
}

/** A sealed `.env`, its identity, an empty program of each runtime, and the command lines that seal and open. */
function prepareEnvelope(folder: string): {
  readonly recipient: string
  readonly seal: readonly string[]
  readonly open: readonly string[]
} {
  writeFileSync(join(folder, "secret.json"), JSON.stringify(demoSecret()))
  writeFileSync(join(folder, "empty.mjs"), "")
  must(folder, [bun, "build", "--compile", "--outfile", "compiled", "empty.mjs"])
  unpack(join(folder, "compiled"), join(folder, "empty"))
  unpack(binary, unpackedBinary(folder))
  const recipient = must(folder, [binary, "keygen", "-q", "-o", "key.txt"]).trim()
  const seal = ["seal", "-q", "-r", recipient, "-c", "app=shop"]
  must(folder, [binary, ...seal, "-f", "file:secret.json"])
  return { recipient, seal, open: ["open", "-q", "-i", "key.txt", "--expect", "app=shop"] }
}

/** The same `.env`, encrypted for each program, and how to decrypt it. The first does nothing. */
export function prepare(folder: string): Contender[] {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  const prepared = (...argv: string[]) => must(folder, argv)
  const { recipient, seal, open } = prepareEnvelope(folder)
  write("big.json", JSON.stringify(Object.fromEntries(bigSecret())))
  prepared(binary, ...seal, "-f", "file:big.json", "-o", "big.sealed")
  const text = prepared(binary, ...open, "--stdout")
  const isText = (stdout: string) => stdout === text
  const isWritten = (path: string) => () => readFileSync(join(folder, path)).length > 500
  write("plain.env", text)
  return [
    { name: "an empty program, compiled by Bun", argv: [join(folder, "empty")], isRight: () => true },
    {
      name: "**envseal open**, binary",
      argv: [unpackedBinary(folder), ...open, "--stdout"],
      isRight: isText,
    },
    {
      name: "**envseal open** to a file, binary",
      argv: [unpackedBinary(folder), ...open, "-o", "opened.env"],
      makes: "opened.env",
      isRight: isWritten("opened.env"),
    },
    {
      name: "**envseal open**, 1,000 names in 64 KB, binary",
      argv: [unpackedBinary(folder), ...open, "--in", "big.sealed", "--stdout"],
      isRight: (stdout) => stdout.length > 60_000,
    },
    { name: "**envseal open**, Node", argv: [node, program, ...open, "--stdout"], isRight: isText },
    {
      name: "**envseal seal**, binary",
      argv: [unpackedBinary(folder), ...seal, "-f", "file:secret.json", "-o", "a.sealed"],
      isRight: isWritten("a.sealed"),
    },
    {
      name: "**envseal seal**, 1,000 names in 64 KB, Node",
      argv: [node, program, ...seal, "-f", "file:big.json", "-o", "b.sealed"],
      isRight: isWritten("b.sealed"),
    },
    { name: "an empty program, Node", argv: [node, "empty.mjs"], isRight: () => true },
    ...peers(folder, recipient, text),
  ]
}

/** 1,000 names in 64 KB. */
function bigSecret(): [string, string][] {
  return Array.from({ length: 1_000 }, (_, at) => [`NAME_${at}`, `value ${at} ${"x".repeat(40)}`])
}

function peers(folder: string, recipient: string, text: string): Contender[] {
  const write = (name: string, content: string) => writeFileSync(join(folder, name), content)
  const isText = (stdout: string) => stdout === text
  const openssl = ["enc", "-aes-256-cbc", "-pbkdf2", "-pass", "file:pass.txt"]
  write("pass.txt", "a passphrase for the bench\n")
  write(".env.dotenvx", text)
  write(
    "encrypt.php",
    php('file_put_contents("php.enc", $encrypter->encryptString(file_get_contents("plain.env")));'),
  )
  write("decrypt.php", php('echo $encrypter->decryptString(file_get_contents("php.enc"));'))
  attempt(folder, "openssl", ...openssl, "-in", "plain.env", "-out", "openssl.enc")
  attempt(folder, "age", "-r", recipient, "-o", "plain.age", "plain.env")
  attempt(folder, dotenvx, "encrypt", "-f", ".env.dotenvx")
  attempt(folder, "php", "encrypt.php")
  copyFileSync(join(root, "test/real/laravel/artisan.php"), join(folder, "artisan"))
  write(".env.production", text)
  const key = `base64:${Buffer.alloc(32, "k").toString("base64")}`
  const artisan = ["php", "-d", `include_path=${join(root, ".cache/laravel/usr/share/php")}`, "artisan"]
  attempt(folder, ...artisan, "env:encrypt", "--env=production", `--key=${key}`)
  attempt(
    folder,
    sops,
    "encrypt",
    "--age",
    recipient,
    "--input-type",
    "binary",
    "--output-type",
    "binary",
    "--output",
    "sops.json",
    "plain.env",
  )
  return [
    { name: "age -d", argv: ["age", "-d", "-i", "key.txt", "plain.age"], isRight: isText },
    {
      name: "openssl enc -d -pbkdf2",
      argv: ["openssl", "enc", "-d", ...openssl.slice(1), "-in", "openssl.enc"],
      isRight: isText,
    },
    {
      name: "php artisan env:decrypt, Laravel 10",
      argv: [...artisan, "env:decrypt", "--env=production", `--key=${key}`],
      makes: ".env.production",
      isRight: () =>
        existsSync(join(folder, ".env.production")) &&
        readFileSync(join(folder, ".env.production"), "utf8") === text,
    },
    { name: "PHP, Laravel's Encrypter", argv: ["php", "decrypt.php"], isRight: isText },
    {
      name: "sops decrypt, with age",
      argv: [sops, "decrypt", "--input-type", "binary", "--output-type", "binary", "sops.json"],
      env: { SOPS_AGE_KEY_FILE: "key.txt", HOME: folder },
      isRight: isText,
    },
    {
      name: "dotenvx decrypt",
      argv: [dotenvx, "decrypt", "-f", ".env.dotenvx", "--stdout"],
      isRight: (stdout) => stdout.includes("APP_NAME"),
    },
  ]
}

function php(work: string): string {
  const use =
    'require "/usr/share/php/Illuminate/autoload.php";\n$encrypter = new Illuminate\\Encryption\\Encrypter(str_repeat("k", 32), "AES-256-CBC");'
  return `<?php\n${use}\n${work}\n`
}

/** A peer that is not there, or does not work, is left out of the table with a word. */
function attempt(folder: string, command = "", ...args: string[]): void {
  spawnSync(command, args, { cwd: folder, stdio: "ignore" })
}

function must(folder: string, [command = "", ...args]: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 16_777_216,
  })
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${stderr}`)
  return stdout
}

/** Whether `npm run build:binary` was run. */
export function binaryIsThere(): boolean {
  return existsSync(binary)
}
