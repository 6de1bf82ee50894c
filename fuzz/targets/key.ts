// SPDX-License-Identifier: Apache-2.0
import { decodeBytes } from "@countersign/trust/decode";
import { foreignKey, keyidOf, keyValueOf, publicKey, verifySignature } from "@countersign/trust/key";
import { twoIntegers } from "@countersign/trust/keys/der";
import { accept, refuse } from "@countersign/trust/refusal";
import { promised, type Target } from "../target.ts";

const message = Buffer.from("nobody signed this");

/** Public keys: one key has one name, in however many spellings it comes, and what cannot be read verifies nothing. */
export const key: Target = {
  name: "key",
  corpus: ["key"],
  form: "json",
  turn: 500,
  prepare: () => (input) => {
    const read = decodeBytes(foreignKey, input, "a key");
    if (!read.ok) return read;
    promised(!verifySignature(read.value, message, "00".repeat(64)), "a key verifies what nobody signed");
    if (read.value.keytype === "unusable") return refuse("unusable", "a key that can be used", "another", "none");
    const own = Buffer.from(JSON.stringify(read.value));
    const strict = decodeBytes(publicKey, own, "a key");
    promised(strict.ok && keyValueOf(strict.value) === keyValueOf(read.value), "our spelling of a key is not ours");
    promised(strict.ok && keyidOf(strict.value) === keyidOf(read.value), "one key has two identifiers");
    return read;
  },
};

/** The integers of an ECDSA signature or an RSA key: one pair has one encoding. */
export const der: Target = {
  name: "der",
  corpus: ["der"],
  form: "bytes",
  turn: 4000,
  prepare: () => (input) => {
    const read = twoIntegers(input);
    if (read === undefined) return refuse("der-malformed", "a sequence of two positive integers", "something else", "none");
    promised(Buffer.compare(sequence(read.map(integer)), input) === 0, "two encodings of one pair");
    return accept(read);
  },
};

function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return element(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

function sequence(parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
