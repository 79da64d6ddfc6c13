/**
 * Where everything lies in the core's linear memory, and the shape of the
 * records there. All addresses are constants, so that an access is one load.
 *
 *   0x0000_0400  static data of the module
 *   0x0002_0000  machine record
 *   0x0003_0000  breakpoints, watchpoints, counts of instructions
 *   0x0010_0000  8 × hart area (512 KiB): hart record, TLBs, jump caches
 *   0x0050_0000  block hash: paddr → decoded block
 *   0x0060_0000  page heads: one u32 a guest page, its list of decoded blocks
 *   0x00a0_0000  block arena
 *   0x0200_0000  translator: regions, scratch, the module under construction
 *   0x02ff_0000  blocks that are used once, and those across two pages
 *   0x0300_0000  guest RAM, and behind it the ROM
 *
 * Architectural state (the hart record up to HART_STATE_SIZE, and the machine
 * record) is what a snapshot holds; all the rest is derived from it.
 */

// Machine record.
export const MACHINE: usize = 0x20000;
export const M_RAM_SIZE: usize = 0x00; // u64, bytes
export const M_HART_COUNT: usize = 0x08; // u32
export const M_CURRENT_HART: usize = 0x0c; // u32, the hart whose turn it is
export const M_TURN_LEFT: usize = 0x10; // u32, instructions left of its turn
export const M_CLOCK_KIND: usize = 0x14; // u32, CLOCK_*
export const M_ICOUNT: usize = 0x18; // u64, instructions executed by all harts at the last synchronisation
export const M_TIME_BASE: usize = 0x20; // u64, what mtime counts from: mtime = base + clock
export const M_TICK_INSTRUCTIONS: usize = 0x28; // u32, virtual clock: instructions a tick of mtime
export const M_EXIT: usize = 0x2c; // u32, EXIT_* requested from within a run
export const M_EXIT_HART: usize = 0x30; // u32, the hart that caused it
export const M_PAGING: usize = 0x34; // u32, largest satp mode offered (SATP_MODE_*)
export const M_SBI: usize = 0x38; // u32, 1: an S-mode ecall leaves the run loop
export const M_IDLE_TICKS: usize = 0x40; // u64, virtual clock: ticks skipped while every hart waited
export const M_ARENA_NEXT: usize = 0x48; // u32, derived: next free byte of the block arena
export const M_ROM_BASE: usize = 0x50; // u64, guest physical address of the ROM
export const M_ROM_SIZE: usize = 0x58; // u64, bytes in all banks; 0: there is none
export const M_ROM_BANK: usize = 0x60; // u64, bytes in each
export const M_ROM_SHOWN: usize = 0x68; // u32, bit mask of the banks that are read as memory
export const M_ROM_USED: usize = 0x6c; // u32, derived: those that TLBs or blocks may have something of

export const CLOCK_HOST: u32 = 0;
export const CLOCK_VIRTUAL: u32 = 1;

// Why run() came back.
export const EXIT_BUDGET: u32 = 0; // the budget is used up
export const EXIT_IDLE: u32 = 1; // every hart waits for an interrupt
export const EXIT_SBI: u32 = 2; // hart M_EXIT_HART made an SBI call
export const EXIT_HOST: u32 = 3; // requestExit() was called
export const EXIT_BREAKPOINT: u32 = 4; // hart M_EXIT_HART is about to execute the instruction at a breakpoint
export const EXIT_WATCHPOINT: u32 = 5; // hart M_EXIT_HART has executed an instruction that made a watched access
export const EXIT_EBREAK: u32 = 6; // hart M_EXIT_HART has come to an ebreak, where H_PC points
export const EXIT_TRAP: u32 = 7; // hart M_EXIT_HART has taken an exception that nobody handles

