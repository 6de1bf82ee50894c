// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningDuty } from "@countersign/daemon/child";
import { headPath, nextChannel } from "@countersign/repository/next-channel";
import { nextHead } from "@countersign/repository/next-head";
import { signDocument } from "@countersign/repository/sign-document";
import type { TargetsDocument } from "@countersign/trust/anchor/targets";
import { canonicalDigest } from "@countersign/trust/canonical";
import type { Verdict } from "@countersign/trust/check";
import { sha256 } from "@countersign/trust/digest";
import { loggedCheck } from "@countersign/trust/ledger/inclusion";
import { approvalsDigest } from "@countersign/trust/release/approval";
import { headDocument } from "@countersign/trust/release/head";
import type { Order } from "@countersign/trust/release/order";
import type { Statement } from "@countersign/trust/release/statement";
import { governConfig } from "@countersign/world/duty-configs";
import { dutyDirectory } from "@countersign/world/project";
import { sampleStatement } from "@countersign/world/sample-release";
import { onBothEngines } from "./engine.test-support.ts";
import { loadProposal } from "./proposal.ts";
import { type Answer, type Client, clientOf, type Scene, setScene } from "./scene.test-support.ts";

interface Request {
  readonly id: string;
  readonly channelFile: TargetsDocument;
  readonly heads: Record<string, unknown>;
  readonly added: string;
  readonly signatures: readonly { keyid: string }[];
  readonly trails: readonly { signer: string; ok: boolean }[];
}
onBothEngines((engine) => {
  // One story, told in order: each test goes on where the one before ended.
  let scene: Scene;
  let client: Client;
  before(async () => {
    scene = await setScene(2, engine);
    client = scene.client;
  });
  after(() => scene[Symbol.asyncDispose]());

  let first: Statement;
  let second: Statement;

  const get: Client["get"] = (path) => client.get(path);
  const post: Client["post"] = (path, body) => client.post(path, body);
  const propose = async (body: Statement | Order, holder = "ci"): Promise<Answer> =>
    post("/proposals", { body, proposal: await scene.say(holder, "propose", body) });
  const proposeGranted = (body: Statement | Order): Promise<Answer> => scene.propose(body, client);
  const approve = async (body: Statement | Order, holder: string): Promise<Answer> =>
    post(`/proposals/${canonicalDigest(body)}/approvals`, await scene.say(holder, "approve", body));
  const stateOf = async (body: Statement | Order): Promise<unknown> => (await get(`/proposals/${canonicalDigest(body)}`)).body["state"];

  const requestsIn = async (state: string): Promise<readonly Request[]> =>
    (await get(`/requests?state=${state}`)).body["requests"] as Request[];

  async function openRequest(): Promise<Request> {
    const [request, ...others] = await requestsIn("open");
    assert.ok(request);
    assert.equal(others.length, 0, "one request a channel at a time");
    return request;
  }

  const sign: Scene["sign"] = (...what) => scene.sign(...what);

  const refusing = (code: string): Verdict => ({
    check: "test",
    source: "test",
    expected: "a",
    found: "b",
    refusal: { code, expected: "a", found: "b\n", remedy: "" },
  });
  const refuse = (request: Request, signer: string, code: string): Promise<Answer> =>
    post(`/requests/${request.id}/refusals`, { signer, refusal: refusing(code).refusal, verdicts: [refusing(code)] });

  async function closeWindows(): Promise<void> {
    for (const { id, state } of (await get("/windows")).body["windows"] as { id: string; state: string }[])
      if (state !== "closed") assert.equal((await post("/windows/ends", await scene.act("cem", "window.close", id, {}))).code, "ok");
  }

  async function shipSigned(): Promise<void> {
    const request = await openRequest();
    for (const signer of ["sign-ann", "sign-ben"]) await sign(request, signer);
    await scene.enroll("publish", "publish");
    assert.ok((await scene.publish()).ok);
    await scene.progress();
  }

  test("a proposal by an identity that is not registered is refused", async () => {
    first = await sampleStatement(scene.ground);
    assert.equal((await propose(first)).code, "identity-not-registered");
    assert.equal((await scene.register(client)).status, 201);
    const { body } = await get("/identities");
    assert.deepEqual(
      (body["identities"] as { name: string }[]).map(({ name }) => name),
      ["ci"],
    );
  });

  test("what could not become a release is not taken", async () => {
    const missing = canonicalDigest("nothing");
    const cases: readonly (readonly [code: string, body: object, proposer?: string])[] = [
      ["malformed-document", { ...first, extra: true }],
      ["malformed-document", { ...first, _type: "note" }],
      ["channel-unknown", { ...first, channel: "beta" }],
      ["proposal-not-signed", first, "builder"],
      ["sequence-not-next", { ...first, sequence: 2 }],
      ["predecessor-wrong", { ...first, predecessor: missing }],
      ["epoch-out-of-step", { ...first, epoch: 2 }],
      ["bytes-missing", { ...first, artifacts: first.artifacts.map((artifact) => ({ ...artifact, sha256: missing })) }],
      ["bytes-missing", { ...first, provenance: [missing] }],
    ];
    for (const [code, body, proposer] of cases) assert.equal((await propose(body as Statement, proposer)).code, code, JSON.stringify(body));
    const ofAnother = await scene.say("ci", "propose", { ...first, version: "6.6.6" });
    assert.equal((await post("/proposals", { body: first, proposal: ofAnother })).code, "proposal-not-signed");
    const { signatures, signed } = await scene.say("ci", "propose", first);
    const twice = { signatures: [...signatures, ...(await scene.say("ann", "propose", first)).signatures], signed };
    assert.equal((await post("/proposals", { body: first, proposal: twice })).code, "one-signature");
    assert.equal((await post("/proposals", { body: first })).code, "malformed-request");
    assert.deepEqual((await get("/proposals")).body, { proposals: [] });
  });

  test("a proposal is taken once; another for its sequence is a conflict", async () => {
    const taken = { digest: canonicalDigest(first), state: "proposed" };
    assert.equal((await propose(first)).code, "grant-missing");
    assert.equal((await proposeGranted(first)).code, "window-not-open");
    await scene.window();
    assert.deepEqual(await proposeGranted(first), { status: 201, body: taken, code: "ok" });
    assert.deepEqual((await propose(first)).body, taken);
    const other = await proposeGranted({ ...first, version: "1.0.2" });
    assert.deepEqual([other.status, other.code], [409, "sequence-taken"]);
    const { change, approvals, needed } = (await get(`/proposals/${taken.digest}`)).body as Record<string, unknown[]>;
    assert.ok(change?.some((item) => (item as { field: string }).field === "builders"));
    assert.deepEqual([approvals?.length, needed], [1, 2]);
  });

  test("approvals that do not count are refused", async () => {
    const at = `/proposals/${canonicalDigest(first)}/approvals`;
    assert.equal((await approve(first, "builder")).code, "not-an-approver");
    assert.equal((await approve(first, "dia")).code, "approver-is-proposer", "dia owns the identity that proposed it");
    assert.equal((await post(at, await scene.say("ann", "approve", { ...first, version: "6.6.6" }))).code, "approval-of-another");
    assert.equal((await post(at, await scene.say("ann", "propose", first))).code, "approval-of-another");
    const { signed } = await scene.say("ann", "approve", first);
    const forged = { signed, signatures: [{ keyid: (await scene.ground.key("ann")).keyid, sig: "00".repeat(64) }] };
    assert.equal((await post(at, forged)).code, "signature-invalid");
    assert.equal((await approve({ ...first, version: "6.6.6" }, "ann")).status, 404);
    assert.deepEqual((await approve(first, "ann")).body, { state: "proposed" });
    assert.deepEqual([(await approve(first, "ann")).status, (await approve(first, "ann")).code], [409, "already-approved"]);
  });

  test("of two approvals that race for the last place one makes the quorum, and the ledger entry names exactly that list", async () => {
    const answers = await Promise.all([approve(first, "ben"), approve(first, "cem")]);
    assert.deepEqual(answers.map(({ code }) => code).sort(), ["ok", "proposal-closed"]);
    await scene.settle();
    const stored = await loadProposal(scene.govern.database, canonicalDigest(first));
    assert.ok(stored);
    const { entry } = stored;
    assert.equal(entry.approvals.length, 3);
    const { ledger } = await look();
    const candidate = { type: "release", digest: entry.digest, approvals: approvalsDigest(entry.approvals) } as const;
    assert.equal(loggedCheck("test").examine({ candidate, proof: entry.proof, ledger }).ok, true);
  });

  test("the request's channel file and heads are what follows from the store, computed again", async () => {
    const request = await openRequest();
    const stored = await loadProposal(scene.govern.database, canonicalDigest(first));
    assert.ok(stored);
    const place = { product: "hello", platform: "linux-x64", channel: "stable" };
    const head = nextHead(undefined, place, stored.entry);
    assert.deepEqual(request.channelFile, nextChannel(undefined, new Map([[headPath(place), head]]), request.channelFile.expires));
    assert.deepEqual(request.heads, JSON.parse(JSON.stringify({ [headPath(place)]: headDocument(head) })));
    assert.deepEqual([request.id, request.added], [canonicalDigest(request.channelFile), canonicalDigest(first)]);
    await scene.progress();
    assert.equal((await openRequest()).id, request.id, "looking again changes nothing");
  });

  test("a signer's not yet waits; so many noes that the threshold is out of reach refuse the proposal, until one signs", async () => {
    const request = await openRequest();
    for (const code of ["soak-not-over", "not-read-past"])
      for (const signer of ["sign-ann", "sign-ben", "sign-cem"]) await refuse(request, signer, code);
    assert.equal(await stateOf(first), "signing");
    await refuse(request, "sign-ann", "threshold-not-met");
    assert.equal(await stateOf(first), "signing", "two others can still sign");
    await refuse(request, "sign-ben", "threshold-not-met");
    assert.equal(await stateOf(first), "refused");
    assert.deepEqual((await sign(request, "sign-ann")).body, { state: "open" });
    assert.equal(await stateOf(first), "signing");
    assert.deepEqual(
      (await openRequest()).trails.map(({ signer, ok }) => [signer, ok]),
      [
        ["sign-ann", true],
        ["sign-ben", false],
        ["sign-cem", false],
      ],
    );
  });

  test("attack: signatures of strangers, of other files, and one key's twice, make no threshold", async () => {
    const request = await openRequest();
    assert.equal((await sign(request, "builder")).code, "signature-invalid");
    assert.equal((await sign({ ...request, channelFile: { ...request.channelFile, version: 9 } }, "sign-ben")).code, "signature-invalid");
    assert.deepEqual((await sign(request, "sign-ann")).body, { state: "open" });
    assert.equal((await sign({ ...request, id: canonicalDigest("nothing") }, "sign-ben")).status, 404);
  });

  test("attack: a signature without a grant, under another signer's, or in a window that was closed", async () => {
    const request = await openRequest();
    assert.equal((await sign(request, "sign-ben", null)).code, "grant-missing");
    assert.equal((await sign(request, "sign-ben", "sign-cem")).code, "grant-of-another-owner");
    const source = await scene.grants("sign-cem");
    const granted = await source.grantFor({ duty: "sign", channel: "stable", digest: request.added, uses: 1 });
    assert.ok(granted.ok);
    await closeWindows();
    const path = `/requests/${request.id}/signatures`;
    const { signatures } = await signDocument(request.channelFile, [await scene.ground.key("sign-cem")]);
    const headers = await source.headersFor(granted.value, "POST", client.url + path);
    const late = await client.post(path, { ...signatures[0], signer: "sign-cem", verdicts: [] }, headers);
    assert.deepEqual([late.code, (await openRequest()).signatures.length], ["window-not-open", 1]);
    await scene.window();
  });

  test("at the threshold the request is signed, and stays byte for byte what it is", async () => {
    const request = await openRequest();
    assert.deepEqual((await sign(request, "sign-ben")).body, { state: "signed" });
    const before = await requestsIn("signed");
    assert.deepEqual((await sign(request, "sign-cem")).body, { state: "signed" });
    assert.deepEqual((await requestsIn("signed"))[0]?.signatures, before[0]?.signatures);
    assert.equal(await stateOf(first), "signed");
  });

  test("published is what the store has, whoever says so", async () => {
    const [request] = await requestsIn("signed");
    const hint = `/requests/${request?.id}/published`;
    assert.deepEqual((await post(hint)).body, { state: "signed" }, "a lie changes nothing");
    await scene.enroll("publish", "publish");
    assert.equal((await post(`/requests/${request?.id}/publications`)).code, "grant-missing");
    await closeWindows();
    assert.ok((await scene.publish()).ok);
    assert.deepEqual((await post(hint)).body, { state: "signed" }, "what was signed in time is not published after it");
    await scene.window();
    assert.ok((await scene.publish()).ok);
    assert.deepEqual((await post(hint)).body, { state: "published" });
    assert.equal(await stateOf(first), "published");
    assert.equal((await sign(request as Request, "sign-cem")).status, 409);
  });

  async function enter(body: Statement | Order, approvers: readonly string[]): Promise<void> {
    assert.equal((await proposeGranted(body)).status, 201);
    for (const person of approvers) assert.equal((await approve(body, person)).status, 200);
    await scene.settle();
  }

  test("an order that nobody could follow is refused; one that widens waits its turn", async () => {
    second = await sampleStatement(scene.ground, { sequence: 2, predecessor: canonicalDigest(first) });
    await enter(second, ["ann", "ben"]);
    const place = { product: "hello", channel: "stable", release: canonicalDigest(first), reason: "tested" };
    const lift: Order = {
      _type: "order",
      spec: "countersign/1",
      action: "lift",
      number: 1,
      to: null,
      denials: [sha256(Buffer.from("no"))],
      overSeconds: null,
      ...place,
    };
    assert.equal((await propose({ ...lift, number: 2 })).code, "sequence-not-next");
    assert.equal((await propose({ ...lift, release: canonicalDigest(second) })).code, "destination-unknown", "not published yet");
    await enter(lift, ["ann", "ben", "cem"]);
    assert.equal((await openRequest()).added, canonicalDigest(second));
    await shipSigned();
    assert.equal((await openRequest()).added, canonicalDigest(lift));
    await shipSigned();
  });

  test("a recall takes one person and waits for no soak; the release before it goes on, on the file that is published then", async () => {
    const third = await sampleStatement(scene.ground, { sequence: 3, predecessor: canonicalDigest(second) });
    await enter(third, ["ann", "ben"]);
    const passed = await openRequest();
    assert.equal(passed.added, canonicalDigest(third));
    const place = { product: "hello", channel: "stable", release: canonicalDigest(second), to: canonicalDigest(first), reason: "broken" };
    const recall: Order = { _type: "order", spec: "countersign/1", action: "recall", number: 2, denials: [], overSeconds: null, ...place };
    await enter(recall, ["dia"]);
    assert.equal((await openRequest()).added, canonicalDigest(recall));
    assert.equal((await sign(passed, "sign-ann")).code, "request-closed");
    assert.equal(await stateOf(third), "logged");
    await closeWindows();
    for (const signer of ["sign-ann", "sign-ben"]) assert.equal((await sign(await openRequest(), signer, null)).code, "ok");
    assert.ok((await scene.publish()).ok);
    await scene.progress();
    assert.equal(await stateOf(recall), "published", "stopping waits for no window");
    await scene.window();
    const again = await openRequest();
    assert.deepEqual([again.added, again.channelFile.version], [canonicalDigest(third), passed.channelFile.version + 1]);
  });

  test("what its signers refuse gives its place to the next proposal for it", async () => {
    const [{ added } = { added: "" }] = await requestsIn("open");
    const refused = await openRequest();
    for (const signer of ["sign-ann", "sign-ben"]) await refuse(refused, signer, "revoked");
    const better = {
      ...(await sampleStatement(scene.ground, { sequence: 3, predecessor: canonicalDigest(second) })),
      version: "1.0.3-fixed",
    };
    assert.equal((await proposeGranted(better)).status, 201);
    assert.equal((await get(`/proposals/${added}`)).body["state"], "superseded");
    assert.equal((await sign(refused, "sign-cem")).code, "request-closed");
    for (const person of ["ann", "ben"]) await approve(better, person);
    await scene.settle();
    assert.equal((await openRequest()).added, canonicalDigest(better));
  });

  test("the journal tells who did what", async () => {
    const { body } = await get("/acts");
    const told = (body["acts"] as { who: string; act: string; subject: string }[])
      .filter(({ subject }) => subject === canonicalDigest(first))
      .map(({ who, act }) => `${who} ${act}`)
      .reverse();
    assert.deepEqual(told.slice(0, 2), ["ci proposal.proposed", "ann approval.given"]);
    assert.deepEqual(told.slice(3), [
      "govern proposal.approved",
      "govern entry.logged",
      "govern proposal.signing",
      "govern proposal.refused",
      "govern proposal.signing",
      "govern proposal.signed",
      "govern proposal.published",
    ]);
  });

  test("a govern that is killed anywhere goes on where it was, and what another publishes passes its own", async () => {
    const database = await engine.create(dutyDirectory(scene.ground.project, "govern"));
    const start = async (ledger: string): Promise<RunningDuty> => {
      const config = {
        ...governConfig(scene.ground.project, 0, ledger, {}),
        database,
        pollMilliseconds: 20,
        channelDays: 30,
      };
      const duty = await scene.ground.start("govern", "govern", config);
      client = clientOf(duty.url);
      return duty;
    };
    const cut = await start("http://127.0.0.1:9");
    await scene.register(client);
    await scene.window(client);
    const rival = await sampleStatement(scene.ground, { sequence: 3, predecessor: canonicalDigest(second), version: "1.0.3-rival" });
    await proposeGranted(rival);
    for (const person of ["ann", "ben"]) await approve(rival, person);
    await sleep(100);
    assert.equal(await stateOf(rival), "approved", "no ledger answers");
    await cut.stop("SIGKILL");

    // killed between the append and its note of it: the entry is in the ledger, and govern does not know
    const still = await start("http://127.0.0.1:9");
    const { approvals } = (await get(`/proposals/${canonicalDigest(rival)}`)).body as { approvals: unknown[] };
    await still.stop("SIGKILL");
    const entry = { type: "release", digest: canonicalDigest(rival), approvals: canonicalDigest(approvals.map(canonicalDigest)) } as const;
    const logged = await scene.ground.ledger.append(entry);
    assert.ok(logged.ok);
    for (const milliseconds of [0, 30]) {
      const short = await start(scene.ground.ledgerUrl);
      await sleep(milliseconds);
      await short.stop("SIGKILL");
    }
    const last = await start(scene.ground.ledgerUrl);
    while ((await stateOf(rival)) !== "signing") await sleep(20);
    const detail = (await get(`/proposals/${entry.digest}`)).body as { entry: { index: number }; request: string };
    assert.equal(detail.entry.index, logged.value.index);
    assert.equal((await openRequest()).id, detail.request);

    client = scene.client;
    await shipSigned();
    client = clientOf(last.url);
    while ((await stateOf(rival)) !== "superseded") await sleep(20);
    assert.deepEqual(await requestsIn("open"), []);
  });

  async function look() {
    const published = await scene.govern.look();
    assert.ok(published.ok);
    return published.value;
  }
});
