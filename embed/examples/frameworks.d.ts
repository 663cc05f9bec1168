// As much of the two frameworks as the examples use, so that checking them needs neither.

declare module "react" {
  interface RefObject<T> {
    current: T | null;
  }
  interface HTMLAttributes<_T> {
    className?: string;
  }
  type DetailedHTMLProps<E extends HTMLAttributes<T>, T> = E & { ref?: RefObject<T> };
  function useRef<T>(initial: T | null): RefObject<T>;
  function useEffect(effect: () => () => void, dependencies: readonly unknown[]): void;
  namespace JSX {
    interface Element {}
    interface IntrinsicElements {}
  }
}

declare module "react/jsx-runtime" {
  export { JSX } from "react";
}

declare module "vue" {
  type Setup = (props: unknown, context: { emit: (name: string) => void }) => () => unknown;
  function defineComponent(options: { emits: string[]; setup: Setup }): unknown;
  function h(tag: string, properties: Record<string, unknown>): unknown;
}
