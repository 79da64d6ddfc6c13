/**
 * Where the files are that fids stand for: a tree of those names that are in use. Renaming a file
 * moves its place, so that all fids below it stay with their files; removing one takes its place
 * out of the tree, so that no fid comes to stand for the next file of that name.
 */
import type { FilePath } from '../filesystem/backend.ts';
import { FileSystemError } from '../filesystem/error.ts';
import { byteLength, MAX_PATH } from '../filesystem/name.ts';

export class Place {
  private readonly children = new Map<string, Place>();
  private users = 0;

  private constructor(
    private parent: Place | undefined,
    private name: string,
    private readonly isRoot = false,
  ) {}

  static root(): Place {
    const root = new Place(undefined, '', true);
    root.users = 1;
    return root;
  }

  /** The place of a name in this directory, to be let go of. */
  enter(name: string): Place {
    let child = this.children.get(name);
    if (!child) {
      child = new Place(this, name);
      this.children.set(name, child);
      this.users++;
    }
    child.users++;
    return child;
  }

  /** The directory that it is in, to be let go of; the root is in itself. */
  leave(): Place {
    const directory = this.parent ?? (this.isRoot ? this : undefined);
    if (!directory) throw new FileSystemError('ENOENT');
    return directory.keep();
  }

  /** The same place, to be let go of once more. */
  keep(): Place {
    this.users++;
    return this;
  }

  letGo(): void {
    // A loop, because a guest may make trees deeper than a host's stack.
    let place: Place = this; // eslint-disable-line @typescript-eslint/no-this-alias
    while (--place.users === 0 && place.parent) {
      const { parent } = place;
      parent.children.delete(place.name);
      place.parent = undefined;
      place = parent;
    }
  }

  /** @throws FileSystemError ENOENT where the file was removed, ENAMETOOLONG where it is too deep. */
  get path(): FilePath {
    const names: string[] = [];
    let length = 0;
    let place: Place = this; // eslint-disable-line @typescript-eslint/no-this-alias
    for (; place.parent; place = place.parent) {
      names.push(place.name);
      length += byteLength(place.name) + 1;
      if (length > MAX_PATH) throw new FileSystemError('ENAMETOOLONG');
    }
    if (!place.isRoot) throw new FileSystemError('ENOENT');
    return names.reverse();
  }

  /** The path of a name in this directory. */
  pathOf(name: string): FilePath {
    const path = [...this.path, name];
    if (path.reduce((length, each) => length + byteLength(each) + 1, 0) > MAX_PATH)
      throw new FileSystemError('ENAMETOOLONG');
    return path;
  }

  /** A file of this directory has gone. */
  removed(name: string): void {
    this.children.get(name)?.detach();
  }

  /** A file of this directory has another name, perhaps in another directory. */
  moved(name: string, directory: Place, newName: string): void {
    const place = this.children.get(name);
    if (this === directory && name === newName) return;
    directory.removed(newName);
    if (!place) return;
    // Before the old directory is let go of, which may be above the new one.
    directory.children.set(newName, place);
    directory.users++;
    this.children.delete(name);
    place.parent = directory;
    place.name = newName;
    this.letGo();
  }

  /** Its directory and its own name. */
  get inDirectory(): { readonly directory: Place; readonly name: string } {
    if (!this.parent) throw new FileSystemError(this.isRoot ? 'EBUSY' : 'ENOENT');
    return { directory: this.parent, name: this.name };
  }

  private detach(): void {
    const { parent } = this;
    if (!parent) return;
    parent.children.delete(this.name);
    this.parent = undefined;
    parent.letGo();
  }
}
