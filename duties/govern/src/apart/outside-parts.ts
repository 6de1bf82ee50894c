// SPDX-License-Identifier: Apache-2.0
import type { Reader } from "@countersign/repository/store";
import { decodeBytes } from "@countersign/trust/decode";
import { signersOf } from "@countersign/trust/quorum";
import type { Entry } from "@countersign/trust/release/head";
import type { Statement } from "@countersign/trust/release/statement";
import { type RevocationList, servedLists } from "@countersign/trust/revocation/list";
import { builderIds } from "../builders.ts";
import { isRelease, type Proposal, signerOf } from "../proposal.ts";
import { headsOf, type Published } from "../published.ts";
import type { Part } from "./part.ts";

/**
 * Who has a part in a release or an order by what is stored and published: who may have built it, who puts it out, and where it is an old one once more, who proposed
 * that and who revoked what it replaces. Nothing of it is taken on a caller's word. `at` is Unix milliseconds.
 */
export async function outsideParts(store: Reader, published: Published, entry: Proposal, at: number): Promise<readonly Part[]> {
  const publishing = publishers(published).map((by): Part => ({ power: "publish", by, at }));
  if (!isRelease(entry)) return publishing;
  const building = (await buildersOf(store, published, entry.body)).map((by): Part => ({ power: "build", by, at }));
  const replaced = replacedBy(entry, published);
  if (replaced === undefined) return [...publishing, ...building];
  const proposer = published.policy.holders[signerOf(entry.approvals[0])]?.holder ?? "nobody";
  const revoking = (await revokersOf(store, published, replaced)).map((by): Part => ({ power: "revoke", by, at }));
  return [...publishing, ...building, ...revoking, { power: "reissue", by: proposer, at }];
}

/** The owners of the snapshot and timestamp keys. */
export function publishers({ root: { signed } }: Published): readonly string[] {
  const keyids = [...signed.roles.snapshot.keyids, ...signed.roles.timestamp.keyids];
  return [...new Set(keyids.flatMap((keyid) => signed.countersign.owners[keyid] ?? []))];
}

/** Who holds a key that the policy trusts as one of the builders that the provenance names. */
async function buildersOf(store: Reader, { policy }: Published, statement: Statement): Promise<readonly string[]> {
  const ids = await builderIds(statement, store);
  const trusted = policy.channels[statement.channel]?.builders.trusted ?? [];
  return trusted.filter(({ id }) => ids.includes(id)).flatMap(({ keyid }) => policy.holders[keyid]?.holder ?? []);
}

/** Digests of the releases that a release takes the place of, where all its bytes are those of one before them; undefined where it is no re-issue. */
function replacedBy({ body }: Entry<Statement>, published: Published): readonly string[] | undefined {
  const earlier = headsOf(published, body).flatMap(({ releases }) => releases);
  const digests = body.artifacts.map(({ sha256 }) => sha256);
  const source = earlier.findLast(({ body: { artifacts } }) => {
    const old = artifacts.map(({ sha256 }) => sha256);
    return digests.every((digest) => old.includes(digest));
  });
  return source && earlier.filter((release) => release.body.sequence > source.body.sequence).map(({ digest }) => digest);
}

/** Whose keys signed a denial of one of these. A list that does not verify says nothing. */
async function revokersOf(store: Reader, { policy }: Published, releases: readonly string[]): Promise<readonly string[]> {
  const bytes = await store.read("revocations/latest");
  const served = bytes === undefined ? undefined : decodeBytes(servedLists, bytes, "revocations/latest");
  const lists = served?.ok ? served.value.lists.flatMap((list) => (list.ok ? [list.value] : [])) : [];
  return lists.flatMap((list) => {
    const keyid = policy.revokers[list.signed.revoker] ?? "";
    const holder = policy.holders[keyid];
    const genuine = holder !== undefined && signersOf(list, { keys: { [keyid]: holder.key }, keyids: [keyid], threshold: 1 }).length === 1;
    return genuine && denies(list.signed, releases) ? [holder.holder] : [];
  });
}

function denies({ denials }: RevocationList, releases: readonly string[]): boolean {
  return denials.some(({ kind, name }) => kind === "release" && releases.includes(name));
}
