/** Something that was concluded of an app, and what it was concluded from. Safe to print: no value of a secret. */
export interface Conclusion {
  readonly what: string
  readonly from: string
}
