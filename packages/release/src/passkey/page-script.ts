// SPDX-License-Identifier: Apache-2.0

/**
 * What a page does: it asks the browser for the passkey, hands over what that answers, and says what came of it. What is asked for stands in the page; what
 * was answered is judged by the process that serves it.
 */
export const pageScript = `
"use strict";
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (unit) => unit.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const { ask, challenge, credential, user, name } = document.body.dataset;
const [act, decline, said] = ["act", "decline", "said"].map((id) => document.getElementById(id));
const say = (state, words) => { document.body.className = state; said.textContent = words; };
const send = async (answer) => {
  const response = await fetch(location.href, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(answer) });
  return response.json();
};
const asked = {
  get: async () => {
    const { id, response } = await navigator.credentials.get({
      publicKey: {
        challenge: bytes(challenge), rpId: "localhost", userVerification: "required",
        allowCredentials: [{ type: "public-key", id: bytes(credential) }],
      },
    });
    const { authenticatorData, clientDataJSON, signature } = response;
    return { credential: id, authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON), signature: text(signature) };
  },
  create: async () => {
    const { id, response } = await navigator.credentials.create({
      publicKey: {
        challenge: bytes(challenge), rp: { id: "localhost", name: "Countersign on this machine" },
        user: { id: bytes(user), name, displayName: name },
        pubKeyCredParams: [{ type: "public-key", alg: -7 }],
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" }, attestation: "none",
      },
    });
    return {
      credential: id, algorithm: response.getPublicKeyAlgorithm(), publicKey: text(response.getPublicKey()),
      authenticatorData: text(response.getAuthenticatorData()), clientDataJSON: text(response.clientDataJSON),
    };
  },
};
const finish = (state, words) => {
  say(state, words);
  for (const button of [act, decline]) button.remove();
};
act.addEventListener("click", async () => {
  act.disabled = true;
  say("waiting", "Waiting for your passkey ...");
  try {
    const outcome = await send(await asked[ask]());
    if (outcome.ok) return finish("done", "Done. You can close this page; the terminal goes on.");
    say("failed", outcome.refusal.remedy);
  } catch (error) {
    say("failed", error.name === "NotAllowedError" ? "Nothing was signed: the passkey was not used, or did not verify you." : String(error.message));
  }
  act.disabled = false;
});
decline.addEventListener("click", async () => {
  await send({ declined: true });
  finish("failed", "Declined. Nothing was signed; you can close this page.");
});
`;
