/** `hartware describe`: what a description file says, in full, and whether it is right. */
import { canonicalDescription, descriptionDigest } from '../../../index.ts';
import { completeDescription } from '../../../machine/description.ts';
import type { DescribeArguments } from './describe-arguments.ts';
import { checkNamedFiles, readDescription } from './description-file.ts';
import { writeAll } from './output.ts';

/** Prints it and returns the exit code. */
export async function describeMachine({ file, form, files }: DescribeArguments): Promise<number> {
  const description = await readDescription(file, files ? {} : undefined);
  if (files) await checkNamedFiles(file, description);
  const text = {
    resolved: () => JSON.stringify(completeDescription(description), undefined, 2),
    canonical: () => canonicalDescription(description),
    digest: () => descriptionDigest(description),
  };
  // The canonical form ends where it ends, so that a digest of the output is that of the machine.
  await writeAll(process.stdout, `${text[form]()}${form === 'canonical' ? '' : '\n'}`);
  return 0;
}
