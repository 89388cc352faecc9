import { PassThrough, type Readable } from "node:stream"

/** A terminal that is read from: `process.stdin`, where it is one. */
export interface TerminalInput extends Readable {
  setRawMode(isRaw: boolean): unknown
}

/** An answer, and whether nothing but line ends came after its line. */
export interface LineAnswer<T> {
  readonly answer: T
  readonly isOnly: boolean
}

/** What is pasted comes without a pause. A person's next key takes longer. */
const quietMs = 300

/**
 * Lets a question read one line of a terminal. A paste can have more of them: they are swallowed, for the next question
 * would take them for its answer, and a shell for commands, and both would show them.
 *
 * @param ask reads the line, with its end, from the stream that it is given.
 */
export async function answerOfOneLine<T>(
  ask: (input: Readable) => Promise<T>,
  terminal: TerminalInput = process.stdin,
): Promise<LineAnswer<T>> {
  const input = new PassThrough()
  let isOver = false
  let isOnly = true
  let rested = () => {}
  const rest = (bytes: Uint8Array) => {
    if (bytes.some((byte) => !isLineEnd(byte))) isOnly = false
    rested()
  }
  const take = (bytes: Uint8Array) => {
    if (isOver) return rest(bytes)
    const end = bytes.findIndex(isLineEnd)
    isOver = end >= 0
    input.write(isOver ? bytes.subarray(0, end + 1) : bytes)
    if (isOver) rest(bytes.subarray(end + 1))
  }
  const finish = () => input.end()
  // It would show what comes between this question and the next one.
  terminal.setRawMode(true)
  terminal.on("data", take).once("end", finish)
  try {
    const answer = await ask(input)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, quietMs)
      rested = () => timer.refresh()
    })
    return { answer, isOnly }
  } finally {
    terminal.off("data", take).off("end", finish)
    terminal.setRawMode(false)
    terminal.pause()
  }
}

function isLineEnd(byte: number): boolean {
  return byte === 0x0a || byte === 0x0d
}