// What the host has asked for to look at a guest (hart/debug.ts).
export const DEBUG: usize = 0x30000;
export const D_OFFSETS: usize = DEBUG; // u8 × 2048: whether a breakpoint lies at this halfword of its page
export const D_BREAKPOINTS: usize = DEBUG + 0x800; // u64 × MAX_BREAKPOINTS, virtual addresses
export const MAX_BREAKPOINTS: u32 = 256;
export const D_WATCHPOINTS: usize = DEBUG + 0x1000; // WATCHPOINT_SIZE × MAX_WATCHPOINTS
export const MAX_WATCHPOINTS: u32 = 64;
export const WATCHPOINT_SIZE: usize = 24;
export const W_FIRST: usize = 0; // u64, first byte watched
export const W_LAST: usize = 8; // u64, last one
export const W_FLAGS: usize = 16; // u32: ACCESS_READ, ACCESS_WRITE, WATCH_PHYSICAL
export const WATCH_PHYSICAL: u32 = 8; // the addresses are physical
export const D_HIT: usize = DEBUG + 0x1800; // what EXIT_WATCHPOINT is for
export const HIT_INDEX: usize = 0; // u32, of the watchpoint
export const HIT_ACCESS: usize = 4; // u32, ACCESS_READ or ACCESS_WRITE
export const HIT_ADDRESS: usize = 8; // u64, virtual
export const HIT_SIZE: usize = 16; // u32, bytes; for EXIT_EBREAK, of the instruction
export const D_COUNTS: usize = DEBUG + 0x2000; // {u64 in 32 bits, u64 in 16 bits} × OP_COUNT: instructions executed

// Hart area.
export const HARTS: usize = 0x100000;
export const HART_AREA_SIZE: usize = 0x80000;

// Hart record. Register fields of decoded records are offsets into it.
export const X_BASE: u32 = 0;
export const X_SINK: u32 = 256; // writes to x0 land here
export const F_BASE: u32 = 512;
export const H_PC: usize = 0x300;
export const H_ID: usize = 0x308; // u32
export const H_PRIV: usize = 0x30c; // u32, PRIV_*
export const H_RUN_STATE: usize = 0x310; // u32, RUN_*
export const H_FS: usize = 0x314; // u32, mstatus.FS (0 to 3), kept apart because every FP instruction reads it
export const H_FFLAGS: usize = 0x318; // u32
export const H_FRM: usize = 0x31c; // u32
export const H_MSTATUS: usize = 0x320; // u64, without FS and SD
export const H_MIE: usize = 0x328;
export const H_MIP: usize = 0x330; // u64, software-writable and line-driven bits together
export const H_MEDELEG: usize = 0x338;
export const H_MIDELEG: usize = 0x340;
export const H_MTVEC: usize = 0x348;
export const H_MEPC: usize = 0x350;
export const H_MCAUSE: usize = 0x358;
export const H_MTVAL: usize = 0x360;
export const H_MSCRATCH: usize = 0x368;
export const H_MENVCFG: usize = 0x370;
export const H_STVEC: usize = 0x378;
export const H_SEPC: usize = 0x380;
export const H_SCAUSE: usize = 0x388;
export const H_STVAL: usize = 0x390;
export const H_SSCRATCH: usize = 0x398;
export const H_SENVCFG: usize = 0x3a0;
export const H_SATP: usize = 0x3a8;
export const H_STIMECMP: usize = 0x3b0;
export const H_MTIMECMP: usize = 0x3b8;
export const H_MCOUNTEREN: usize = 0x3c0; // u32
export const H_SCOUNTEREN: usize = 0x3c4; // u32
export const H_MCOUNTINHIBIT: usize = 0x3c8; // u32
export const H_EXTERNAL_SEIP: usize = 0x3cc; // u32, the PLIC's S-mode line; software SEIP is in H_MIP
export const H_CYCLES: usize = 0x3d0; // u64, instructions this hart executed, trapping ones included
export const H_TRAPS: usize = 0x3d8; // u64, executed instructions that did not retire
export const H_MCYCLE_OFFSET: usize = 0x3e0; // mcycle = H_CYCLES + offset (the frozen value while inhibited)
export const H_MINSTRET_OFFSET: usize = 0x3e8; // minstret = H_CYCLES - H_TRAPS + offset (likewise)
export const H_RESERVATION: usize = 0x3f0; // u64, paddr of the reservation set, or -1
export const H_PMPCFG: usize = 0x400; // 16 × u8
export const H_PMPADDR: usize = 0x410; // 16 × u64, to 0x490
export const HART_STATE_SIZE: usize = 0x500;

