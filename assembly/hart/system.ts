/**
 * Instructions that end a block: the counters are exact, H_PC already points
 * behind the instruction, and the run loop looks at everything afterwards.
 */
import { REC_OP } from '../layout';
import { Op } from '../generated/opcodes';
// <generated:imports>
import {
  executeEbreak,
  executeEcall,
  executeMret,
  executeSfenceVma,
  executeSret,
  executeWfi,
} from '../isa/privileged';
import { executeSfenceInvalIr, executeSfenceWInval, executeSinvalVma } from '../isa/svinval';
import { executeWrsNto, executeWrsSto } from '../isa/zawrs';
import { executeCboClean, executeCboFlush, executeCboInval } from '../isa/zicbom';
import { executeCboZero } from '../isa/zicboz';
import {
  executeCsrrc,
  executeCsrrci,
  executeCsrrs,
  executeCsrrsi,
  executeCsrrw,
  executeCsrrwi,
} from '../isa/zicsr';
import { executeFenceI } from '../isa/zifencei';
import { executePause } from '../isa/zihintpause';
// </generated:imports>

export function executeSystem(h: usize, r: usize): void {
  switch (load<u16>(r, REC_OP) as i32) {
    // <generated:cases>
    case Op.ECALL: executeEcall(h, r); return;
    case Op.EBREAK: executeEbreak(h, r); return;
    case Op.SFENCE_VMA: executeSfenceVma(h, r); return;
    case Op.SRET: executeSret(h, r); return;
    case Op.MRET: executeMret(h, r); return;
    case Op.WFI: executeWfi(h, r); return;
    case Op.SINVAL_VMA: executeSinvalVma(h, r); return;
    case Op.SFENCE_W_INVAL: executeSfenceWInval(h, r); return;
    case Op.SFENCE_INVAL_IR: executeSfenceInvalIr(h, r); return;
    case Op.WRS_NTO: executeWrsNto(h, r); return;
    case Op.WRS_STO: executeWrsSto(h, r); return;
    case Op.CBO_CLEAN: executeCboClean(h, r); return;
    case Op.CBO_FLUSH: executeCboFlush(h, r); return;
    case Op.CBO_INVAL: executeCboInval(h, r); return;
    case Op.CBO_ZERO: executeCboZero(h, r); return;
    case Op.CSRRW: executeCsrrw(h, r); return;
    case Op.CSRRS: executeCsrrs(h, r); return;
    case Op.CSRRC: executeCsrrc(h, r); return;
    case Op.CSRRWI: executeCsrrwi(h, r); return;
    case Op.CSRRSI: executeCsrrsi(h, r); return;
    case Op.CSRRCI: executeCsrrci(h, r); return;
    case Op.FENCE_I: executeFenceI(h, r); return;
    case Op.PAUSE: executePause(h, r); return;
    // </generated:cases>
  }
}
