import { compareRandomPrograms } from './random.ts';

compareRandomPrograms(20);
