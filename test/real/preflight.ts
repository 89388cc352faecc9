import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { kubernetesFolder } from "./cluster/binaries.ts"
import { motoFolder } from "./moto.ts"
import { fetchedFolder, phpLibraries } from "./readers/php.ts"
import { wasmFolder } from "./readers/php-wasm.ts"

interface Part {
  readonly name: string
  readonly from: string
  readonly isThere: () => boolean
}

const require = createRequire(import.meta.url)

function runs(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

function resolves(name: string): boolean {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}

const parts: readonly Part[] = [
  { name: "php", from: "Debian's php-cli", isThere: () => runs("php", "-v") },
  {
    name: "phpdotenv",
    from: "Debian's php-vlucas-phpdotenv",
    isThere: () => existsSync(`${phpLibraries}/Dotenv/autoload.php`),
  },
  {
    name: "phpdotenv 5.6",
    from: "test/real/fetch-phpdotenv.sh",
    isThere: () => existsSync(`${fetchedFolder}/version`),
  },
  {
    name: "Laravel",
    from: "Debian's php-laravel-framework",
    isThere: () => existsSync(`${phpLibraries}/Illuminate/autoload.php`),
  },
  {
    name: "Laravel 10",
    from: "test/real/fetch-laravel.sh",
    isThere: () => existsSync(new URL("../../.cache/laravel/version", import.meta.url)),
  },
  {
    name: "a newer Laravel",
    from: "test/real/fetch-laravel.sh",
    isThere: () => existsSync(new URL("../../.cache/laravel-new/version", import.meta.url)),
  },
  {
    name: "sops",
    from: "test/real/fetch-sops.sh",
    isThere: () => existsSync(new URL("../../.cache/sops/version", import.meta.url)),
  },
  {
    name: "tini and setpriv",
    from: "Debian's tini and util-linux",
    isThere: () => runs("tini", "--version") && runs("setpriv", "--version"),
  },
  {
    name: "age",
    from: "Debian's age",
    isThere: () => runs("age", "--version") && runs("age-keygen", "--version"),
  },
  {
    name: "python-dotenv",
    from: "Debian's python3-dotenv",
    isThere: () => runs("/usr/bin/python3", "-c", "import dotenv"),
  },
  {
    name: "ruby-dotenv",
    from: "Debian's ruby-dotenv",
    isThere: () => runs("ruby", "-e", 'require "dotenv"'),
  },
  {
    name: "moto",
    from: "test/real/fetch-moto.sh",
    isThere: () => existsSync(`${motoFolder}/version`),
  },
  {
    name: "musl",
    from: "test/real/fetch-musl.sh",
    isThere: () =>
      ["musl", "musl-arm64"].every((folder) =>
        existsSync(new URL(`../../.cache/${folder}/version`, import.meta.url)),
      ),
  },
  {
    name: "qemu",
    from: "Debian's qemu-user-static",
    isThere: () => runs("qemu-aarch64-static", "--version") && runs("qemu-x86_64-static", "--version"),
  },
  {
    name: "strip for x64 and arm64",
    from: "Debian's binutils, binutils-aarch64-linux-gnu and llvm",
    isThere: () =>
      ["strip", "aarch64-linux-gnu-strip", "llvm-strip"].every((command) => runs(command, "--version")),
  },
  {
    name: "the C library for arm64",
    from: "Debian's libc6-arm64-cross",
    isThere: () => existsSync("/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1"),
  },
  {
    name: "the AWS CLI",
    from: "test/real/fetch-awscli.sh",
    isThere: () => existsSync(new URL("../../.cache/awscli/bin/aws", import.meta.url)),
  },
  {
    name: "Kubernetes",
    from: "test/real/fetch-kubernetes.sh",
    isThere: () => existsSync(`${kubernetesFolder}/version`),
  },
  ...["cfn-lint", "sigstore", "terraform"].map((part) => ({
    name: part === "terraform" ? "OpenTofu" : part,
    from: `test/real/fetch-${part}.sh`,
    isThere: () => existsSync(new URL(`../../.cache/${part}/version`, import.meta.url)),
  })),
  {
    name: "setpriv",
    from: "Debian's util-linux",
    isThere: () => runs("setpriv", "--version"),
  },
  { name: "Docker", from: "Debian's docker.io", isThere: () => runs("dockerd", "--version") },
  {
    name: "Laravel 13, and what it is built from and runs on",
    from: "test/real/fetch-chain.sh",
    isThere: () => existsSync(new URL("../../.cache/chain/recipe", import.meta.url)),
  },
  {
    name: "PostgreSQL",
    from: "Debian's postgresql",
    isThere: () => existsSync("/usr/lib/postgresql") && runs("psql", "--version"),
  },
  {
    name: "containerd and runc",
    from: "Debian's containerd and runc, which come with docker.io",
    isThere: () => runs("containerd", "--version") && runs("runc", "--version"),
  },
  {
    name: "networks for containers",
    from: "Debian's containernetworking-plugins",
    isThere: () => existsSync("/usr/lib/cni/bridge") && existsSync("/usr/lib/cni/host-local"),
  },
  {
    name: "BusyBox, static",
    from: "Debian's busybox-static",
    isThere: () => runs("/bin/busybox", "true"),
  },
  { name: "debootstrap", from: "Debian's debootstrap", isThere: () => runs("debootstrap", "--version") },
  {
    name: "a registry for images",
    from: "Debian's docker-registry",
    isThere: () => runs("docker-registry", "--version"),
  },
  { name: "htpasswd", from: "Debian's apache2-utils", isThere: () => existsSync("/usr/bin/htpasswd") },
  {
    name: "vi, nano and tmux",
    from: "Debian's vim-tiny, nano and tmux",
    isThere: () => runs("sh", "-c", "command -v vi") && runs("nano", "--version") && runs("tmux", "-V"),
  },
  { name: "Chromium", from: "Debian's chromium", isThere: () => runs("chromium", "--version") },
  { name: "jq", from: "Debian's jq", isThere: () => runs("jq", "--version") },
  { name: "xxd", from: "Debian's xxd", isThere: () => runs("xxd", "-v") },
  { name: "bash", from: "Debian's bash", isThere: () => runs("bash", "--version") },
  { name: "openssl", from: "Debian's openssl", isThere: () => runs("openssl", "version") },
  { name: "dotenv", from: "npm ci", isThere: () => resolves("dotenv") },
  {
    name: "Deno",
    from: "test/real/fetch-deno.sh",
    isThere: () => existsSync(new URL("../../.cache/deno/version", import.meta.url)),
  },
  {
    name: "PHP as WebAssembly",
    from: "test/real/fetch-php-wasm.sh",
    isThere: () => existsSync(`${wasmFolder}/version`),
  },
]

const missing = parts.filter((part) => !part.isThere())
for (const { name, from } of missing) console.error(`missing: ${name} (get it with ${from})`)
if (missing.length > 0) process.exit(1)
