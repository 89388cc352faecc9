/** How the instance is asked: by IMDSv2 alone, once. */
export const instanceMetadata = { ec2MetadataV1Disabled: true, timeout: 1_000, maxRetries: 0 } as const
