// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { CertifiedJob } from "@countersign/build/config";
import type { Digest } from "@countersign/trust/digest";
import type { Outcome, Refusal } from "@countersign/trust/refusal";
import { governAudience } from "./certificate.ts";
import { startJob } from "./ci-job.ts";
import { dutyMain } from "./duty-main.ts";
import { agreedBuild, type PlannedBuilder } from "./plan.ts";
import { dutyDirectory, type Project, placeIn, type Running, storeDirectory } from "./project.ts";

/** An artifact in the store, with its provenance in the ledger. */
export interface Built {
  readonly name: string;
  readonly length: number;
  readonly sha256: Digest;
  readonly provenance: Digest;
}

/** The processes that a build asks. */
export type Peers = Pick<Running, "platforms" | "issuers" | "govern" | "ledger">;

/** One build: what it made, and where it may write. */
export interface Made {
  readonly archive: string;
  readonly commit: string;
  readonly version: string;
  readonly work: string;
}

/** Runs the build duty once, as a process of its own, in a job of its own: there it makes its key, has it certified, and forgets it. */
export async function attestIn(project: Project, running: Peers, builder: PlannedBuilder, made: Made): Promise<Outcome<Built>> {
  const { archive, commit, version, work } = made;
  const { certified } = builder;
  const job = certified && (await startJob(project, running, commit, certified.token));
  const config = {
    ...agreedBuild(builder),
    artifacts: [archive],
    store: storeDirectory(project),
    ledger: running.ledger,
    commit,
    ...(certified === undefined
      ? { key: placeIn(dutyDirectory(project, builder.holder)) }
      : { certified: certification(project, running, builder.holder, certified.token.audience, version) }),
  };
  const configFile = join(work, "build.json");
  await writeFile(configFile, JSON.stringify(config));
  const child = spawn(process.execPath, [dutyMain("build"), configFile], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ACTIONS_ID_TOKEN_REQUEST_URL: job?.requestUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: job?.requestToken },
  });
  const [out, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (out === "") return { ok: false, refusal: refusalIn(complaints) };
  const { artifacts, provenance } = JSON.parse(out) as { artifacts: readonly Omit<Built, "provenance">[]; provenance: Digest };
  const [artifact] = artifacts;
  if (artifact === undefined) throw new Error("the build duty delivered nothing");
  return { ok: true, value: { ...artifact, provenance } };
}

/** What a job has to know to have its key certified. */
function certification({ plan }: Project, { issuers, govern }: Peers, holder: string, audience: string, version: string): CertifiedJob {
  return {
    issuer: issuers[holder] ?? "",
    audience,
    govern,
    governAudience: governAudience(plan),
    identity: holder,
    channel: plan.channel,
    version,
    token: { from: "github-actions" },
  };
}

function refusalIn(complaints: string): Refusal {
  try {
    return (JSON.parse(complaints) as { refusal: Refusal }).refusal;
  } catch {
    throw new Error(`the build duty failed: ${complaints}`);
  }
}
