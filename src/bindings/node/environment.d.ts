/** What Node has of WebAssembly; the types of Node leave it to the DOM. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: BufferSource);
    /** Keeps other objects from passing for a module. */
    #private;
  }
  function compile(bytes: BufferSource): Promise<Module>;
}

type BufferSource = ArrayBuffer | ArrayBufferView<ArrayBuffer>;
