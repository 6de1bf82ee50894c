// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { actionsToken } from "@countersign/federation/actions-token";
import { closed, type Decoder, literal, Malformed, record, text } from "@countersign/trust/decode";
import { accept, type Outcome, refuse } from "@countersign/trust/refusal";

/** Asks the platform for an identity token of this job, for one audience. */
export type JobToken = (audience: string) => Promise<Outcome<string>>;

/**
 * Where a job gets its tokens from: `github-actions` asks for them as GitHub's runners let a job with `id-token: write` (and as any platform may that takes
 * up its protocol); `files` has one by audience, as GitLab and others write them before the job begins.
 */
export type TokenSource =
  | { readonly from: "github-actions" }
  | { readonly from: "files"; readonly files: Readonly<Record<string, string>> };

const gitHubSource = closed<Extract<TokenSource, { from: "github-actions" }>>({ from: literal("github-actions") });
const filesSource = closed<Extract<TokenSource, { from: "files" }>>({ from: literal("files"), files: record(text, text) });

export const tokenSource: Decoder<TokenSource> = (value, at) => {
  const from = typeof value === "object" && value !== null && "from" in value ? value.from : undefined;
  if (from === "github-actions") return gitHubSource(value, at);
  if (from === "files") return filesSource(value, at);
  throw new Malformed(`${at}.from`, "github-actions or files", from);
};

/** Tokens as GitHub's runners give them: `ACTIONS_ID_TOKEN_REQUEST_URL` and `_TOKEN` of the job's environment. */
export function gitHubTokens(environment: Readonly<Record<string, string | undefined>>): JobToken {
  return async (audience) => {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = environment;
    if (url === undefined || bearer === undefined)
      return refuse(
        "no-job-token",
        "ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN",
        "neither or one of them",
        "Give the job the permission id-token: write.",
      );
    return actionsToken({ requestUrl: url, requestToken: bearer }, audience, fetch);
  };
}

function fileTokens(files: Readonly<Record<string, string>>): JobToken {
  return async (audience) => {
    const file = files[audience];
    if (file === undefined)
      return refuse("no-job-token", `a file with a token for ${audience}`, Object.keys(files).join(", "), "Have the platform write one.");
    return accept((await readFile(file, "utf8")).trim());
  };
}

export function tokensFrom(source: TokenSource, environment: Readonly<Record<string, string | undefined>>): JobToken {
  return source.from === "files" ? fileTokens(source.files) : gitHubTokens(environment);
}
