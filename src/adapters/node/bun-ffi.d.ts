/** What of Bun's module is used, which Node does not have. */
declare module "bun:ffi" {
  interface FunctionShape {
    readonly args: readonly ("ptr" | "i32")[]
    readonly returns: "ptr" | "i32"
  }
  export function dlopen<T extends Readonly<Record<string, FunctionShape>>>(
    name: string,
    functions: T,
  ): { readonly symbols: { readonly [K in keyof T]: (...args: readonly number[]) => number } }
  export function ptr(bytes: Uint8Array | BigUint64Array): number
  export const read: { i32(address: number, offset: number): number }
}
