// SPDX-License-Identifier: Apache-2.0

const BEGIN = "-----BEGIN PUBLIC KEY-----";
const END = "-----END PUBLIC KEY-----";
/** An RSA key of 8192 bits has some 1450 characters in PEM. */
const MAX_LENGTH = 4096;

/** The DER inside one PEM block (RFC 7468), however its lines are broken; undefined for two blocks, headers or another label. */
export function derOfPem(text: string): Buffer | undefined {
  const block = text.length > MAX_LENGTH ? "" : text.trim();
  if (!block.startsWith(BEGIN) || !block.endsWith(END)) return undefined;
  const base64 = block.slice(BEGIN.length, -END.length).replace(/[ \t\r\n]/g, "");
  const der = Buffer.from(base64, "base64");
  return der.toString("base64") === base64 ? der : undefined;
}

/** The one spelling of a SubjectPublicKeyInfo in our documents: lines of 64 characters, a line break at the end, as OpenSSL prints it. */
export function pemOf(spki: Buffer): string {
  const lines = spki.toString("base64").match(/.{1,64}/g) ?? [];
  return `${BEGIN}\n${lines.join("\n")}\n${END}\n`;
}
