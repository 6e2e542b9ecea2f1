import { useState } from "react";

/** Which dialog of the page is open, if any. */
export function useDialog() {
  const [name, setName] = useState<string | null>(null);
  return { name, open: setName, close: () => setName(null) };
}
