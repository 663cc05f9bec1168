/** `<client-cabinet>` in the JSX of React 19, whose types know no global JSX. */
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { CabinetAttributes } from "./embed.js";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "client-cabinet": DetailedHTMLProps<HTMLAttributes<HTMLElement>, HTMLElement> & CabinetAttributes;
    }
  }
}
