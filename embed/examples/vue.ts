import "client-cabinet";
import { defineComponent, h } from "vue";

export const Cabinet = defineComponent({
  emits: ["registered"],
  setup: (_props, { emit }) => {
    const attributes = { "data-cabinet": "https://lk.example.ru", "data-theme": "auto" };
    return () => h("div", { ...attributes, "onCabinet:registered": () => emit("registered") });
  },
});
