/** What the module of a batch imports, and its types: region functions, and the helpers of the core. */
import { TYPE_I32, TYPE_I64 } from '../wasm/opcode';
import { functionType, importFunction, importMemory, importTable, startImports, startTypes } from '../wasm/module';

/** The type of region functions. */
export const TYPE_REGION: u32 = 0;
const TYPE_LOCATE: u32 = 1;
const TYPE_CSR: u32 = 2;

// Imported functions come first in a module's numbering.
export const HELPER_LOCATE: u32 = 0;
export const HELPER_CSR: u32 = 1;
export const HELPER_FETCH: u32 = 2;
export const HELPER_RESUME: u32 = 3;
export const HELPERS: u32 = 4;

export function writeTypes(): void {
  startTypes(3);
  functionType(4, TYPE_I32, TYPE_I64, TYPE_I32, TYPE_I32, 0);
  functionType(3, TYPE_I32, TYPE_I64, TYPE_I32, 0, 0);
  functionType(5, TYPE_I32, TYPE_I64, TYPE_I64, TYPE_I32, TYPE_I32);
}

export function writeImports(): void {
  startImports(2 + HELPERS);
  importMemory('env', 'memory');
  importTable('env', 'table');
  importFunction('core', 'locate', TYPE_LOCATE);
  importFunction('core', 'executeCsr', TYPE_CSR);
  importFunction('core', 'isFetchedFrom', TYPE_LOCATE);
  importFunction('core', 'resume', TYPE_REGION);
}
