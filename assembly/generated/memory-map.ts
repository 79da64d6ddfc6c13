// Generated from spec/tables by tools/generate. Do not edit.

export const RAM_BASE: u64 = 0x80000000;
