// SPDX-License-Identifier: Apache-2.0

const scriptToken = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|\/\*[\s\S]*?\*\/|(?<![:\\])\/\/[^\n]*|^#![^\n]*/g;
const hashToken = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?<=^|\s)#[^\n]*/gm;

/**
 * Code without its comments, line breaks kept, so that lines keep their numbers. Hosts in comments are documentation: without them, most of the new
 * hosts of benign releases are gone. No parser: a comment that looks like a string may stay, and nothing that runs is lost but what hides
 * behind `//` inside a regular expression.
 */
export function withoutComments(text: string, style: "slashes" | "hashes"): string {
  const token = style === "slashes" ? scriptToken : hashToken;
  return text.replace(token, (found) => (/^[/#]/.test(found) ? found.replace(/[^\n]+/g, " ") : found));
}