// Derived state of a hart, from here on never saved.
export const H_TLB_READ: usize = 0x500; // u32, the TLB set that loads use now
export const H_TLB_WRITE: usize = 0x504; // u32, the same for stores
export const H_JUMP_CACHE: usize = 0x508; // u32, the jump cache of the current privilege mode
export const H_LEAVE: usize = 0x50c; // u32, LEAVE_*: why an executor returned false
export const H_CAUSE: usize = 0x510; // u32, exception cause when LEAVE_TRAP
export const H_TVAL: usize = 0x518; // u64, its trap value
export const H_DATA_PRIV: usize = 0x520; // u32, privilege mode of loads and stores (MPRV applied)
export const H_PMP_ACTIVE: usize = 0x524; // u32, entries up to the last one that is not OFF
export const H_TLBS_USED: usize = 0x528; // u32, TLB sets selected since the last flush (bit mask)
export const H_SYNCED: usize = 0x52c; // u32, 1: counters and pc in the record are exact, MMIO may be performed
export const H_SIDE_EXIT: usize = 0x530; // u32, the slot of the region that left because the interpreter must execute the next instruction; else 0
export const H_REGION_CACHE: usize = 0x534; // u32, the region cache of the current privilege mode
export const H_EPOCH: usize = 0x538; // u32, not 0: that of the valid entries of jump caches, region caches and the second-level TLB
export const H_LAST_EPOCH: usize = 0x53c; // u32, the highest one given so far
export const H_ADDRESS_SPACES: usize = 0x540; // {u64 satp, u32 epoch, u32 unused} × 8, to 0x5c0: those left lately and not flushed since
export const ADDRESS_SPACES: u32 = 8;
export const H_NEXT_ADDRESS_SPACE: usize = 0x5c0; // u32, which of them is given away next
export const H_PASS: usize = 0x5c8; // u64, pc | 1: a breakpoint there does not stop the hart the next time, from where it goes on
export const H_FETCH_FILTER: usize = 0x600; // 512 bytes, which page hashes the jump caches and the instruction TLB hold
export const FETCH_FILTER_SIZE: usize = 512;

export const LEAVE_TRAP: u32 = 0; // the instruction raised the exception in H_CAUSE, H_TVAL
export const LEAVE_AFTER: u32 = 1; // the instruction is complete; look at interrupts, exits and code changes
export const LEAVE_SYNC: u32 = 2; // nothing happened yet: bring the counters up to date and execute it again

export const RUN_STARTED: u32 = 0;
export const RUN_WAITING: u32 = 1; // in WFI
export const RUN_STOPPED: u32 = 2; // SBI HSM: not running until started

export const PRIV_U: u32 = 0;
export const PRIV_S: u32 = 1;
export const PRIV_M: u32 = 3;

// TLB sets: {u64 -vpage, u32 host address - vaddr, u32 unused} × TLB_ENTRIES, read then write.
export const TLB_ENTRIES: u32 = 1024;
export const TLB_INDEX_MASK: u32 = (TLB_ENTRIES - 1) << 4;
export const TLB_SIZE: usize = 0x4000;
export const TLB_SETS: u32 = 4; // U, S with SUM = 0, S with SUM = 1, M
export const H_TLBS: usize = 0x1000; // set s: read at s × 2 × TLB_SIZE, write TLB_SIZE later; to 0x21000
export const TLB_SET_SIZE: usize = 0x8000;

// Second-level TLB, one a hart: {u64 vpage | set << 2 | write << 1 | 1, u32 addend, u32 epoch}.
export const TLB2_ENTRIES: u32 = 4096;
export const H_TLB2: usize = 0x70000; // to 0x80000

