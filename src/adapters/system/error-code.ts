/** Nearly all failures that are no failure: `open` looks for what may be there. */
const noEntry = 2

/**
 * Linux: what the runtimes have no name for, of what `execve` and file systems answer (asm-generic/errno.h): a damaged file
 * system, a device that is gone, a key of an encrypted folder, a loader that does not fit.
 */
const furtherCodes: Readonly<Record<number, string>> = {
  64: "ENONET",
  66: "EREMOTE",
  70: "ECOMM",
  77: "EBADFD",
  79: "ELIBACC",
  80: "ELIBBAD",
  81: "ELIBSCN",
  82: "ELIBMAX",
  83: "ELIBEXEC",
  85: "ERESTART",
  108: "ESHUTDOWN",
  112: "EHOSTDOWN",
  117: "EUCLEAN",
  121: "EREMOTEIO",
  123: "ENOMEDIUM",
  124: "EMEDIUMTYPE",
  126: "ENOKEY",
  127: "EKEYEXPIRED",
  128: "EKEYREVOKED",
  129: "EKEYREJECTED",
  130: "EOWNERDEAD",
  131: "ENOTRECOVERABLE",
  133: "EHWPOISON",
}

/** The system's name of an error, such as `ENOENT`; `errno 9999` for one without. */
export function errorCode(number: number): string {
  if (number === noEntry) return "ENOENT"
  const { errno } = process.getBuiltinModule("node:os").constants
  const [name] = Object.entries(errno).find(([, value]) => value === number) ?? []
  return name ?? furtherCodes[number] ?? `errno ${number}`
}
