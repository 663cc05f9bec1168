/** What `embed.js` adds to a page: `window.cabinet`, the element `<client-cabinet>`, and events that bubble from it. */

/** The attributes that a `<client-cabinet>`, or any element with `data-cabinet`, may have. */
export interface CabinetAttributes {
  /** The cabinet's address; needed where `embed.js` is bundled, so that nothing else says where it came from. */
  "data-cabinet"?: string;
  "data-theme"?: "light" | "dark" | "auto";
  /** A colour, "#1f5fd6". */
  "data-accent"?: string;
  "data-lang"?: "ru" | "en";
  /** What the cabinet begins with; counts when it appears. */
  "data-start"?: "login" | "request";
}

/** The events; none carries personal data. */
export interface CabinetEventMap {
  "cabinet:ready": CustomEvent<null>;
  /** Silent: nothing came for six seconds, though it may yet. Address: nothing says where the cabinet is. */
  "cabinet:error": CustomEvent<{ reason: "silent" | "address" }>;
  "cabinet:step": CustomEvent<{ step: string }>;
  "cabinet:registered": CustomEvent<null>;
  "cabinet:login": CustomEvent<null>;
  "cabinet:logout": CustomEvent<null>;
  "cabinet:request": CustomEvent<null>;
}

export interface CabinetApi {
  /** Have a cabinet in the element; nothing happens if it has one. */
  mount(element: HTMLElement): void;
  /** Give the element back what it held; it stays so until it is mounted. */
  unmount(element: HTMLElement): void;
}

declare global {
  interface Window {
    /** There once `customElements.whenDefined("client-cabinet")` has resolved. */
    cabinet?: CabinetApi;
  }
  interface HTMLElementTagNameMap {
    "client-cabinet": HTMLElement;
  }
  interface HTMLElementEventMap extends CabinetEventMap {}
  interface DocumentEventMap extends CabinetEventMap {}
  namespace JSX {
    interface IntrinsicElements {
      "client-cabinet": CabinetAttributes & { class?: string; id?: string; style?: unknown; ref?: unknown };
    }
  }
}
