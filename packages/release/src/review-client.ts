// SPDX-License-Identifier: Apache-2.0
import type { SigningKey } from "@countersign/repository/sign-document";
import { array, boolean, type Decoder, integer, json, literal, nullable, open, text } from "@countersign/trust/decode";
import type { Outcome } from "@countersign/trust/refusal";
import { ask } from "./ask.ts";
import { type Deed, signAct } from "./personal-act.ts";

/** One power under review, as govern shows it. */
export interface ReviewItem {
  readonly campaign: string;
  readonly name: string;
  readonly kind: "identity" | "person";
  /** Who answers for it. Somebody else confirms it. */
  readonly accountable: string;
  readonly lastUsed: string | null;
  /** Nobody used it for long: removing it is proposed. */
  readonly unused: boolean;
  readonly answer: "confirmed" | "removed" | "lapsed" | null;
  readonly by: string | null;
}

export interface Campaign {
  readonly id: string;
  readonly channel: string;
  readonly startedBy: string;
  readonly started: string;
  readonly deadline: string;
  readonly reminders: number;
  readonly closed: string | null;
  readonly items: readonly ReviewItem[];
}

/** A window that one person called for alone. */
export interface BrokenGlass {
  readonly id: string;
  readonly channel: string;
  readonly release: string;
  readonly reason: string;
  readonly by: string;
  readonly opens: string;
  readonly seconds: number;
  readonly state: "waiting" | "cancelled" | "opened" | "reviewed";
  readonly cancelledBy: string | null;
  readonly reviewedBy: string | null;
  readonly finding: string | null;
}

/** What became of what somebody answered for who left, and what is left to do. */
export interface Offboarding {
  readonly person: string;
  readonly rotations: readonly { readonly keyid: string; readonly roles: readonly string[]; readonly ceremony: "root" | "targets" }[];
  readonly seen: readonly { readonly identity: string; readonly from: string; readonly until: string | null }[];
}

export interface Offboarded extends Offboarding {
  readonly handovers: readonly { readonly identity: string; readonly to: "hands" | "deputy" | "retired" }[];
  readonly withdrawn: readonly string[];
  readonly closedWindows: readonly string[];
  readonly tooLate: readonly string[];
}

const item: Decoder<ReviewItem> = open<ReviewItem>({
  campaign: text,
  name: text,
  kind: literal("identity", "person"),
  accountable: text,
  lastUsed: nullable(text),
  unused: boolean,
  answer: nullable(literal("confirmed", "removed", "lapsed")),
  by: nullable(text),
});

const campaign: Decoder<Campaign> = open<Campaign>({
  id: text,
  channel: text,
  startedBy: text,
  started: text,
  deadline: text,
  reminders: integer(0),
  closed: nullable(text),
  items: array(item),
});

const brokenGlass: Decoder<BrokenGlass> = open<BrokenGlass>({
  id: text,
  channel: text,
  release: text,
  reason: text,
  by: text,
  opens: text,
  seconds: integer(1),
  state: literal("waiting", "cancelled", "opened", "reviewed"),
  cancelledBy: nullable(text),
  reviewedBy: nullable(text),
  finding: nullable(text),
});

const leftToDo = {
  person: text,
  rotations: array(open<Offboarding["rotations"][number]>({ keyid: text, roles: array(text), ceremony: literal("root", "targets") })),
  seen: array(open<Offboarding["seen"][number]>({ identity: text, from: text, until: nullable(text) })),
};

const offboarded: Decoder<Offboarded> = open<Offboarded>({
  ...leftToDo,
  handovers: array(open<Offboarded["handovers"][number]>({ identity: text, to: literal("hands", "deputy", "retired") })),
  withdrawn: array(text),
  closedWindows: array(text),
  tooLate: array(text),
});

/** Reviews, people who leave and broken glass at govern, as people ask it. Each act is signed with a person's key. */
export interface ReviewClient {
  campaigns(): Promise<Outcome<readonly Campaign[]>>;
  start(key: SigningKey, deed: Omit<Deed, "act">): Promise<Outcome<{ readonly id: string }>>;
  answer(key: SigningKey, deed: Omit<Deed, "act">, answer: "confirm" | "remove"): Promise<Outcome<{ readonly answer: string | null }>>;
  offboard(key: SigningKey, deed: Omit<Deed, "act">): Promise<Outcome<Offboarded>>;
  offboarding(person: string): Promise<Outcome<Offboarding>>;
  transfer(key: SigningKey, deed: Omit<Deed, "act">): Promise<Outcome<unknown>>;
  link(key: SigningKey, deed: Omit<Deed, "act">): Promise<Outcome<{ readonly holds: boolean }>>;
  breaks(): Promise<Outcome<readonly BrokenGlass[]>>;
  breakGlass(key: SigningKey, deed: Omit<Deed, "act">, step: "call" | "cancel" | "review"): Promise<Outcome<BrokenGlass>>;
}

export function reviewClient(url: string): ReviewClient {
  const send = async <T>(path: string, decoder: Decoder<T>, key: SigningKey, deed: Deed): Promise<Outcome<T>> =>
    ask(`${url}${path}`, decoder, await signAct(key, deed));
  const glassPaths = { call: "/breaks", cancel: "/breaks/cancellations", review: "/breaks/reviews" } as const;
  const answerPaths = { confirm: "/reviews/confirmations", remove: "/reviews/removals" } as const;
  return {
    async campaigns() {
      const answer = await ask(`${url}/reviews`, open({ campaigns: array(campaign) }));
      return answer.ok ? { ok: true, value: answer.value.campaigns } : answer;
    },
    start: (key, deed) => send("/reviews", open({ id: text }), key, { ...deed, act: "review.start" }),
    answer: (key, deed, answer) => send(answerPaths[answer], open({ answer: nullable(text) }), key, { ...deed, act: `review.${answer}` }),
    offboard: (key, deed) => send("/offboardings", offboarded, key, { ...deed, act: "person.offboard" }),
    offboarding: (person) => ask(`${url}/offboardings/${encodeURIComponent(person)}`, open<Offboarding>(leftToDo)),
    transfer: (key, deed) => send("/transfers", json, key, { ...deed, act: "identity.transfer" }),
    link: (key, deed) => send("/links", open({ holds: boolean }), key, { ...deed, act: "person.link" }),
    async breaks() {
      const answer = await ask(`${url}/breaks`, open({ breaks: array(brokenGlass) }));
      return answer.ok ? { ok: true, value: answer.value.breaks } : answer;
    },
    breakGlass: (key, deed, step) => send(glassPaths[step], brokenGlass, key, { ...deed, act: `break-glass.${step}` }),
  };
}
