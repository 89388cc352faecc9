import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms"

// What a process does that has its environment only: asks KMS about the key of its first argument, once.
try {
  const { KeyMetadata } = await new KMSClient({ maxAttempts: 1 }).send(
    new DescribeKeyCommand({ KeyId: process.argv[2] ?? "" }),
  )
  process.stdout.write(KeyMetadata?.Arn ?? "")
} catch (error) {
  process.stdout.write(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  process.exitCode = 1
}
