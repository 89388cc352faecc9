/** The name of an AWS Region. */
export const awsRegion = /^[a-z]{2}(?:-[a-z]+){1,3}-\d{1,2}$/

/** The AWS Region by the environment, or `null`: the variable of the SDKs first, then that of the AWS CLI. */
export function regionOf(environment: Readonly<Record<string, string | undefined>>): string | null {
  return environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"] || null
}

/** The part of AWS that a Region belongs to (AWS reference, "Amazon Resource Names"). */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn"
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws"
}

/** The domain that hosts of a Region's services are in. */
export function awsDomain(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
}
