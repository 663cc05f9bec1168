// «Проверить встраивание»: on a site that staff have opened, the cabinet tells their page how it fares there.
import { embedder } from "./embedding.js";
import { framed } from "./frame.js";
import { token } from "./session.js";

/** In a frame: tell the page that opened this tab. Only a page of the cabinet itself receives it. */
export const tellOpener = () => {
  if (!framed) return;
  const report = { cabinet: 1, type: "embedded", site: embedder ?? "", cookies: token === null };
  top?.opener?.postMessage(report, location.origin);
};
