// SPDX-License-Identifier: Apache-2.0
import { type ProofSubject, provenBy, verifyProof } from "@countersign/federation/dpop";
import { type GrantSubject, verifyGrant } from "@countersign/federation/grant";
import type { IssuerKeys } from "@countersign/federation/issuer-keys";
import type { Token } from "@countersign/federation/jws";
import { skewSeconds } from "@countersign/federation/lifetime-checks";
import { type FederatedPin, readPin } from "@countersign/federation/pin";
import { type TokenSubject, tokenId, verifySubjectToken } from "@countersign/federation/subject-token";
import type { LedgerClient } from "@countersign/repository/ledger-client";
import { documentBytes, type SigningKey, signDocument } from "@countersign/repository/sign-document";
import { isVerifierRule } from "@countersign/trust/build/builder-rule";
import type { BuildCertificate } from "@countersign/trust/build/certificate";
import { agreed } from "@countersign/trust/build/differences";
import { withVersion } from "@countersign/trust/build/version-pattern";
import { canonicalDigest } from "@countersign/trust/canonical";
import { type Check, judge, type Step, type Verdict } from "@countersign/trust/check";
import type { Policy } from "@countersign/trust/policy/policy";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import type { GrantServer } from "./grant-server.ts";
import type { JobSubject } from "./job-checks.ts";
import type { IssuerRecord } from "./record.ts";
import { type CertificateRequest, readRequest } from "./request.ts";
import type { IssuerRule, RequestSubject } from "./request-checks.ts";

/** What an issuer asks of a request, of the job's token under a pin, of the job, and of the grant and the proof that come with it. */
export interface IssuerChecks {
  readonly request: readonly Check<RequestSubject>[];
  readonly token: (pin: FederatedPin) => readonly Check<TokenSubject>[];
  readonly job: readonly Check<JobSubject>[];
  readonly proof: readonly Check<ProofSubject>[];
  readonly grant: readonly Check<GrantSubject>[];
}

/** All that an issuer has. */
export interface Issuer {
  readonly key: SigningKey;
  /** The name under which grants are given for it. */
  readonly audience: string;
  /** The newest policy, verified from the embedded root down. */
  readonly policy: () => Promise<Outcome<Policy>>;
  /** The keys of the platforms that sign jobs' tokens. */
  readonly platforms: IssuerKeys;
  readonly govern: GrantServer;
  readonly ledger: Pick<LedgerClient, "append">;
  readonly record: IssuerRecord;
  readonly certificatesPerHour: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly checks: IssuerChecks;
}

