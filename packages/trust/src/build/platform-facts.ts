// SPDX-License-Identifier: Apache-2.0
import { type Decoder, Malformed, open, optional, text } from "../decode.ts";

/** What a build platform knows of itself, and whoever starts a build cannot choose. What it does not say is absent. */
export interface PlatformFacts {
  /** The repository and its owner by numbers that are never given out again: a name can be. */
  readonly repositoryId?: string | undefined;
  readonly ownerId?: string | undefined;
  /** Whose machine it ran on: `github-hosted`, say. */
  readonly runnerEnvironment?: string | undefined;
  /** What started it: `push`, say. */
  readonly eventName?: string | undefined;
}

/** The same as GitHub's build types name it. */
interface GitHubFacts {
  readonly repository_id?: string | undefined;
  readonly repository_owner_id?: string | undefined;
  readonly runner_environment?: string | undefined;
  readonly event_name?: string | undefined;
}

/** `internalParameters` of a provenance: the facts themselves, or under `github` as GitHub has them. */
export interface InternalParameters extends PlatformFacts {
  readonly github?: GitHubFacts | undefined;
}

const facts = { repositoryId: optional(text), ownerId: optional(text), runnerEnvironment: optional(text), eventName: optional(text) };
const gitHubFacts = {
  repository_id: optional(text),
  repository_owner_id: optional(text),
  runner_environment: optional(text),
  event_name: optional(text),
};

/** Facts stated in both ways could be stated differently, so that is refused. */
export const internalParameters: Decoder<InternalParameters> = (value, at) => {
  const read = open<InternalParameters>({ ...facts, github: optional(open<GitHubFacts>(gitHubFacts)) })(value, at);
  if (read.github !== undefined && Object.keys(read).length > 1)
    throw new Malformed(at, "the platform's facts under github or beside it, not both", Object.keys(read).join(", "));
  return read;
};

export function platformFacts({ github, ...ours }: InternalParameters): PlatformFacts {
  return github === undefined
    ? ours
    : {
        repositoryId: github.repository_id,
        ownerId: github.repository_owner_id,
        runnerEnvironment: github.runner_environment,
        eventName: github.event_name,
      };
}
