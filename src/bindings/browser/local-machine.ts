/**
 * Machines on this thread, in a bundle of its own: a page whose machine is in a worker, as it is by
 * default, does without the better part of the package.
 */
export { LocalMachine } from '../../machine/machine.ts';
export { hostWithCore } from './host.ts';
