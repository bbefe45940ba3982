export * from "../locales/stages.js";
export * from "../locales/texts.js";
export * from "./envelope.js";
export type * from "./locale.js";
export * from "./protocol.generated.js";
export * from "./rpc.js";
export * from "./socket.js";
