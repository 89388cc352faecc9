import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { helper } from "./job.ts"
import { type Phpdotenv, type PhpRead, type PhpResult, phpLibraries, phpRead } from "./php.ts"

/** Where test/real/fetch-php-wasm.sh puts the packages. */
export const wasmFolder = join(import.meta.dirname, "../../../.cache/php-wasm")

/** What is used of npm's `@php-wasm/universal`, whose own types Node's module resolution does not find. */
interface Php extends Disposable {
  mkdir(path: string): void
  mkdirTree(path: string): void
  writeFile(path: string, content: string | Uint8Array): void
  readFileAsText(path: string): string
  runStream(request: {
    readonly code: string
  }): Promise<{ exitCode: Promise<number>; stdoutText: Promise<string> }>
}

/** The PHP versions that are here as WebAssembly: those whose `mb_substr` corrupts a cut character. */
export const wasmVersions = ["8.3", "8.4", "8.5"] as const
export type WasmVersion = (typeof wasmVersions)[number]

/** Runs phpdotenv in a PHP of its own, in memory. No name may stand in two of the texts. */
export async function readWithWasm(
  version: WasmVersion,
  phpdotenv: Phpdotenv,
  texts: readonly string[],
): Promise<PhpRead> {
  using php = await bootPhp(version)
  copyLibrary(php, phpLibraries, "PhpOption")
  copyLibrary(php, phpLibraries, "GrahamCampbell")
  copyLibrary(php, phpdotenv.folder, "Dotenv")
  php.mkdir("/job")
  for (const [at, text] of texts.entries()) php.writeFile(`/job/${at}.env`, text)
  php.writeFile("/job/phpdotenv.php", readFileSync(helper("phpdotenv.php")))
  const code = `<?php set_include_path('${phpLibraries}'); chdir('/job'); require '/job/phpdotenv.php';`
  const response = await php.runStream({ code })
  if ((await response.exitCode) !== 0) throw new Error(`PHP ${version} failed: ${await response.stdoutText}`)
  return phpRead(JSON.parse(php.readFileAsText("/job/result.json")) as PhpResult)
}

async function bootPhp(version: WasmVersion): Promise<Php> {
  const { loadPHPRuntime, PHP } = await importFetched("universal")
  const build = await importFetched(`node-${version.replace(".", "-")}`)
  return new PHP(await loadPHPRuntime(await build.getPHPLoaderModule()))
}

function importFetched(name: string) {
  return import(pathToFileURL(join(wasmFolder, `node_modules/@php-wasm/${name}/index.js`)).href)
}

function copyLibrary(php: Php, from: string, library: string): void {
  for (const found of readdirSync(join(from, library), { recursive: true, withFileTypes: true })) {
    if (!found.isFile()) continue
    const source = join(found.parentPath, found.name)
    const target = join(phpLibraries, source.slice(from.length))
    php.mkdirTree(dirname(target))
    php.writeFile(target, readFileSync(source))
  }
}