// Jump caches, one a privilege mode (U, S, M): {u64 vpc | 1, u32 block, u32 epoch}.
// An entry counts while its epoch is that of the hart, so that a flush is an increment.
export const JUMP_ENTRIES: u32 = 2048;
export const JUMP_INDEX_MASK: u32 = (JUMP_ENTRIES - 1) << 4;
/** An entry's place comes from pc ^ pc >> JUMP_FOLD: page and offset both count. */
export const JUMP_FOLD: u32 = 11;
export const JUMP_CACHE_SIZE: usize = 0x8000;
export const H_JUMP_CACHES: usize = 0x22000; // to 0x3a000
// Region caches, the same for translated code: {u64 vpc | 1, u32 slot, u32 epoch}.
export const REGION_ENTRIES: u32 = 4096;
export const REGION_INDEX_MASK: u32 = (REGION_ENTRIES - 1) << 4;
/** An entry's place comes from pc ^ pc >> REGION_FOLD. */
export const REGION_FOLD: u32 = 12;
export const REGION_CACHE_SIZE: usize = 0x10000;
export const H_REGION_CACHES: usize = 0x40000; // to 0x70000
// Instruction TLB, one a hart: {u64 vpage | mode, u64 ppage} × 256.
export const FETCH_TLB_ENTRIES: u32 = 256;
export const H_FETCH_TLB: usize = 0x3a000; // to 0x3b000
export const H_LARGE_PAGE_FILTER: usize = 0x3b000; // 4096 bytes, which leaf PTEs for more than 4 KiB the TLBs may hold
export const LARGE_PAGE_FILTER_SIZE: usize = 4096;

// Decoded blocks: a header, then records of RECORD_SIZE. A record that may
// transfer control is followed by one that holds its successors: conditional
// branches anywhere in the block, and the last record.
export const BLOCK_HASH: usize = 0x500000;
export const BLOCK_HASH_ENTRIES: u32 = 0x10000;
export const PAGE_HEADS: usize = 0x600000;
export const ARENA: usize = 0xa00000;
export const ARENA_END: usize = 0x1400000; // twice as much took 5 MB more at a shell and made no boot faster
export const SCRATCH_BLOCK: usize = 0x2ff0000; // blocks decoded for one use; from here on no successor points
export const STRADDLING: usize = 0x2ff4000; // blocks of one instruction that lies across two pages, by its bits
export const STRADDLING_ENTRIES: u32 = 128;
export const STRADDLING_SIZE: usize = 128;

export const B_COUNT: usize = 0; // u32, instructions; BLOCK_DEAD once invalidated
export const B_HASH_NEXT: usize = 4; // u32
export const B_PAGE_NEXT: usize = 8; // u32
export const B_BYTES: usize = 12; // u32, length of the code in bytes
export const B_PADDR: usize = 16; // u64
export const B_HEAT: usize = 24; // u32, how often control came here by a call, an indirect jump or backwards
export const B_REGION: usize = 28; // u32, the region that starts here when the count is BLOCK_TRANSLATED
export const B_HEADER_SIZE: usize = 32;
export const BLOCK_DEAD: u32 = 0x40000000;
export const BLOCK_TRANSLATED: u32 = 0x40000001;
export const MAX_BLOCK_INSTRUCTIONS: u32 = 32;

export const RECORD_SIZE: usize = 16;
export const REC_OP: usize = 0; // u16
export const REC_RD: usize = 2; // u16, offset into the hart record
export const REC_RS1: usize = 4; // u16
export const REC_RS2: usize = 6; // u16
export const REC_IMM: usize = 8; // i32
export const REC_OFF: usize = 12; // u16, bytes from the start of the block
export const REC_GROUP: usize = 12; // u16, in the translator's records: 0, or the number of the group that the access belongs to, plus GROUP_RECORDS
export const REC_LEN: usize = 14; // u8, 2 or 4
export const REC_LEFT: usize = 15; // u8, instructions after this one in its block
export const REC_TAKEN: usize = 16; // u32, block after a taken branch or jump, 0 unknown
export const REC_NEXT: usize = 20; // u32, block after falling through, 0 unknown

