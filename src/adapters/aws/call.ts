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
    | "eks:DescribeCluster"
    | "eks:ListPodIdentityAssociations"
    | "eks:DescribePodIdentityAssociation"
    | "sts:GetCallerIdentity"
  /** ARN, id or name of what it is about. */
  readonly resource: string
  /** The encryption context, for KMS. */
  readonly context?: Readonly<Record<string, string>>
}

/** Who calls, for the message. */
export interface Caller {
  readonly name: string
  readonly role: string | null
}
