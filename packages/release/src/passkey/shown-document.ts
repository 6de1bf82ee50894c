// SPDX-License-Identifier: Apache-2.0
import type { Json } from "@countersign/trust/canonical";
import type { Fact, Shown } from "./shown.ts";

/** What each kind of document that a person signs by itself is, as a page says it. */
const kinds: Readonly<Record<string, (document: Members) => string>> = {
  act: ({ act, subject }) => `Sign ${text(act)}: ${text(subject)}`,
  "denial-request": ({ revoker, denial }) => `Sign that ${text(revoker)} is to deny ${text(membersOf(denial)["name"])}`,
};

type Members = Readonly<Record<string, Json>>;

/**
 * An act, or a request to a revoker, as its page shows it: member by member, and read from the very bytes that are to be signed, in canonical form. There is no
 * other word for it that could differ. Throws for a document of a kind that people do not sign this way.
 */
export function shownDocument(message: Uint8Array, person: string): Shown {
  const document = membersOf(parsed(message));
  const title = kinds[text(document["_type"])]?.(document);
  if (title === undefined) throw new Error(`no page shows a document of type ${text(document["_type"])}`);
  return {
    title,
    lead: `You are ${person}. This is said in your name, and nobody else's word is asked for it here: read what it says.`,
    act: "Sign with passkey",
    sections: [{ title: "What it says", facts: factsOf(document, "") }],
  };
}

/** Canonical JSON is JSON but for control characters in strings, which it leaves as they are. */
function parsed(message: Uint8Array): Json {
  const escaped = Buffer.from(message)
    .toString()
    .replaceAll(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return JSON.parse(escaped);
}

function membersOf(value: Json | undefined): Members {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

function factsOf(members: Members, at: string): readonly Fact[] {
  return Object.entries(members).flatMap(([name, value]): readonly Fact[] => {
    const inner = membersOf(value);
    return Object.keys(inner).length > 0 ? factsOf(inner, `${at}${name}.`) : [[`${at}${name}`, text(value)]];
  });
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