// The translator (assembly/jit).
export const JIT: usize = 0x2000000;
export const J_STATISTICS: usize = JIT; // u64 counters, J_*
export const J_IN_REGIONS: usize = JIT; // instructions executed in translated code
export const J_TRANSLATED: usize = JIT + 8; // regions
export const J_BATCHES: usize = JIT + 16; // modules
export const J_WASM_BYTES: usize = JIT + 24;
export const J_EVICTIONS: usize = JIT + 32; // batches
export const J_INVALIDATIONS: usize = JIT + 40; // regions
export const J_TLB_MISSES: usize = JIT + 48; // slow data accesses
export const J_SIDE_EXITS: usize = JIT + 56;
export const J_ENTRIES: usize = JIT + 64; // from the dispatcher
export const J_GUEST_BYTES: usize = JIT + 72; // translated
export const J_LIVE: usize = JIT + 80; // regions that can be entered
export const J_TIMES: usize = JIT + 0x80; // f64, milliseconds
export const J_TIME_TRANSLATING: usize = J_TIMES;
export const J_TIME_IN_REGIONS: usize = J_TIMES + 8; // from sampled entries
export const JIT_LOCALS: usize = JIT + 0x100; // u8 × 64: the local of each guest register in the region being written
export const JIT_GROUPS: usize = JIT + 0x200; // accesses of a loop by their base register, G_*
export const MAX_GROUPS: u32 = 6;
export const G_SIZE: usize = 20;
export const G_BASE: usize = 0; // u32, number of an x register
export const G_LOW: usize = 4; // i32, first byte, from what the base is where the loop starts
export const G_HIGH: usize = 8; // i32, the byte after the last one
export const G_RECORDER: usize = 12; // u32, the record of the access that tells on which page they are: a store if there is one
export const G_STEP: usize = 16; // i32, by how much each round moves the base, NO_STEP if that is not known
export const NO_STEP: i32 = i32.MIN_VALUE;
export const GROUP_RECORDS: u32 = 0x100; // flag of REC_GROUP: this is that access
export const JIT_LOW_LOCALS: usize = JIT + 0x2c0; // u8 × 32: the local for the low half of each x register that is handed on as such
export const JIT_MOVED: usize = JIT + 0x300; // i32 × 32: how far each base register is from where it was when the round of a loop started
export const JIT_BLOCK_GROUPS: usize = JIT + 0x380; // {u32 base as in REC_RS1, 0 for none, i32 lowest offset} × MAX_BLOCK_GROUPS
export const MAX_BLOCK_GROUPS: u32 = 4; // of a basic block, at one time

// Regions: a record each, found by the physical address of their head, and by the pages they came from.
export const REGION_HASH: usize = JIT + 0x1000;
export const REGION_HASH_ENTRIES: u32 = 0x2000;
export const REGION_PAGES: usize = JIT + 0x9000; // u32 × 8192: hash of guest pages → list of page nodes
export const REGION_PAGES_ENTRIES: u32 = 0x2000;
export const REGIONS: usize = JIT + 0x20000;
export const REGION_SIZE: usize = 128;
export const R_STATE: usize = 0; // u32, REGION_*
export const R_SLOT: usize = 4; // u32, in the table
export const R_BATCH: usize = 8; // u32
export const R_COST: usize = 12; // u32, the budget that it needs on entry
export const R_PADDR: usize = 16; // u64, of the head
export const R_HASH_NEXT: usize = 24; // u32
export const R_BLOCK: usize = 28; // u32, the decoded block of the head while that is marked as translated, or 0
export const R_PLAIN: usize = 32; // u32, an unmarked copy of that block, or 0
export const R_EXITS: usize = 36; // u32, side exits taken lately
export const R_STYLE: usize = 40; // u16, STYLE_*: how it was written
export const R_INEXACT: usize = 42; // u16, 1: STYLE_EXACT makes a difference
export const R_FUNCTION: usize = 60; // u32, its number in its module
export const R_EXITS_SINCE: usize = 44; // u32, low half of M_ICOUNT when that began
export const R_PAGE_COUNT: usize = 48; // u32
export const R_COUNT: usize = 52; // u32, the instruction count of R_BLOCK, while it is marked
export const R_CALLERS: usize = 56; // u32, bit mask of the regions of its batch that call it directly
export const R_NODES: usize = 64; // page nodes
export const MAX_REGION_PAGES: u32 = 4;
export const N_SIZE: usize = 16;
export const N_PAGE: usize = 0; // u32, guest page number (jit/region.ts)
export const N_NEXT: usize = 4; // u32, next node of that hash
export const N_LOW: usize = 8; // u16, first byte of the page that was translated
export const N_HIGH: usize = 10; // u16, last one

