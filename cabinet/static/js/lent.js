// What app.js lends to later.js. The build refuses what a module of later.js takes and this does not name.
import { lend } from "./ahead.js";
import { announce, closest, find, findAll, get, root } from "./dom.js";
import { whenReady } from "./forms.js";
import { framed } from "./frame.js";
import { showPage } from "./links.js";
import { headers, keepWhatCame } from "./session.js";
import { LASTING, store, stored } from "./storage.js";

lend({
  announce,
  closest,
  find,
  findAll,
  framed,
  get,
  headers,
  keepWhatCame,
  root,
  showPage,
  store,
  stored,
  whenReady,
  LASTING,
});
