import "client-cabinet";
import type {} from "client-cabinet/react";
import { useEffect, useRef } from "react";

export function Cabinet({ onRegistered }: { onRegistered: () => void }) {
  const host = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = host.current;
    element?.addEventListener("cabinet:registered", onRegistered);
    return () => element?.removeEventListener("cabinet:registered", onRegistered);
  }, [onRegistered]);
  return <client-cabinet ref={host} data-cabinet="https://lk.example.ru" data-theme="auto" />;
}
