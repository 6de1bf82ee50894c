// SPDX-License-Identifier: Apache-2.0
import { decode, open, text } from "@countersign/trust/decode";
import { parseJson } from "@countersign/trust/json";
import { defaultLimits } from "@countersign/trust/limits";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";
import { type Fetch, fetchBounded } from "./bounded-fetch.ts";

/** What a job of GitHub Actions has in its environment, where its workflow says `id-token: write`. */
export interface ActionsJob {
  /** `ACTIONS_ID_TOKEN_REQUEST_URL` */
  readonly requestUrl: string;
  /** `ACTIONS_ID_TOKEN_REQUEST_TOKEN` */
  readonly requestToken: string;
}

const answer = open<{ readonly value: string }>({ value: text });

/** Asks the platform for a token about this job, for an audience. Each call gives a new one. */
export async function actionsToken({ requestUrl, requestToken }: ActionsJob, audience: string, fetching: Fetch): Promise<Outcome<string>> {
  const url = new URL(requestUrl);
  url.searchParams.set("audience", audience);
  const asked = await fetchBounded(fetching, url.href, { headers: { authorization: `Bearer ${requestToken}` } });
  if (!asked.ok) return asked;
  const json = parseJson(asked.value.bytes, defaultLimits);
  const read = json.ok && asked.value.status === 200 ? decode(answer, json.value, "the platform's answer") : json;
  if (!read.ok) return read;
  if (asked.value.status === 200) return accept((read.value as { readonly value: string }).value);
  return refuse("platform-refused", "a token about this job", `status ${asked.value.status}`, "Let the workflow have id-token: write.");
}
