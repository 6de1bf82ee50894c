// SPDX-License-Identifier: Apache-2.0

/**
 * What a govern answers that opens any window and gives anybody any grant: one in the hands of an attacker, or one that stands in where govern is not what is
 * looked at. Undefined where it is asked for something else.
 */
export function lavishAnswer(method: string, path: string, channel: string): object | undefined {
  const ends = new Date(Date.now() + 3_600_000).toISOString();
  if (method === "GET" && path === "/windows") return { windows: [{ id: "w-1", channel, state: "open", ends }] };
  return method === "POST" && path === "/token" ? { access_token: "anything", token_type: "DPoP", expires_in: 300 } : undefined;
}