/** A request as it came over HTTP. */
export interface Asked {
  readonly body: Uint8Array;
  /** Where it was sent to. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly dpop: string | undefined;
}

/**
 * Certifies a job's key for the one build that the job's own token names, for the minutes that the signed policy allows: the bytes of the certificate.
 * It believes neither govern, whose grant is not enough without a token of the platform, nor the platform, whose token is not enough
 * without a grant for that commit in a window that is open. What is certified is on disk before it is signed, and in the ledger before it is given away.
 */
export async function issue(asked: Asked, issuer: Issuer): Promise<Step<Uint8Array>> {
  const verdicts: Verdict[] = [];
  const note: Note = ({ verdicts: more, outcome }) => {
    verdicts.push(...more);
    return outcome;
  };
  return { outcome: await certify(asked, issuer, note), verdicts };
}

type Note = <T>(step: Step<T>) => Outcome<T>;

async function certify(asked: Asked, issuer: Issuer, note: Note): Promise<Outcome<Uint8Array>> {
  const { key, record, checks, ledger } = issuer;
  const now = issuer.now();
  const request = readRequest(asked.body);
  if (!request.ok) return request;
  const policy = await issuer.policy();
  if (!policy.ok) return policy;
  const { signed } = request.value;
  const rules = issuerRules(policy.value, signed, key.keyid);
  const isKnown = (keyid: string): boolean => record.isKnown(keyid);
  const wellAsked = note(judge({ candidate: request.value, policy: policy.value, rules, isKnown }, checks.request));
  if (!wellAsked.ok) return wellAsked;
  const [rule] = rules;
  if (rule === undefined) return refuse("builder-not-certified-here", "a rule", "none", "Ask the issuer that the policy names.");

  const token = await judgeToken(rule, signed, issuer, now, note);
  if (!token.ok) return token;
  const wanted = agreed(rule, signed.version);
  const time = Math.floor(now / 1000);
  const subject: JobSubject = {
    candidate: token.value,
    rule,
    wanted,
    isUsed: record.isUsed(tokenId(token.value)),
    givenWithinHour: record.givenWithinHour(time),
    certificatesPerHour: issuer.certificatesPerHour,
  };
  const job = note(judge(subject, checks.job));
  if (!job.ok) return job;
  const commit = String(token.value.claims[rule.certified.token.commitClaim]);
  const granted = await judgeGrant(asked, { channel: signed.channel, digest: commit }, issuer, now, note);
  if (!granted.ok) return granted;

  const notBefore = time - skewSeconds; // witnesses have clocks of their own
  const certificate: BuildCertificate = {
    ...wanted,
    _type: "build-certificate",
    spec: "countersign/1",
    key: signed.key,
    source: rule.source,
    commit,
    runId: String(token.value.claims[rule.certified.token.runClaim]),
    notBefore,
    notAfter: notBefore + rule.certified.seconds,
  };
  const name = canonicalDigest(certificate);
  if (!record.remember({ name, certificate, token: tokenId(token.value), time }))
    return refuse("token-used", "a token and a key that were not used here", "used before", "Ask the platform for a new token.");
  const document = documentBytes(await signDocument(certificate, [key]));
  const logged = await ledger.append({ type: "certificate", digest: name });
  return logged.ok ? accept(document) : logged;
}

function issuerRules(policy: Policy, { channel, builder, version }: CertificateRequest, keyid: string): readonly IssuerRule[] {
  return (policy.channels[channel]?.builders.trusted ?? []).flatMap((rule) => {
    if (isVerifierRule(rule) || rule.certified === undefined || rule.keyid !== keyid) return [];
    return withVersion(rule.id, version) === builder ? [{ ...rule, certified: rule.certified }] : [];
  });
}

async function judgeToken(
  rule: IssuerRule,
  { token, version }: CertificateRequest,
  issuer: Issuer,
  now: number,
  note: Note,
): Promise<Outcome<Token>> {
  const { kind, issuer: platform, audience, claims } = rule.certified.token;
  const pin = readPin({ kind, issuer: platform, audience, claims: withVersion({ ...claims }, version) });
  if (!pin.ok) return pin;
  if (pin.value.kind === "certificate") return refuse("pin-of-a-certificate", "a pin of tokens", "another", "Correct the rule.");
  return note(await verifySubjectToken(token, pin.value, issuer.platforms, now, issuer.checks.token(pin.value)));
}

async function judgeGrant(
  { url, authorization, dpop }: Asked,
  of: { readonly channel: string; readonly digest: string },
  { govern, audience, checks }: Issuer,
  now: number,
  note: Note,
): Promise<Outcome<unknown>> {
  const [, grant] = /^DPoP ([\x21-\x7e]+)$/.exec(authorization ?? "") ?? [];
  if (grant === undefined)
    return refuse(
      "grant-missing",
      "a build grant (Authorization: DPoP ...)",
      "none",
      "Exchange the job's token for a grant at govern first.",
    );
  const proof = note(await verifyProof(dpop, { use: { method: "POST", url, grant }, isNonce: undefined, now }, checks.proof));
  if (!proof.ok) return proof;
  const keys = await govern.keys();
  if (!keys.ok) return keys;
  const { thumbprint } = provenBy(proof.value);
  const wanted = { duty: "build", ...of } as const;
  const around = { issuer: govern.issuer, audience, thumbprint, wanted, keys: keys.value, now };
  const judged = note(await verifyGrant(grant, around, checks.grant));
  return judged.ok ? govern.use({ grant, proof: dpop ?? "", method: "POST", url, audience, wanted }) : judged;
}
