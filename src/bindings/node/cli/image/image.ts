/** `hartware image`. */
import { commitImage, rebaseImage } from '../../../../disks/commit.ts';
import { compareImages } from '../../../../disks/compare.ts';
import { convertImage } from '../../../../disks/convert.ts';
import type { DiskImage, ImageInfo } from '../../../../disks/disk-image.ts';
import { ArgumentError } from '../../../../index.ts';
import { createImageHost } from '../../image-host.ts';
import { writeAll } from '../output.ts';
import { holdSignals } from '../signals.ts';
import type { ImageArguments } from './arguments.ts';
import { isIn, makeImage, needs, openBacking, openImage } from './files.ts';
import { checkText, infoText, mapText, snapshotsText } from './report.ts';
import { withProgress } from './work.ts';

/** Exit codes beside 0, and 1 for what cannot be done. */
const DIFFERENT = 3;
const HAS_ERRORS = 3;
const HAS_LEAKS = 4;

type Arguments<A extends ImageArguments['action']> = Extract<ImageArguments, { action: A }>;

/** Does it and returns the exit code. */
export async function image(args: ImageArguments): Promise<number> {
  switch (args.action) {
    case 'create':
      return create(args);
    case 'info':
      return withImage(args.source, { readOnly: true, withBacking: args.chain }, (image) =>
        info(image, args),
      );
    case 'convert':
      return convert(args);
    case 'check':
      return withImage(args.source, { readOnly: args.repair === undefined, withBacking: false }, (image) =>
        check(image, args),
      );
    case 'resize':
      return withImage(args.source, { readOnly: false }, (image) => resize(image, args));
    case 'commit':
      return withImage(args.source, { readOnly: false }, async (image) => {
        const host = createImageHost({ allow: args.source.allow });
        await withProgress(`committing ${args.source.file}`, args.quiet, (work) =>
          commitImage(image, host, work),
        );
        return 0;
      });
    case 'rebase':
      return rebase(args);
    case 'compare':
      return compare(args);
    case 'map':
      return withImage(args.source, { readOnly: true }, async (image) => {
        for await (const line of mapText(image, args.json))
          if (!(await writeAll(process.stdout, line))) break;
        return 0;
      });
    case 'snapshot': {
      const { source, change } = args;
      return withImage(source, { readOnly: !change, withBacking: false }, (image) => snapshot(image, args));
    }
  }
}

/**
 * What was done is durable when it resolves; a failure is not hidden by that of closing. An image that is written to
 * is closed before a signal ends the process: what can be aborted is, and what takes no time is done.
 */
async function withImage(
  source: Parameters<typeof openImage>[0],
  options: Parameters<typeof openImage>[1],
  work: (image: DiskImage) => Promise<number>,
): Promise<number> {
  const held = options.readOnly ? undefined : holdSignals();
  try {
    const image = await openImage(source, options);
    let code: number;
    try {
      // Nothing is begun when it came already.
      held?.signal.throwIfAborted();
      code = await work(image);
    } catch (error) {
      await image.close().catch(() => {});
      throw error;
    }
    await image.close();
    return code;
  } finally {
    held?.release();
  }
}

async function create({ target, allow, backing, size }: Arguments<'create'>): Promise<number> {
  const beneath = backing && (await openBacking(backing, target.file, allow));
  try {
    await makeImage(target, { size: size ?? beneath!.image.size, backing: beneath });
  } finally {
    await beneath?.image.close();
  }
  return 0;
}

async function info(image: DiskImage, { source, json, chain }: Arguments<'info'>): Promise<number> {
  const infos: (ImageInfo & { readonly file: string })[] = [];
  for (let each: DiskImage | undefined = image; each; each = chain ? each.backing : undefined)
    infos.push({ file: each === image ? source.file : each.file.name, ...(await each.info()) });
  const text = json
    ? `${JSON.stringify(chain ? infos : infos[0], undefined, 2)}\n`
    : infos.map((each) => infoText(each.file, each)).join('\n');
  await writeAll(process.stdout, text);
  return 0;
}

