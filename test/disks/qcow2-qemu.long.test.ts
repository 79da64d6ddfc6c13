/** qcow2 images going to QEMU's tools and back, with every combination of options. */
import { describe } from 'vitest';
import { hasQemuImg } from './qemu-img.ts';
import { describeInterchange } from './qcow2-interchange.ts';
import { VARIANTS } from './qcow2-support.ts';

describe.skipIf(!hasQemuImg).each(VARIANTS)('with %j', describeInterchange);
