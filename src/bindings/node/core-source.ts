/**
 * Where core.wasm comes from: a URL or a path; the module's bytes; a Response that has them; or
 * the compiled module, a WebAssembly.Module.
 */
export type CoreSource = string | URL | ArrayBuffer | ArrayBufferView | Response | object;
