// SPDX-License-Identifier: Apache-2.0
// Witnesses that somebody else runs, as their implementations answer (c2sp.org/tlog-witness), and as they should not.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { buffer } from "node:stream/consumers";
import { after, test } from "node:test";
import { parseAddCheckpoint } from "@countersign/tlog/add-checkpoint";
import { appendLeaves } from "@countersign/tlog/append";
import { leafHash, sha256 } from "@countersign/tlog/hash";
import { verifyConsistency } from "@countersign/tlog/merkle";
import { formatSignature, parseNote } from "@countersign/tlog/note";
import { verifyCosigned } from "@countersign/tlog/quorum";
import { cosign, type NoteSigner, signerFromSeed } from "@countersign/tlog/signer";
import { keyIdOf, type Vkey } from "@countersign/tlog/vkey";
import { signHead } from "./integrate.ts";
import { Witnesses } from "./witnesses.ts";

const signer = signerFromSeed(sha256(Buffer.from("log")), "log.example", 1);
const keyOf = ({ name, type, publicKey }: NoteSigner): Vkey => ({ name, type, publicKey, keyId: keyIdOf(name, type, publicKey) });
const files = new Map<string, Uint8Array>();
const read = async (path: string) => files.get(path);
const roots: Uint8Array[] = [];
for (let size = 0; size < 9; size++) {
  const grown = await appendLeaves(size, [leafHash(Buffer.from(`${size}`))], read);
  assert.ok(grown.ok);
  for (const { path, bytes } of grown.value.tiles) files.set(path, bytes);
  roots.push(grown.value.root);
}
const head = await signHead(9, roots[8] ?? new Uint8Array(), signer);
const textBytes = Buffer.from(head.note.slice(0, head.note.indexOf("\n\n") + 1));

interface Answer {
  readonly status: number;
  readonly body?: string;
}

/** What is asked, as a witness reads it. */
interface Asked {
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  readonly own: NoteSigner;
}

const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close().closeAllConnections();
});

/** What a log hears of witnesses that answer like this, one after the other request, and how often each was asked. */
async function ask(...answers: readonly ((asked: Asked, times: number) => Promise<Answer> | Answer)[]) {
  const times = answers.map(() => 0);
  const signers = answers.map((_, at) => signerFromSeed(sha256(Buffer.from(`w${at}`)), `w${at}.example`, 4));
  const addresses = await Promise.all(
    signers.map(async (own, at) => {
      const server = createServer(async (request, response) => {
        const asked = parseAddCheckpoint(await buffer(request));
        assert.ok(asked.ok && request.url === "/add-checkpoint");
        times[at] = (times[at] ?? 0) + 1;
        const answer = await answers[at]?.({ ...asked.value, own }, times[at] ?? 0);
        response.writeHead(answer?.status ?? 500).end(answer?.body);
      }).listen(0, "127.0.0.1");
      servers.push(server);
      await once(server, "listening");
      const address = server.address();
      return { vkey: keyOf(own), url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}` };
    }),
  );
  const trust = { origin: "log.example", log: keyOf(signer), witnesses: addresses.map(({ vkey }) => vkey), quorum: 1 };
  const note = await new Witnesses(addresses, { ...trust, quorum: answers.length }, read).cosign(head); // so that it waits for everyone
  const parsed = parseNote(Buffer.from(note));
  assert.ok(parsed.ok);
  const cosigned = verifyCosigned(Buffer.from(note), trust);
  return {
    times,
    by: parsed.value.signatures
      .slice(1)
      .map(({ name }) => name)
      .sort(),
    heard: cosigned.ok ? cosigned.value.times.length : 0,
  };
}

const line = async (own: NoteSigner): Promise<string> => formatSignature(await cosign(textBytes, 1_767_139_200, own));
const good = async ({ own }: Asked): Promise<Answer> => ({ status: 200, body: await line(own) });

test("a witness that knows an older tree says its size in a 409, and is shown how that tree grew", async () => {
  const knows = (size: number) => async (asked: Asked) => {
    if (asked.old !== size) return { status: 409, body: `${size}\n` };
    assert.ok(verifyConsistency(size, 9, roots[size - 1] ?? new Uint8Array(), head.root, asked.proof));
    return await good(asked);
  };
  assert.deepEqual(await ask(knows(4), knows(9), good), {
    times: [2, 2, 1],
    by: ["w0.example", "w1.example", "w2.example"],
    heard: 3,
  });
});

test("every other answer is no cosignature, and takes none from the others: 400 to 429, 500, a 409 that says nothing or too much", async () => {
  const refuses = [400, 403, 404, 422, 429, 500].map((status) => () => ({ status, body: "no" }));
  const odd = [
    () => ({ status: 409 }),
    () => ({ status: 409, body: "10\n" }),
    () => ({ status: 409, body: "0x4\n" }),
    () => ({ status: 200 }),
  ];
  const { times, by, heard } = await ask(...refuses, ...odd, good);
  assert.deepEqual(by, ["w10.example"]);
  assert.equal(heard, 1);
  assert.deepEqual(times, Array(11).fill(1), "none is asked again at once");
});

test("attack: a witness whose size moves at every request is asked three times", async () => {
  const { times, by } = await ask((_, asked) => ({ status: 409, body: `${asked}\n` }), good);
  assert.deepEqual([times[0], by], [3, ["w1.example"]]);
});

test("attack: a witness answers with a signature that is not its own, is of another tree, or stands among others", async () => {
  const stranger = signerFromSeed(sha256(Buffer.from("stranger")), "stranger.example", 4);
  const another = await signHead(9, leafHash(Buffer.from("another")), signer);
  const other = Buffer.from(another.note.slice(0, another.note.indexOf("\n\n") + 1));
  const { by, heard } = await ask(
    async () => ({ status: 200, body: await line(stranger) }),
    async ({ own }) => ({ status: 200, body: formatSignature(await cosign(other, 1_767_139_200, own)) }),
    async ({ own }) => ({ status: 200, body: formatSignature(await cosign(textBytes, 0, own)) }),
    async ({ own }) => ({ status: 200, body: `${await line(stranger)}${await line(own)}` }),
  );
  assert.deepEqual([by, heard], [["w3.example"], 1]);
});
