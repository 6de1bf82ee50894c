// SPDX-License-Identifier: Apache-2.0
import { copyFile } from "node:fs/promises";
import { daemonGrants } from "@countersign/federation/daemon-identity";
import type { Granted } from "@countersign/federation/exchange";
import type { GrantSource } from "@countersign/federation/grant-source";
import { windowClient } from "@countersign/release/window-client";
import { signDocument } from "@countersign/repository/sign-document";
import { daemonIdentity } from "@countersign/world/certificate";
import type { Strike } from "./attack.ts";
import { keyOf, taken } from "./base.ts";
import { copiedDatabase } from "./govern-record.ts";
import type { Lab } from "./lab.ts";
import { type Answer, type AskedGovern, tookIt, withGovern } from "./own-govern.ts";

/** A grant, and the daemon that can prove to hold it. */
interface Held {
  readonly source: GrantSource;
  readonly granted: Granted;
}

/** The govern of the lab's world as it was left: a release waits for its signers, and its window is open. */
export interface LeftGovern {
  /** Has a daemon of the plan get a grant for that release, by its certificate. */
  hold(holder: string, duty: "sign" | "publish"): Promise<Held>;
  /** Sends a signer's signature, under a grant or under none. */
  sign(holder: string, held?: Held): Promise<Answer>;
  /** Asks, as publish does, whether it may be shown. */
  show(held: Held): Promise<Answer>;
  /** One person closes every window. */
  close(): Promise<void>;
}

interface Waiting {
  readonly id: string;
  readonly channelFile: object;
  readonly added: string;
}

/** Starts it on a copy of its database, without these checks. */
export async function withLeftGovern(lab: Lab, without: readonly string[], work: (govern: LeftGovern) => Promise<Strike>): Promise<Strike> {
  const database = await copiedDatabase(lab);
  return withGovern(lab, without, async (govern) => work(await leftGovern(lab, govern, database)), database);
}

async function leftGovern({ project }: Lab, { url, post, act }: AskedGovern, database: string): Promise<LeftGovern> {
  const { channel } = project.plan;
  const waiting = async (state: string): Promise<Waiting> => {
    const { requests } = (await (await fetch(`${url}/requests?state=${state}`)).json()) as { readonly requests: readonly Waiting[] };
    const [request] = requests.filter(({ added }) => added !== null);
    if (request === undefined) throw new Error(`no release of the world that was left is ${state}`);
    return request;
  };
  const send = async (path: string, body: object, held: Held | undefined): Promise<Answer> =>
    post(path, body, held && (await held.source.headersFor(held.granted, "POST", url + path)));
  const { added, ...request } = await waiting("open");
  return {
    async hold(holder, duty) {
      const identity = daemonIdentity(project, holder);
      const renewal = `${database}-${holder}`; // what it was given last, as this copy knows it
      await copyFile(identity.renewal, renewal);
      const source = await daemonGrants({ ...identity, renewal }, url);
      return { source, granted: taken(await source.grantFor({ duty, channel, digest: added, uses: 1 })) };
    },
    async sign(holder, held) {
      const { signatures } = await signDocument(request.channelFile, [await keyOf(project, holder)]);
      return send(`/requests/${request.id}/signatures`, { ...signatures[0], signer: holder, verdicts: [] }, held);
    },
    show: (held) => send(`/requests/${request.id}/publications`, {}, held),
    async close() {
      const [person = ""] = project.plan.people;
      for (const { id, state } of taken(await windowClient(url).windows()))
        if (state === "open") tookIt(await act(person, "/windows/ends", "window.close", id, {}));
    },
  };
}