async function convert(args: Arguments<'convert'>): Promise<number> {
  const { source, target, compress, snapshot, quiet } = args;
  return withImage(source, { readOnly: true }, async (image) => {
    const from = snapshot === undefined ? image : await needs(image, 'openSnapshot')(snapshot);
    if (await isIn(image, target.file))
      throw new ArgumentError(`cannot make ${target.file} of itself, or of what lies on it`);
    await withProgress(`converting ${source.file}`, quiet, (work) =>
      makeImage(target, { size: from.size }, (to) => convertImage(from, to, { compress, ...work })),
    );
    return 0;
  });
}

async function check(image: DiskImage, { source, repair, json, quiet }: Arguments<'check'>): Promise<number> {
  const run = needs(image, 'check');
  const report = await withProgress(`checking ${source.file}`, quiet, (work) => run({ ...work, repair }));
  await writeAll(
    process.stdout,
    json ? `${JSON.stringify(report, undefined, 2)}\n` : checkText(source.file, report),
  );
  const left = report.errorCount + report.leaks - report.repaired;
  if (left <= 0) return 0;
  return report.errorCount > 0 ? HAS_ERRORS : HAS_LEAKS;
}

async function snapshot(image: DiskImage, { source, change, json }: Arguments<'snapshot'>): Promise<number> {
  const actions = { create: 'createSnapshot', apply: 'applySnapshot', delete: 'deleteSnapshot' } as const;
  const run = needs(image, actions[change?.kind ?? 'create']);
  if (change) await run(change.name);
  else {
    const { snapshots = [] } = await image.info();
    const text = json
      ? `${JSON.stringify(snapshots, undefined, 2)}\n`
      : snapshotsText(source.file, snapshots);
    await writeAll(process.stdout, text);
  }
  return 0;
}

async function resize(
  image: DiskImage,
  { source, size, sign, shrink }: Arguments<'resize'>,
): Promise<number> {
  const run = needs(image, 'resize');
  const wanted = sign === 0 ? size : image.size + sign * size;
  if (wanted <= 0 || wanted % 512 !== 0)
    throw new ArgumentError(`expected a size of whole sectors of 512 bytes, found ${wanted} bytes`);
  if (wanted < image.size && !shrink)
    throw new ArgumentError(
      `${source.file} has ${image.size} bytes: what lies behind ${wanted} would be lost; give --shrink if that is wanted`,
    );
  await run(wanted);
  return 0;
}

async function rebase({ source, backing, unsafe, quiet }: Arguments<'rebase'>): Promise<number> {
  // First, while the image may still be read: that is how it is found beneath its new backing image.
  const beneath = backing && (await openBacking(backing, source.file, source.allow));
  try {
    return await withImage(source, { readOnly: false, withBacking: !unsafe }, async (image) => {
      await withProgress(`rebasing ${source.file}`, quiet, (work) =>
        rebaseImage(image, beneath, { isUnsafe: unsafe, ...work }),
      );
      return 0;
    });
  } finally {
    await beneath?.image.close();
  }
}

async function compare({ sources, strict, quiet }: Arguments<'compare'>): Promise<number> {
  const [one, other] = sources;
  return withImage(one, { readOnly: true }, (a) =>
    withImage(other, { readOnly: true }, async (b) => {
      const difference = await withProgress('comparing', quiet, (work) =>
        compareImages(a, b, { strict, ...work }),
      );
      const text = !difference
        ? 'The disks are the same.'
        : difference.kind === 'size'
          ? `The disks differ in size: ${a.size} and ${b.size} bytes.`
          : `The disks differ at offset ${difference.offset}.`;
      await writeAll(process.stdout, `${text}\n`);
      return difference ? DIFFERENT : 0;
    }),
  );
}
