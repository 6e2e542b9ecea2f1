/**
 * The nonce under which this page may add style elements (Mantine's variables, the scroll lock of dialogs).
 * The server puts it on its own script tag or into `<meta name="csp-nonce">`; without a policy there is none.
 */
export function pageNonce(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
  return meta ?? document.querySelector<HTMLElement>("script[nonce], link[nonce], style[nonce]")?.nonce ?? "";
}

const nonce = pageNonce();
// The scroll lock below Mantine's dialogs looks for the nonce under this name.
if (nonce) Object.assign(globalThis, { __webpack_nonce__: nonce });
