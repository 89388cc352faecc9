import { type Contender, makeReady } from "../contender.ts"

/** What one whole process took. */
export interface Usage {
  readonly wallMs: number
  /** User and system, of its threads and of the processes that it waited for. */
  readonly cpuMs: number
}

interface BunProcesses {
  spawnSync(options: object): {
    readonly exitCode: number
    readonly resourceUsage: { readonly cpuTime: { readonly total: number | bigint } }
  }
}

const { Bun: bun } = globalThis as unknown as { readonly Bun: BunProcesses }

/** As images of Debian have it: where a command is searched for is a part of a start, and npm puts folders of its own before. */
const pathOfContainer = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/**
 * Runs a program once. By Bun, which tells the processor time of a child to the microsecond; Node tells none.
 *
 * @throws Error when the program fails.
 */
export function usageOf(contender: Contender, folder: string): Usage {
  const { name, argv, env } = contender
  makeReady(contender, folder)
  const started = performance.now()
  const { exitCode, resourceUsage } = bun.spawnSync({
    cmd: argv,
    cwd: folder,
    env: { PATH: pathOfContainer, ...env },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "inherit",
  })
  const wallMs = performance.now() - started
  if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}`)
  return { wallMs, cpuMs: Number(resourceUsage.cpuTime.total) / 1000 }
}

/** Every program once a round, in turns, after one run that does not count; a list of as many for each. */
export function usagesOf(
  contenders: readonly Contender[],
  folder: string,
  rounds: number,
): ReadonlyMap<Contender, readonly Usage[]> {
  const usages = new Map(contenders.map((one): [Contender, Usage[]] => [one, []]))
  for (let round = -1; round < rounds; round++) {
    for (const contender of contenders) {
      const usage = usageOf(contender, folder)
      if (round >= 0) usages.get(contender)?.push(usage)
    }
  }
  return usages
}
