// SPDX-License-Identifier: Apache-2.0
import { canonicalBytes, servedBytes } from "@countersign/trust/canonical";
import { sha256 } from "@countersign/trust/digest";
import { parseJson } from "@countersign/trust/json";
import { defaultLimits } from "@countersign/trust/limits";
import { accept } from "@countersign/trust/refusal";
import { accepted, refused } from "../scene.ts";
import type { Vector, VectorFile } from "../vector.ts";

interface Given {
  /** The document as it was served, in base64. */
  readonly bytes: string;
}

const base64 = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString("base64");

/** Arrays, one in another. */
const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

/** Yields the canonical form (base64), which is what is signed, its SHA-256, and the served form (base64). */
export const formVectors: VectorFile<Given> = {
  path: "forms/forms.json",
  async cases() {
    const good = (description: string, bytes: string, canonical: string, served = canonical): Vector<Given> =>
      accepted(
        description,
        { bytes: base64(bytes) },
        { canonical: base64(canonical), sha256: sha256(Buffer.from(canonical)), served: base64(served) },
      );
    const bad = (description: string, bytes: string | Uint8Array, code = "malformed-json"): Vector<Given> =>
      refused(description, code, { bytes: base64(bytes) });
    return [
      good("a canonical document is its own form", '{"a":1,"b":[true,false,null]}', '{"a":1,"b":[true,false,null]}'),
      good("white space, and names in another order", ' { "b" : 2 ,\n"a" : 1 } ', '{"a":1,"b":2}'),
      good("names are sorted by code point, not by UTF-16 unit", '{"\u{1f600}":1,"\uff61":2}', '{"\uff61":2,"\u{1f600}":1}'),
      good("escapes that are not needed", '{"a":"\\u0041\\/"}', '{"a":"A/"}'),
      good("a quote and a backslash", '{"a":"\\"\\\\"}', '{"a":"\\"\\\\"}'),
      good("a line break: bare in what is signed, escaped in what is served", '{"a":"x\\ny"}', '{"a":"x\ny"}', '{"a":"x\\ny"}'),
      good(
        "every other control character",
        '{"a":"\\u0000\\u001F\\b\\t\\f\\r\\u007f\\u0080"}',
        '{"a":"\u0000\u001f\b\t\f\r\u007f\u0080"}',
        '{"a":"\\u0000\\u001f\\b\\t\\f\\r\u007f\u0080"}',
      ),
      good("32 values below the outermost", nested(33), nested(33)),
      good("the largest integer", '{"a":9007199254740991}', '{"a":9007199254740991}'),
      bad("attack: a name twice", '{"a":1,"a":2}'),
      bad("attack: a name twice, once escaped", '{"a":1,"\\u0061":2}'),
      bad("a fraction", '{"a":1.5}'),
      bad("an exponent", '{"a":1e3}'),
      bad("an integer that is not safe", '{"a":9007199254740992}'),
      bad("minus zero", '{"a":-0}'),
      bad("a lone surrogate", '{"a":"\\ud800"}'),
      bad("bytes that are not UTF-8", Buffer.from("7b2261223a22ff227d", "hex")),
      bad("a byte order mark", '\ufeff{"a":1}'),
      bad("something after the document", '{"a":1}{}'),
      bad("a comma at the end", '{"a":1,}'),
      bad("a control character that is not escaped", '{"a":"\n"}'),
      bad("attack: a name that some readers take for an object's prototype", '{"__proto__":1}'),
      bad("33 values below the outermost", nested(34)),
      bad("33 values below the outermost, of which the last is a number", `${"[".repeat(33)}1${"]".repeat(33)}`),
    ];
  },
  async answer({ bytes }) {
    const json = parseJson(Buffer.from(bytes, "base64"), defaultLimits);
    if (!json.ok) return json;
    const canonical = canonicalBytes(json.value);
    return accept({ canonical: base64(canonical), sha256: sha256(canonical), served: base64(servedBytes(json.value)) });
  },
};
