import { compareWithQemu } from './compare.ts';

compareWithQemu(20);
