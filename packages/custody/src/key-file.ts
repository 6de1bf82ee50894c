// SPDX-License-Identifier: Apache-2.0
import { createCipheriv, createDecipheriv, createPrivateKey, createPublicKey, type KeyObject, randomBytes, scrypt } from "node:crypto";
import type { Algorithm } from "./algorithm.ts";
import { type PublicHalf, publicHalf } from "./key.ts";
import { accept, type Outcome, refuse } from "./outcome.ts";

/** How the blast radius and `countersign key list` call this custody: a file and a passphrase are not a hardware module. */
export const CUSTODY = "encrypted-file (development)";

/** What a passphrase is: what a person chose, or 192 random bits that `createUnattendedKey` made. */
export type Passphrase = { readonly chosen: string } | { readonly random: string };

/** RFC 7914 costs. A guess at what a person chose takes about 32 MiB and a tenth of a second; nobody guesses 192 bits, however fast. */
const CHOSEN: Cost = { N: 2 ** 15, r: 8, p: 1 };
const RANDOM: Cost = { N: 2 ** 10, r: 8, p: 1 };

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** The readable part. All of it is authenticated together with the private half. */
interface Header {
  readonly format: "countersign-key-v1";
  readonly custody: typeof CUSTODY;
  readonly algorithm: Algorithm;
  /** SubjectPublicKeyInfo, DER in base64. */
  readonly public: string;
  readonly kdf: { readonly name: "scrypt"; readonly salt: string } & Cost;
  readonly cipher: { readonly name: "aes-256-gcm"; readonly nonce: string };
}

interface Sealed {
  readonly header: Header;
  readonly half: PublicHalf;
  readonly ciphertext: Buffer;
}

const TAG_BYTES = 16;

/** The key file's text: the header, and the private half (PKCS #8) under AES-256-GCM with the header as associated data. */
export async function sealKey(privateKey: KeyObject, passphrase: Passphrase): Promise<string> {
  const [text, cost] = "random" in passphrase ? [passphrase.random, RANDOM] : [passphrase.chosen, CHOSEN];
  const publicKey = createPublicKey(privateKey);
  const nonce = randomBytes(12);
  const header: Header = {
    format: "countersign-key-v1",
    custody: CUSTODY,
    algorithm: publicHalf(publicKey, CUSTODY).algorithm,
    public: publicKey.export({ format: "der", type: "spki" }).toString("base64"),
    kdf: { name: "scrypt", ...cost, salt: randomBytes(16).toString("base64") },
    cipher: { name: "aes-256-gcm", nonce: nonce.toString("base64") },
  };
  const cipher = createCipheriv("aes-256-gcm", await derive(text, header), nonce).setAAD(associated(header));
  const plain = privateKey.export({ format: "der", type: "pkcs8" });
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  plain.fill(0);
  return render(header, ciphertext);
}

/** The public half. Nothing vouches for it until the file is unlocked. */
export function publicHalfOf(text: string): Outcome<PublicHalf> {
  const sealed = parse(text);
  return sealed.ok ? accept(sealed.value.half) : sealed;
}

/** The private half, if the passphrase is right and no byte of the file was changed. */
export async function unsealKey(text: string, passphrase: string): Promise<Outcome<{ half: PublicHalf; privateKey: KeyObject }>> {
  const sealed = parse(text);
  if (!sealed.ok) return sealed;
  const { header, half, ciphertext } = sealed.value;
  const key = await derive(passphrase, header);
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(header.cipher.nonce, "base64"), { authTagLength: TAG_BYTES });
  decipher.setAAD(associated(header)).setAuthTag(ciphertext.subarray(-TAG_BYTES));
  const plain = decipher.update(ciphertext.subarray(0, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    // GCM cannot tell one cause from the other, and says nothing more
    return refuse("wrong-passphrase", "the passphrase this key was made with", "one that does not open it, or a changed file", REMEDY);
  }
  const privateKey = createPrivateKey({ key: plain, format: "der", type: "pkcs8" });
  plain.fill(0);
  return accept({ half, privateKey });
}

const REMEDY = "Try the passphrase again; if it is right, restore the key file from its backup.";

// A key file has one form: what was read must be, to the byte, what would be written. So there is no second spelling to
// reason about, and the cost is one of two, never the file's to choose freely.
function parse(text: string): Outcome<Sealed> {
  try {
    const file = JSON.parse(text) as { header: Header; sealed: string }; // hoped for here, proven by the comparison below
    const publicKey = createPublicKey({ key: Buffer.from(file.header.public, "base64"), format: "der", type: "spki" });
    const half = publicHalf(publicKey, CUSTODY);
    const header: Header = {
      format: "countersign-key-v1",
      custody: CUSTODY,
      algorithm: half.algorithm,
      public: publicKey.export({ format: "der", type: "spki" }).toString("base64"),
      kdf: { name: "scrypt", ...(file.header.kdf.N === RANDOM.N ? RANDOM : CHOSEN), salt: bytes(file.header.kdf.salt, 16) },
      cipher: { name: "aes-256-gcm", nonce: bytes(file.header.cipher.nonce, 12) },
    };
    const ciphertext = Buffer.from(file.sealed, "base64");
    if (ciphertext.length <= TAG_BYTES) throw new RangeError("no private half");
    if (render(header, ciphertext) === text) return accept({ header, half, ciphertext });
    return refuse("key-file-damaged", "a countersign-key-v1 file, byte for byte", "another form of one", REMEDY);
  } catch (cause) {
    return refuse("key-file-damaged", "a countersign-key-v1 file", cause instanceof Error ? cause.message : String(cause), REMEDY);
  }
}

function render(header: Header, ciphertext: Buffer): string {
  return `${JSON.stringify({ header, sealed: ciphertext.toString("base64") }, null, 2)}\n`;
}

function associated(header: Header): Buffer {
  return Buffer.from(JSON.stringify(header));
}

function bytes(base64: string, length: number): string {
  const decoded = Buffer.from(base64, "base64");
  if (decoded.length !== length) throw new RangeError(`${length} bytes wanted, ${decoded.length} found`);
  return decoded.toString("base64");
}

function derive(passphrase: string, header: Header): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const { N, r, p, salt } = header.kdf;
  const options = { N, r, p, maxmem: 64 * 1024 * 1024 };
  scrypt(passphrase.normalize("NFC"), Buffer.from(salt, "base64"), 32, options, (error, key) => (error ? reject(error) : resolve(key)));
  return promise;
}
