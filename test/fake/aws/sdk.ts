import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs"
import { CodeBuildClient } from "@aws-sdk/client-codebuild"
import { ECRClient } from "@aws-sdk/client-ecr"
import { EKSClient } from "@aws-sdk/client-eks"
import { KMSClient } from "@aws-sdk/client-kms"
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager"
import { environmentFor, type Identity, type Running } from "./environment.ts"

/** Who calls, and from which Region. */
export type Caller = Partial<Pick<Identity, "region" | "expired">>

/** AWS's own client, as a role, with one attempt. */
export function kmsAs(aws: Running, role: string, caller: Caller = {}): KMSClient {
  return new KMSClient(configuration(aws, role, caller))
}

/** AWS's own client, as a role, with one attempt. */
export function secretsManagerAs(aws: Running, role: string, caller: Caller = {}): SecretsManagerClient {
  return new SecretsManagerClient(configuration(aws, role, caller))
}

/** AWS's own client, as a role, with one attempt. */
export function codeBuildAs(aws: Running, role: string, caller: Caller = {}): CodeBuildClient {
  return new CodeBuildClient(configuration(aws, role, caller))
}

/** AWS's own client, as a role, with one attempt. */
export function logsAs(aws: Running, role: string, caller: Caller = {}): CloudWatchLogsClient {
  return new CloudWatchLogsClient(configuration(aws, role, caller))
}

/** AWS's own client, as a role, with one attempt. */
export function ecrAs(aws: Running, role: string, caller: Caller = {}): ECRClient {
  return new ECRClient(configuration(aws, role, caller))
}

/** AWS's own client, as a role, with one attempt. */
export function eksAs(aws: Running, role: string, caller: Caller = {}): EKSClient {
  return new EKSClient(configuration(aws, role, caller))
}

/** What a test asserts of an error that the SDK read from the wire. */
export interface SdkFailure {
  readonly name: string
  readonly message: string
  readonly status: number | undefined
}

/** @throws Error when the work succeeds. */
export async function sdkFailure(work: Promise<unknown>): Promise<SdkFailure> {
  try {
    await work
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
    return { name, message, status: $metadata?.httpStatusCode }
  }
  throw new Error("it succeeded, and should have failed")
}

/** Credentials in the form that the SDK takes. */
export function credentialsOf(aws: Running, role: string, caller: Caller = {}) {
  const variables = environmentFor(aws, { via: "static", role, folder: "/nonexistent", ...caller })
  return {
    accessKeyId: variables["AWS_ACCESS_KEY_ID"] ?? "",
    secretAccessKey: variables["AWS_SECRET_ACCESS_KEY"] ?? "",
    sessionToken: variables["AWS_SESSION_TOKEN"] ?? "",
  }
}

function configuration(aws: Running, role: string, caller: Caller) {
  return {
    endpoint: aws.url,
    region: caller.region ?? "eu-west-1",
    credentials: credentialsOf(aws, role, caller),
    maxAttempts: 1,
  }
}
