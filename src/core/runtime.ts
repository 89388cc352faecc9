/** Whether Bun runs this, as in the binary. Otherwise Node does. */
export const isBun = "Bun" in globalThis
