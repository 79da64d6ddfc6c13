/** qcow2 images going to QEMU's tools and back, with every combination of options. */
import { describe } from 'vitest';
import { describeInterchange, HAS_QEMU } from './qcow2-interchange.ts';
import { VARIANTS } from './qcow2-support.ts';

describe.skipIf(!HAS_QEMU).each(VARIANTS)('with %j', describeInterchange);
