import type { PolicyDocument } from "../../core/iam.ts"

/** What `envseal policy` prints for an environment. */
export interface Access {
  readonly build: PolicyDocument
  readonly pod: PolicyDocument
  readonly deployer: PolicyDocument
  /** Of the KMS key itself. */
  readonly key: PolicyDocument
}

/** Stands for the id of a KMS key that is still to be made. */
export const keyIdPlaceholder = "KEY-ID"

/** Who may take a role on (IAM user guide, "AWS JSON policy elements: Principal"). */
export interface TrustPolicy {
  readonly Version: "2012-10-17"
  readonly Statement: readonly TrustStatement[]
}

interface TrustStatement {
  readonly Effect: "Allow"
  readonly Principal: { readonly Service: string }
  readonly Action: string | readonly string[]
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** The service's own role, for this project of this account alone (CodeBuild user guide, "Confused deputy prevention"). */
export function trustOfBuild(project: string): TrustPolicy {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "codebuild.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { ArnEquals: { "aws:SourceArn": project } },
      },
    ],
  }
}

/** Pods of one service account, by EKS Pod Identity. Its session tags say whose they are. */
export interface PodTrust {
  readonly namespace: string
  readonly serviceAccount: string
  /** ARN of the cluster; `null` for any of the account. */
  readonly cluster: string | null
}

/** EKS user guide, "Create IAM role with trust policy required by EKS Pod Identity". */
export function trustOfPods({ namespace, serviceAccount, cluster }: PodTrust): TrustPolicy {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: {
          StringEquals: {
            ...(cluster === null ? {} : { "aws:RequestTag/eks-cluster-arn": cluster }),
            "aws:RequestTag/kubernetes-namespace": namespace,
            "aws:RequestTag/kubernetes-service-account": serviceAccount,
          },
        },
      },
    ],
  }
}
