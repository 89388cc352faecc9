/** One call to AWS, for the message of its failure. Nothing in it is secret. */
export interface Call {
  readonly service: "KMS" | "Secrets Manager" | "CodeBuild" | "CloudWatch Logs" | "ECR" | "EKS" | "STS"
  /** As a policy names it. */
  readonly action:
    | "kms:Encrypt"
    | "kms:Decrypt"
    | "kms:DescribeKey"
    | "secretsmanager:GetSecretValue"
    | "secretsmanager:DescribeSecret"
    | "secretsmanager:CreateSecret"
    | "secretsmanager:ListSecretVersionIds"
    | "secretsmanager:PutSecretValue"
    | "secretsmanager:UpdateSecretVersionStage"
    | "codebuild:BatchGetProjects"
    | "codebuild:StartBuild"
    | "codebuild:BatchGetBuilds"
    | "codebuild:StopBuild"
    | "logs:GetLogEvents"
    | "ecr:DescribeImages"
    | "ecr:DescribeRepositories"
    | "ecr:BatchGetImage"
    | "ecr:GetDownloadUrlForLayer"
    | "ecr:InitiateLayerUpload"
    | "ecr:UploadLayerPart"
    | "ecr:CompleteLayerUpload"
    | "ecr:PutImage"
    | "eks:DescribeCluster"
    | "eks:ListPodIdentityAssociations"
    | "eks:DescribePodIdentityAssociation"
    | "eks:DescribeAddon"
    | "sts:GetCallerIdentity"
  /** ARN, id or name of what it is about. */
  readonly resource: string
  /** The encryption context, for KMS. */
  readonly context?: Readonly<Record<string, string>>
}

/** Where a service was asked; `null` for what is not known. */
export interface CallPlace {
  readonly region: string | null
  readonly account: string | null
}

/** For a message, such as `in eu-west-1 of account 111122223333`. */
export function placeWords({ region, account }: CallPlace): string {
  const owner = account === null ? "" : ` of account ${account}`
  if (region === null) return account === null ? "there" : `in account ${account}`
  return `in ${region}${owner}`
}

/** Who calls, for the message. */
export interface Caller {
  readonly name: string
  readonly role: string | null
}
