// SPDX-License-Identifier: Apache-2.0
import type { SigningKey } from "@countersign/repository/sign-document";
import { array, type Decoder, integer, literal, nullable, open, text } from "@countersign/trust/decode";
import type { Outcome } from "@countersign/trust/refusal";
import { ask } from "./ask.ts";
import { type Deed, signAct } from "./personal-act.ts";

/** A bounded time in which one channel may be released, as govern shows it. */
export interface ReleaseWindow {
  readonly id: string;
  readonly channel: string;
  readonly reason: string;
  readonly seconds: number;
  readonly releases: number;
  readonly state: "requested" | "open" | "closed";
  readonly requestedBy: string;
  readonly openedBy: string | null;
  readonly ends: string | null;
  readonly closedBy: string | null;
  readonly why: string | null;
}

/** A grant as govern shows it; the token itself it does not have. */
export interface IssuedGrant {
  readonly id: string;
  readonly identity: string;
  readonly window: string;
  readonly duty: string;
  readonly channel: string;
  readonly digest: string;
  readonly uses: number;
  readonly used: number;
  readonly issued: string;
  readonly expires: string;
}

/** What people do to a window, and the route that takes it. */
const routes = { "window.request": "/windows", "window.approve": "/windows/approvals", "window.close": "/windows/ends" } as const;

export interface WindowClient {
  windows(): Promise<Outcome<readonly ReleaseWindow[]>>;
  grants(): Promise<Outcome<readonly IssuedGrant[]>>;
  /** Signs an act with a person's key, and sends it. */
  act(key: SigningKey, deed: Deed & { readonly act: keyof typeof routes }): Promise<Outcome<ReleaseWindow>>;
}

const releaseWindow: Decoder<ReleaseWindow> = open<ReleaseWindow>({
  id: text,
  channel: text,
  reason: text,
  seconds: integer(1),
  releases: integer(1),
  state: literal("requested", "open", "closed"),
  requestedBy: text,
  openedBy: nullable(text),
  ends: nullable(text),
  closedBy: nullable(text),
  why: nullable(text),
});

const grant: Decoder<IssuedGrant> = open<IssuedGrant>({
  id: text,
  identity: text,
  window: text,
  duty: text,
  channel: text,
  digest: text,
  uses: integer(1),
  used: integer(0),
  issued: text,
  expires: text,
});

export function windowClient(url: string): WindowClient {
  return {
    async windows() {
      const answer = await ask(`${url}/windows`, open({ windows: array(releaseWindow) }));
      return answer.ok ? { ok: true, value: answer.value.windows } : answer;
    },
    async grants() {
      const answer = await ask(`${url}/grants`, open({ grants: array(grant) }));
      return answer.ok ? { ok: true, value: answer.value.grants } : answer;
    },
    act: async (key, deed) => ask(`${url}${routes[deed.act]}`, releaseWindow, await signAct(key, deed)),
  };
}
