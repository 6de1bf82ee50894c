// SPDX-License-Identifier: Apache-2.0
// JSON and its canonical form once more, written apart from the product and with no thought of speed. Not with JSON.parse: in Node 24 it
// can take an escaped name for another one that it met before.

/** Reads one JSON document. Throws for what is none, and for one name twice. */
export function naiveParse(text: string): unknown {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[-+.\w]+|\S/g) ?? [];
  let at = 0;
  const take = (expected?: string): string => {
    const token = tokens[at++];
    if (token === undefined || (expected !== undefined && token !== expected)) throw new SyntaxError(`${token} for ${expected}`);
    return token;
  };
  const list = (close: string, item: () => void): void => {
    if (tokens[at] === close) return void at++;
    do item();
    while (take() === "," || (tokens[at - 1] === close ? false : fail()));
  };
  const value = (): unknown => {
    const token = take();
    if (token === "{") {
      const members = new Map<string, unknown>();
      list("}", () => {
        const name = JSON.parse(take()) as string;
        if (members.has(name)) throw new SyntaxError(`${name} twice`);
        take(":");
        members.set(name, value());
      });
      return members;
    }
    if (token === "[") {
      const items: unknown[] = [];
      list("]", () => void items.push(value()));
      return items;
    }
    return JSON.parse(token);
  };
  const read = value();
  if (at !== tokens.length) fail();
  return read;
}

function fail(): never {
  throw new SyntaxError("no JSON");
}

/** The canonical form (TUF 4.1) of what `naiveParse` read: keys sorted as UTF-8, which is the order of code points. */
export function naiveCanonical(value: unknown): string {
  if (typeof value === "string") return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  if (Array.isArray(value)) return `[${value.map(naiveCanonical).join(",")}]`;
  if (!(value instanceof Map)) return String(value);
  const members = [...value].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${members.map(([name, member]) => `${naiveCanonical(name)}:${naiveCanonical(member)}`).join(",")}}`;
}

/** The canonical form of one member of the document in these bytes. */
export function naiveMember(bytes: Uint8Array, name: string): string {
  const document = naiveParse(Buffer.from(bytes).toString());
  return naiveCanonical(document instanceof Map ? document.get(name) : undefined);
}
