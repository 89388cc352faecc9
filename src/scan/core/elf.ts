/** By the number of a machine (ELF, `e_machine`), its name in an image's configuration (OCI image specification, `architecture`). */
const machines: Readonly<Record<number, string>> = { 62: "amd64", 183: "arm64" }

/** So many bytes of a program tell what it is for. */
export const elfHeadBytes = 20

/** For which processor a program is, of those that envseal is made for; `null` for all else, such as a script. */
export function processorOf(head: Uint8Array): string | null {
  const isElf = head.length >= elfHeadBytes && Buffer.from(head.subarray(0, 4)).equals(elfMagic)
  // Both are little-endian (EI_DATA 1).
  return isElf && head[5] === 1 ? (machines[Buffer.from(head).readUInt16LE(18)] ?? null) : null
}

const elfMagic = Buffer.from([0x7f, 0x45, 0x4c, 0x46])
