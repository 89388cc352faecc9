/** How a command that was mistaken ends. */
export interface Outcome {
  readonly status: number
  readonly message: string
  readonly hint: string
}

/** What cannot be done as it was asked for. */
export const usage = (message: string, hint: string): Outcome => ({
  status: 2,
  message: `${message} [USAGE]`,
  hint,
})

export const noSettings: Outcome = {
  status: 2,
  message: "there is no envseal.yaml in this folder and its repository [CONFIG_MISSING]",
  hint: "write one: envseal init, or as docs/config.md shows; or name it with --config FILE (ENVSEAL_CONFIG)",
}

/** Of `prodution` or such. */
export function unknownEnvironment(name: string, meant = "production"): Outcome {
  const hint = `did you mean ${meant}? it has production, staging, local`
  return usage(`envseal.yaml has no environment ${name}`, hint)
}

export function lacksSettings(environment: string, command: string): Outcome {
  return {
    status: 2,
    message: `environment ${environment} lacks what envseal ${command} needs [CONFIG_MALFORMED]`,
    hint: "add these settings; docs/config.md has every one",
  }
}

export const noCredentials: Outcome = {
  status: 5,
  message:
    "there are no AWS credentials: no access key in the environment, no web identity, no container credentials and no profile [NO_CREDENTIALS]",
  hint: "log in, and name the profile with --profile NAME (AWS_PROFILE); on EC2, --allow-instance-role takes the machine's role. To log in: aws sso login --profile NAME",
}

/** @param hint what is said instead of the usual */
export function noSuchFile(path: string, hint?: string): Outcome {
  return {
    status: 4,
    message: `could not read ${path}: there is no such file or folder (ENOENT) [INPUT_UNREADABLE]`,
    hint: hint ?? "check its name, and the folder that you are in",
  }
}

/** The role may not read or see the secret of production. */
export function deniedSecret(action: string): Outcome {
  const call = `secretsmanager:${action}`
  const Resource = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/production-??????"
  return {
    status: 5,
    message: `Secrets Manager refused ${call} on shop/production to arn:aws:sts::111122223333:assumed-role/nobody/static (credentials from the access key in the environment (AWS_ACCESS_KEY_ID)): because no identity-based policy allows the ${call} action [ACCESS_DENIED]`,
    hint: `allow it in the policy of the role: ${JSON.stringify({ Effect: "Allow", Action: call, Resource })}`,
  }
}

const whichPlace =
  "check its name; another Region is asked with --region (AWS_REGION), another account with --profile (AWS_PROFILE) or by the ARN"

export function noSuchSecret(name: string, region = "eu-west-1"): Outcome {
  const message = `the secret ${name} does not exist in ${region} of account 111122223333 [SOURCE_MISSING]`
  return { status: 4, message, hint: whichPlace }
}

/** The same of a command that reads it to change it. */
export function noSuchSecretYet(name: string): Outcome {
  const hint = `${whichPlace}; envseal env add --create-secret makes the secret of a new environment`
  return { ...noSuchSecret(name), hint }
}

export const noIdentity: Outcome = {
  status: 5,
  message: "there is no identity to open with [NO_IDENTITY]",
  hint: "pass --identity FILE, set ENVSEAL_IDENTITY_FILE, or mount /run/secrets/envseal-identity",
}

export const wrongIdentity: Outcome = {
  status: 5,
  message: "1 identity tried, and .env.sealed is for none of them [NO_MATCH]",
  hint: "it is sealed for RECIPIENT; pass the identity of one of them with --identity FILE",
}

export function notSealed(path: string): Outcome {
  return {
    status: 4,
    message: `${path} is not an age file [NOT_AN_ENVELOPE]`,
    hint: "an envelope starts with -----BEGIN AGE ENCRYPTED FILE-----; make one with envseal seal",
  }
}

export const brokenJson: Outcome = {
  status: 4,
  message: "file:broken.json is not JSON (line 1, column 27) [SECRET_MALFORMED]",
  hint: 'a secret is one JSON object in UTF-8, such as {"APP_KEY": "…", "DB_PORT": 5432}',
}

export const noRecipient = usage(
  "there is no recipient to seal for",
  "pass --recipient aws-kms:ARN or age1… (make one with envseal keygen), or --recipients-file FILE",
)

export const noKubeconfig: Outcome = {
  status: 2,
  message: "there is no kubeconfig at /nowhere/kubeconfig [KUBECONFIG_MALFORMED]",
  hint: "make one, such as by aws eks update-kubeconfig; or set cluster.eks in envseal.yaml, which needs none",
}

/** Of a cluster that does not answer. */
export function noAnswer(request: string): Outcome {
  return {
    status: 7,
    message: `no answer from the API server of fake (SERVER) to ${request}: connection refused [REMOTE_FAILED]`,
    hint: "is it up, and can it be reached from here (VPN, proxy)? kubectl cluster-info",
  }
}

/** Of who may do nothing of what a deploy does. */
export const noRights: Outcome = {
  status: 5,
  message: "production cannot be deployed to fake, namespace shop; nothing was begun [ACCESS_DENIED]",
  hint: "is the name web right? If it is, print the Role that grants it: envseal policy cluster -e production",
}

export const nobodyToAsk = usage(
  "nobody can be asked: there is no terminal",
  "see above what would change, and pass --yes",
)

/** Where the value would have been asked for, and nothing can be shown yet. */
export const nobodyToAskValue = usage("nobody can be asked: there is no terminal", "pass --yes")

export const noName = usage(
  "an argument is not letters, digits and _ with no digit first",
  "write the name alone, such as DB_PASSWORD; a value comes from standard input or a hidden prompt",
)

export function lacksName(name: string): Outcome {
  return usage(
    `the secret shop/production does not have ${name}`,
    "look at what it has: envseal secret names production",
  )
}

export const missingAnswers = usage(
  "some of what envseal init needs is missing or wrong",
  "give these flags, or run it on a terminal without --yes, where it asks; nothing was written",
)

export const noVersion: Outcome = {
  status: 4,
  message: "the secret shop/production has no such version or stage [SOURCE_MISSING]",
  hint: "look at what it has: aws secretsmanager list-secret-version-ids --secret-id shop/production",
}

export function exists(path: string): Outcome {
  return {
    status: 4,
    message: `${path} exists already [TARGET_EXISTS]`,
    hint: "an identity is never overwritten: whatever was sealed for it would be lost; choose another name",
  }
}

export const keyByArn =
  "write --kms-key arn:aws:kms:REGION:ACCOUNT:key/ID, or kmsKeys in envseal.yaml; policies cannot name an alias"
