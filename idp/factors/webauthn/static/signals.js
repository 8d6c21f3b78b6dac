// Tells the browser's password manager which passkeys count and what the account is called today (Web Authentication Level 3,
// section 5.1.10). Browsers that don't know these signals, or none of these passkeys, do nothing.

const told = document.querySelector("[data-passkey-signals]");

if (told && window.PublicKeyCredential) {
  const { rpId, userId, name, displayName, allAcceptedCredentialIds } = JSON.parse(told.dataset.passkeySignals);
  const ignore = () => {};
  PublicKeyCredential.signalAllAcceptedCredentials?.({ rpId, userId, allAcceptedCredentialIds }).catch(ignore);
  PublicKeyCredential.signalCurrentUserDetails?.({ rpId, userId, name, displayName }).catch(ignore);
}
