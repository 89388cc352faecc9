/** The AWS Region by the environment, or `null`: the variable of the SDKs first, then that of the AWS CLI. */
export function regionOf(environment: Readonly<Record<string, string | undefined>>): string | null {
  return environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"] || null
}
