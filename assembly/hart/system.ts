/**
 * Instructions that end a block: the counters are exact, H_PC already points
 * behind the instruction, and the run loop looks at everything afterwards.
 */
import { REC_OP } from '../layout';
import { Op } from '../generated/opcodes';
// <generated:imports>
import * as privileged from '../isa/privileged';
import * as svinval from '../isa/svinval';
import * as zawrs from '../isa/zawrs';
import * as zicbom from '../isa/zicbom';
import * as zicboz from '../isa/zicboz';
import * as zicsr from '../isa/zicsr';
import * as zifencei from '../isa/zifencei';
import * as zihintpause from '../isa/zihintpause';
// </generated:imports>

export function executeSystem(h: usize, r: usize): void {
  switch (load<u16>(r, REC_OP) as i32) {
    // <generated:cases>
    case Op.ECALL: privileged.executeEcall(h, r); return;
    case Op.EBREAK: privileged.executeEbreak(h, r); return;
    case Op.SFENCE_VMA: privileged.executeSfenceVma(h, r); return;
    case Op.SRET: privileged.executeSret(h, r); return;
    case Op.MRET: privileged.executeMret(h, r); return;
    case Op.WFI: privileged.executeWfi(h, r); return;
    case Op.SINVAL_VMA: svinval.executeSinvalVma(h, r); return;
    case Op.SFENCE_W_INVAL: svinval.executeSfenceWInval(h, r); return;
    case Op.SFENCE_INVAL_IR: svinval.executeSfenceInvalIr(h, r); return;
    case Op.WRS_NTO: zawrs.executeWrsNto(h, r); return;
    case Op.WRS_STO: zawrs.executeWrsSto(h, r); return;
    case Op.CBO_CLEAN: zicbom.executeCboClean(h, r); return;
    case Op.CBO_FLUSH: zicbom.executeCboFlush(h, r); return;
    case Op.CBO_INVAL: zicbom.executeCboInval(h, r); return;
    case Op.CBO_ZERO: zicboz.executeCboZero(h, r); return;
    case Op.CSRRW: zicsr.executeCsrrw(h, r); return;
    case Op.CSRRS: zicsr.executeCsrrs(h, r); return;
    case Op.CSRRC: zicsr.executeCsrrc(h, r); return;
    case Op.CSRRWI: zicsr.executeCsrrwi(h, r); return;
    case Op.CSRRSI: zicsr.executeCsrrsi(h, r); return;
    case Op.CSRRCI: zicsr.executeCsrrci(h, r); return;
    case Op.FENCE_I: zifencei.executeFenceI(h, r); return;
    case Op.PAUSE: zihintpause.executePause(h, r); return;
    // </generated:cases>
  }
}
