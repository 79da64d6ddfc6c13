/** Whether a machine could have the files that its description names, without the machine. */
import { examineBootFiles, openBootFiles } from './boot-files.ts';
import { resolveDescription, type MachineDescription } from './description.ts';
import { FileFindings } from './file-findings.ts';
import type { MachineHost } from './host.ts';

/**
 * Opens every file as a machine would: boot files are read, and must be of their kind; drives are
 * opened, for writing too unless they are read-only; digests must be those of the content.
 * @param description one that `validateDescription` has accepted.
 * @param host is closed in the end.
 * @throws DescriptionError with everything that is wrong.
 */
export async function checkFiles(description: MachineDescription, host: MachineHost): Promise<void> {
  const resolved = resolveDescription(description);
  const findings = new FileFindings(host);
  try {
    await examineBootFiles(await openBootFiles(resolved, findings), findings);
    for (const [index, drive] of resolved.drives.entries()) {
      if (drive.file !== undefined) await findings.openDrive(`drives[${index}]`, drive);
    }
    await findings.openFlash(resolved.boot.flash);
    findings.throwAll();
  } finally {
    await host.close?.();
  }
}
