// The embedding page may ask for another look while we are shown; nothing else that it says is heard.
import { later } from "./ahead.js";
import { embedder } from "./embedding.js";

let worn = Promise.resolve();

addEventListener("message", event => {
  const { source, origin, data } = event;
  if (!embedder || source !== parent || origin !== embedder) return;
  if (data?.cabinet !== 1 || data.type !== "look" || typeof data.look !== "string") return;
  // one after the other: the last one stays
  worn = worn.then(async () => (await later())?.wear(data.look)).catch(() => {});
});
