// SPDX-License-Identifier: Apache-2.0
import { accept, type Outcome, refuse } from "../outcome.ts";
import { readPrivate } from "../private-file.ts";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Reads the `[default]` profile of a shared credentials file, which must be its owner's alone. */
export async function readCredentials(file: string): Promise<Outcome<Credentials>> {
  const text = await readPrivate(file);
  if (!text.ok) return text;
  const [, profile = ""] = /^\[default\]\s*$([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(text.value) ?? [];
  const settings = new Map(
    [...profile.matchAll(/^\s*(aws_[a-z_]+)\s*=\s*(\S+)\s*$/gm)].map(([, name = "", value = ""]) => [name, value] as const),
  );
  const accessKeyId = settings.get("aws_access_key_id");
  const secretAccessKey = settings.get("aws_secret_access_key");
  const sessionToken = settings.get("aws_session_token");
  if (accessKeyId === undefined || secretAccessKey === undefined)
    return refuse("credentials-missing", "aws_access_key_id and aws_secret_access_key under [default]", file, "Put them there.");
  return accept({ accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) });
}
