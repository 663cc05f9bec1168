// What the scripts find in the page beside the standard: htmx, its events, and WebOTP.

/** One exchange of htmx, from the click to the swap. */
interface HtmxContext {
  sourceElement: HTMLElement;
  target?: Element;
  status: string;
  request: { headers: Record<string, string>; timeout?: number };
  response?: { raw: Response; status: number; headers: Headers };
  text: string;
  /** Ours: the token that went with the request, to see whether the answer replaces it. */
  sentToken: string | null;
  /** Ours: the action of the form that sends it; the form itself is gone once its answer is here. */
  sentBy: string;
  /** Ours: sends the same once more. */
  repeat: () => void;
}

type HtmxEvent = CustomEvent<{ ctx: HtmxContext }>;

interface DocumentEventMap {
  "htmx:config:request": HtmxEvent;
  "htmx:after:request": HtmxEvent;
  "htmx:after:swap": HtmxEvent;
  "htmx:before:history:update": CustomEvent<{ history: { type: string }; sourceElement: HTMLElement }>;
  "htmx:finally:request": HtmxEvent;
  "htmx:error": CustomEvent<{ ctx?: HtmxContext }>;
}

declare const htmx: {
  ajax(method: string, url: string, options: { target: string; swap: string }): Promise<void>;
  process(element: Element): void;
};

interface CredentialRequestOptions {
  otp?: { transport: string[] };
}

interface OTPCredential extends Credential {
  code: string;
}

interface Navigator {
  connection?: { saveData?: boolean };
}