export const SYSTEM_RECORD: usize = JIT + 0x140; // the record of a system instruction that translated code executes
export const SENTINEL_BLOCK: usize = JIT + 0x800; // a block without instructions, in the list of a page that has regions only

// How a region is written, a bit mask. Without STYLE_CALLS it leaves where an access misses the TLB; without
// STYLE_EXACT it leaves before arithmetic unless NX has accrued, and then need not know whether a result is inexact.
export const STYLE_CALLS: u32 = 1; // calls the core where an access misses the TLB, for regions that leave too often
export const STYLE_EXACT: u32 = 2; // leaves where a result is inexact, for programs that compute with integers
export const STYLE_MIXED: u32 = 4; // with STYLE_EXACT: only if NX has not accrued; for code of both kinds of programs
export const STYLE_TLB_SHIFT: u32 = 3; // from there on, the number of a TLB set plus 1: leaves where accesses go through another one; 0: for all of them

export const REGION_FREE: u32 = 0;
export const REGION_PENDING: u32 = 1; // written, not yet compiled
export const REGION_LIVE: u32 = 2;

// Where code finds those that it calls on pages whose mapping it knows, by hash: {u64 physical address of a head, or 0, u32 slot of the live region there, or 0}.
export const CALLEES: usize = JIT + 0x2d0000;
export const CALLEE_ENTRIES: u32 = 0x2000;
export const CALLEE_SIZE: usize = 16;
export const CALLEE_SLOT: usize = 8;

// Slots of the table are used in turn. Slot 0 leaves to the dispatcher.
export const JIT_TABLE_SIZE: u32 = 0x1000;
export const BATCH_REGIONS: u32 = 32; // of a batch at most
export const MAX_BATCHES: u32 = 1024; // used in turn as well
export const JIT_BATCHES: usize = JIT + 0x2c0000; // {u32 first slot, u32 regions} each

