// SPDX-License-Identifier: Apache-2.0
import { type Attack, checks, type Move, planted } from "./lab/attack.ts";
import { keyOf, openBase } from "./lab/base.ts";
import { type ForgedJob, strikeIssuer } from "./lab/fooled-issuer.ts";
import { strikeSigner } from "./lab/fooled-signer.ts";
import { relist, together } from "./lab/forge.ts";
import { publishKeys } from "./lab/keys.ts";
import { trojanWords } from "./lab/lab.ts";
import { product } from "./lab/lab-plan.ts";
import type { LiveWorld } from "./lab/live-world.ts";
import { startMirror } from "./lab/mirror.ts";
import { builderKey, loggedTrojan, type TrojanRelease } from "./lab/trojan-release.ts";
import { runs, strikeDevice } from "./lab/victim.ts";

/** What was built with the job's key, and was not what it was certified for. */
interface Planted {
  /** Built and certified as it should be, and approved by nobody. */
  readonly unapproved: TrojanRelease;
  readonly abused: readonly { readonly does: string; readonly stoppedBy: readonly string[]; readonly release: TrojanRelease }[];
}

/** What the attacker asks of the issuer with the job's tokens and grant, or with those of another job of its own. */
const asked: readonly (readonly [does: string, job: ForgedJob, stoppedBy: readonly string[]])[] = [
  ["that a stranger's pull request started", { claims: { event_name: "pull_request_target" } }, ["pin/event_name", "job/facts"]],
  ["of a repository that was made again under the old name", { claims: { repository_id: "666" } }, ["pin/repository_id", "job/facts"]],
  ["of a repository that was moved to another owner", { claims: { repository_owner_id: "666" } }, ["pin/repository_owner_id", "job/facts"]],
  [
    "of a branch of its own",
    {
      claims: {
        ref: "refs/heads/evil",
        workflow_ref: "evil/evil/.github/workflows/release.yml@refs/heads/evil",
        job_workflow_ref: "evil/evil/.github/workflows/release.yml@refs/heads/evil",
      },
    },
    ["pin/ref", "pin/workflow_ref", "pin/job_workflow_ref", "job/facts"],
  ],
  ["outside of the environment that people guard", { claims: { environment: "none" } }, ["pin/environment"]],
  ["on a runner of its own", { claims: { runner_environment: "self-hosted" } }, ["pin/runner_environment", "job/facts"]],
  ["for another commit than its grant is for", { claims: { sha: "7".repeat(40) } }, ["grant/digest"]],
  ["whose grant is for another duty", { details: { duty: "propose", digest: "7".repeat(64) } }, ["grant/duty", "grant/digest"]],
  ["with the token that it had made for govern", { audience: "https://govern.example" }, ["token/audience"]],
  ["with a grant that was copied from another job", { stolenGrant: true }, ["grant/bound"]],
];

/** Code runs in a CI job, as in the incidents of tj-actions, nx and TanStack: it has the job's tokens, its grant, and the key that was made in it. */
export const stolenCiJob: Attack = planted<Planted>({
  name: "stolen-ci-job",
  holds:
    "a CI job with its tokens, its grant and its key; against devices also an approver who was fooled, two signers, publish and the server",
  async plant(world) {
    const { project } = world;
    const hour = 3_600_000;
    const [unapproved, late, elsewhere] = await Promise.all([
      trojan(world, { approvers: [] }),
      trojan(world, { certify: (build) => builderKey(project, build, Date.now() - hour) }),
      trojan(world, { certify: (build) => builderKey(project, { ...build, commit: "7".repeat(40) }) }),
    ]);
    return {
      unapproved,
      abused: [
        { does: "an hour after the job", stoppedBy: ["provenance/certificate-time"], release: late },
        { does: "for another commit than the job's", stoppedBy: ["provenance/certificate-claims"], release: elsewhere },
      ],
    };
  },
  async prepare(lab, stack, { unapproved, abused }) {
    const { project, stores, devices } = lab;
    const base = await openBase(project, stores.oneLater);
    const keys = await publishKeys(project);
    const honest = stack.use(await startMirror(stores.oneLater));
    const moves: Move[] = asked.map(([does, job, stoppedBy]) => ({
      does: `asks the issuer to certify a key of a job ${does}`,
      stoppedBy: checks(...stoppedBy),
      strike: (without) => strikeIssuer(lab, honest.url, job, without),
    }));
    const mine = stack.use(await startMirror(stores.oneLater, unapproved.files));
    moves.push({
      does: "builds a trojan in the job, has it certified and attested in time, and proposes it; nobody approves",
      stoppedBy: checks("approvals/quorum"),
      strike: (without) => strikeSigner(lab, "sign-cleo", mine.url, unapproved, without),
    });
    for (const { does, stoppedBy, release } of abused) {
      const uploaded = stack.use(await startMirror(stores.oneLater, release.files));
      const listed = await relist(base, { "stable.json": release.channel.file }, keys);
      const published = stack.use(await startMirror(stores.oneLater, together(release.files, listed)));
      moves.push(
        {
          does: `asks a signer for an approved release that the job's key signed ${does}`,
          stoppedBy: checks(...stoppedBy),
          strike: (without) => strikeSigner(lab, "sign-cleo", uploaded.url, release, without),
        },
        {
          does: `offers a device a signed and approved release that the job's key signed ${does}`,
          stoppedBy: checks(...stoppedBy),
          strike: (without) => strikeDevice(devices.one, published, without, runs(product, trojanWords)),
        },
      );
    }
    return moves;
  },
});

async function trojan(world: LiveWorld, forgery: Omit<Parameters<typeof loggedTrojan>[1], "signers">): Promise<TrojanRelease> {
  const signers = [await keyOf(world.project, "sign-ana"), await keyOf(world.project, "sign-ben")];
  return loggedTrojan(world, { ...forgery, signers });
}
