/** A name in an encryption context (KMS API reference, "Encrypt"), of characters that IAM policies can compare. */
export const contextName = /^[A-Za-z0-9_.:/-]{1,128}$/

/** A value in an encryption context, of characters that IAM policies can compare. */
export const contextValue = /^[A-Za-z0-9 _.:/=+@-]{1,256}$/

/** More pairs are refused. */
export const maxContextPairs = 8

/** ARN of a KMS key (KMS developer guide, "Key identifiers"): partition, Region, account and id. */
export const kmsKeyArn = /^arn:(aws[a-z-]{0,20}):kms:([a-z0-9-]{1,30}):(\d{12}):key\/([A-Za-z0-9-]{1,128})$/