// What the translator works on.
export const JIT_WISHES: usize = JIT + 0x2a0000; // u64: physical addresses of heads of regions, by hash, and how to write these: address << 8 | STYLE_*
export const JIT_WISHES_ENTRIES: u32 = 0x2000;
export const T_TARGETS: usize = JIT + 0x288000; // {i32 bytes from the head, i32 block} of the dispatch block
export const MAX_TARGETS: u32 = 64;
// Where indirect jumps went while they were interpreted, by hash of the jump: {u64 paddr, i16 × 28 bytes from the jump, 0 for none}.
export const JIT_PROFILE: usize = JIT + 0x300000;
export const JIT_PROFILE_ENTRIES: u32 = 0x1000;
export const JIT_PROFILE_TARGETS: usize = 28;
export const T_EXITS: usize = JIT + 0x290000; // exits by the registers that they store
export const T_WINDOW: i32 = 0x8000; // a region lies within so many bytes of its head, either way
export const T_PAGES: usize = JIT + 0x180; // u32 a page of the window: where it lies in the linear memory, PAGE_UNKNOWN or PAGE_REFUSED
export const T_MARKS: usize = JIT + 0x200000; // u8 a halfword of the window
export const T_INDEX: usize = JIT + 0x210000; // u16 a halfword of the window: block that starts there
export const T_RECORDS: usize = JIT + 0x220000; // decoded instructions
export const T_BLOCKS: usize = JIT + 0x240000;
export const T_LISTS: usize = JIT + 0x280000; // work lists and orders
// A basic block of the region that is being translated. Masks have a bit for each guest register, f registers from 32 on.
export const T_SIZE: usize = 176;
export const T_START: usize = 0; // i32, bytes from the head
export const T_END: usize = 4; // i32, the byte after its last instruction
export const T_COUNT: usize = 8; // u32, instructions
export const T_FIRST: usize = 12; // u32, its first record
export const T_KIND: usize = 16; // u32, KIND_*: how it ends
export const T_SUCCESSOR: usize = 20; // i32 × 2, blocks; -1 where control leaves the region
export const T_TARGET: usize = 28; // i32 × 2, where that lies, in bytes from the head
export const T_ORDER: usize = 36; // i32, place in reverse postorder, -1 unreachable
export const T_DOMINATOR: usize = 40; // i32, immediate dominator, -1 of the head
export const T_CHILD: usize = 44; // i32, first block that it dominates immediately, in reverse postorder
export const T_SIBLING: usize = 48; // i32, next of those
export const T_FORWARD: usize = 52; // u32, edges that lead here, back edges not counted
export const T_IS_LOOP: usize = 56; // u32, 1: a back edge leads here
export const T_COST: usize = 60; // u32, most instructions until the budget is looked at again
export const T_LABEL: usize = 64; // u32, of the block that ends where this starts
export const T_LOOP_LABEL: usize = 68; // u32
export const T_FP: usize = 72; // u32, FP_*: what must be ensured before its first floating-point instruction
export const T_GUARD: usize = 76; // u32, bit mask of pages of the window whose mapping is checked at the start
export const T_USE: usize = 80; // u64, registers read before they are set
export const T_DEF: usize = 88; // u64, registers set
export const T_DIRTY_IN: usize = 96; // u64, registers that may differ from the hart record at the start
export const T_LIVE_IN: usize = 104; // u64, registers whose locals must be right at the start
export const T_SUBTREE: usize = 112; // u64, registers that matter in some block that this dominates
export const T_LOAD: usize = 120; // u64, registers loaded at the start
export const T_LOAD_BEFORE: usize = 128; // u64, the same before the loop that starts here
export const T_PENDING: usize = 136; // u64, registers to be loaded there or below
export const T_PAGES_IN: usize = 144; // u32, pages whose mapping is known at the start
export const T_PAGES_OF: usize = 148; // u32, pages that its instructions lie on
export const T_FP_IN: usize = 152; // u32, FP_* that is known at the start
export const T_IS_CHECKED: usize = 156; // u32, 1: the budget is looked at where it starts
export const T_IN_LOOP: usize = 160; // u32, 1: of the loop that is looked at
export const T_WORDS_IN: usize = 164; // u32, x registers that are known to hold a sign-extended word at the start
export const T_EXTENDED_IN: usize = 168; // u32, those of them that an i32 was extended to, on some way there

export const KIND_FALL: u32 = 0; // into the next block
export const KIND_BRANCH: u32 = 1;
export const KIND_JUMP: u32 = 2;
export const KIND_CALL: u32 = 3; // jal; goes on at its successor
export const KIND_CALL_INDIRECT: u32 = 4; // jalr; the same
export const KIND_RETURN: u32 = 5;
export const KIND_INDIRECT: u32 = 6;
export const KIND_EXIT: u32 = 7; // the interpreter goes on at T_END
export const KIND_CSR: u32 = 8; // a CSR instruction; goes on behind it
export const KIND_DISPATCH: u32 = 9; // no code of the guest: where indirect jumps of the region go, to its blocks in T_TARGETS

export const MAX_REGION_INSTRUCTIONS: u32 = 1024;
export const MAX_REGION_BLOCKS: u32 = 256;
export const JIT_BODIES: usize = JIT + 0x400000; // functions of the batch
export const JIT_BODIES_END: usize = JIT + 0x900000; // a last one may go beyond, but not for long
export const JIT_MODULE: usize = JIT + 0xa00000; // the module as the host gets it

export const RAM: usize = 0x3000000;
export { RAM_BASE } from './generated/memory-map';
