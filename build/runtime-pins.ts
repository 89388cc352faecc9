/** A runtime of one release, and the SHA-256 of its program for each platform that it is used on. */
export interface PinnedRuntime {
  readonly name: string
  readonly version: string
  readonly sha256: Readonly<Record<string, string>>
}

/** What is compiled into the binaries, by Bun's names of its targets, and what bundles them. */
export const bunPins: PinnedRuntime = {
  name: "Bun",
  version: "1.4.5",
  sha256: {
    "bun-darwin-aarch64": "e2984124f1514e1e6bbda20adedbf07a02c443c6a5828853a15c7c7abf78e19f",
    "bun-darwin-x64": "88f97645b270aef20f9f9442f1658461cab3e7128e658af4615144e3396f084a",
    "bun-darwin-x64-baseline": "88f97645b270aef20f9f9442f1658461cab3e7128e658af4615144e3396f084a",
    "bun-linux-aarch64": "04778f1f42399a69d086853e9c7af4acf574b2f21a43d0dc673853d8b84a2923",
    "bun-linux-aarch64-musl": "9c48986093073afec8b76a3e285303598dd2462f52748aecb65e4d94866e1ea3",
    "bun-linux-x64": "f05d28a3862f4b84395c7fa32480b835dd47482e80b7e7a49a115227f0c06083",
    "bun-linux-x64-baseline": "f05d28a3862f4b84395c7fa32480b835dd47482e80b7e7a49a115227f0c06083",
    "bun-linux-x64-musl-baseline": "cf5d285ddbe256785a5121a3c113191a6b577504976374c7cfd5aedca609b720",
  },
}

/** What runs the build. Its package on npm brings it past the lock file; for macOS there is none of this version. */
export const nodePins: PinnedRuntime = {
  name: "Node",
  version: "24.21.0",
  sha256: {
    "linux-arm64": "0f8949d1028f6d61506b2d5bc57e7e6fe893d7b1997509b7847294fc9c616584",
    "linux-x64": "7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c",
  },
}
