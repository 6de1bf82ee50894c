// SPDX-License-Identifier: Apache-2.0

/** What a file is, as far as drift cares. `native` is a program or a library for a processor, `prebuilt` an archive that may hold one. */
export type Kind = "code" | "shell" | "native" | "prebuilt" | "data" | "media" | "document" | "types" | "test";

const magics: readonly (readonly [hex: string, kind: Kind])[] = [
  ["7f454c46", "native"], // ELF
  ["4d5a", "native"], // PE
  ["cffaedfe", "native"], // Mach-O, 64 bit
  ["cefaedfe", "native"], // Mach-O, 32 bit
  ["0061736d", "native"], // WebAssembly
  ["213c617263683e0a", "native"], // ar: a static library
  ["504b0304", "prebuilt"], // zip
  ["1f8b", "prebuilt"], // gzip
  ["fd377a585a00", "prebuilt"], // xz
  ["28b52ffd", "prebuilt"], // zstd
  ["89504e47", "media"],
  ["ffd8ff", "media"],
  ["47494638", "media"],
  ["774f4646", "media"], // WOFF
  ["774f4632", "media"], // WOFF2
];

/** Universal Mach-O has the magic of a Java class: the number of architectures tells them apart. */
const universal = /^cafebabe0000000[1-9]/;

const extensions: readonly (readonly [pattern: RegExp, kind: Kind])[] = [
  [/\.d\.[cm]?ts$/, "types"],
  [/\.(?:[cm]?jsx?|[cm]?tsx?|py|rb|pl|php|lua)$/, "code"],
  [/\.(?:sh|bash|zsh|bat|cmd|ps1)$/, "shell"],
  [/\.(?:md|markdown|txt|rst|adoc|html?|css|scss|less|map)$|(?:^|\/)(?:licen[cs]e|readme|changelog|authors|notice)[^/]*$/i, "document"],
  [/\.(?:png|jpe?g|gif|svg|webp|ico|ttf|otf|eot|woff2?|mp3|mp4|wav)$/i, "media"],
];

const testPath = /(?:^|\/)(?:tests?|__tests__|specs?|examples?|fixtures?|benchmarks?)\//i;

/** By its first bytes where they tell, so that a name hides nothing; else by its name, and by `#!`. */
export function kindOf(path: string, bytes: Uint8Array): Kind {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(16, bytes.byteLength)).toString("hex");
  const magic = magics.find(([hex]) => head.startsWith(hex));
  if (magic !== undefined) return magic[1];
  if (universal.test(head)) return "native";
  if (head.startsWith("2321")) return /^#!.*\b(?:node|python|perl|ruby)/.test(firstLine(bytes)) ? "code" : "shell";
  const named = extensions.find(([pattern]) => pattern.test(path))?.[1] ?? "data";
  return named === "code" && testPath.test(path) ? "test" : named;
}

function firstLine(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(256, bytes.byteLength)).toString("latin1").split("\n", 1)[0] ?? "";
}
