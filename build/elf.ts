/** Where the ELF header of a 64-bit file has its table of sections: its offset, then entry count and name index. */
const sectionTable = [
  { at: 0x28, bytes: 8 },
  { at: 0x3c, bytes: 4 },
] as const

/**
 * Takes the table of sections out of a 64-bit ELF file, in place. The kernel and the loader go by the program
 * headers alone; `strip` goes by this table, and would take the app out of the binary and leave a plain Bun, which
 * runs code of its working directory. Without it GNU `strip` fails and changes nothing, and llvm-strip has nothing to
 * take.
 *
 * @throws Error when the file is none.
 */
export function dropSectionTable(file: Buffer): void {
  const is64Bit = file.subarray(0, 5).equals(Buffer.from("\x7fELF\x02", "latin1"))
  if (!is64Bit || file.length < 64) throw new Error("this is no 64-bit ELF file")
  for (const { at, bytes } of sectionTable) file.fill(0, at, at + bytes)
}
