/** What `--help` prints. */

export const HELP = `hartware: an open RISC-V virtual machine

Usage:
  hartware run debian [OPTIONS]      boot Debian's kernel to a shell
  hartware run FILE.json [OPTIONS]   run a machine from its description
  hartware run DISK [OPTIONS]        start a disk with a boot loader
  hartware run [OPTIONS]             run a kernel or firmware
  hartware bench PROGRAMS [OPTIONS]  measure programs without an operating system
  hartware describe FILE.json        check a machine description, and print it in full
  hartware conformance [OPTIONS]     check a machine against the specification
  hartware export FILE.json --to X   the same machine for X: qemu or libvirt, or an ova
  hartware import FILE               a machine of theirs, or in an OVA, as a description
  hartware image ACTION FILES        make, convert and check disk images
  hartware run --help                all options of "run"; likewise the others
  hartware --version                 print the version
  hartware --help                    print this

Exit code: the guest's; 1 when the machine cannot run, 2 for a wrong command line.
`;

export const DESCRIBE_HELP = `hartware describe: check a machine description, and print it in full

Usage:
  hartware describe FILE.json [OPTIONS]

Everything that is wrong with it is printed to standard error, a line each. The files that it
names are looked at with --files alone: they may be on another computer.

Options:
  --files                  open every file and drive that it names, as "run" does, and check that
                           boot files are of their kind, and digests those of the content
  --resolved               print it with all defaults in place (default)
  --canonical              print its canonical form: the same for each document that describes
                           the same machine; without a line end
  --digest                 print the SHA-256 of the canonical form, which names the machine
  -h, --help               print this

Exit code: 0; 1 when the description is wrong or cannot be read, or with --files one of its files;
2 for a wrong command line.
`;

export const IMAGE_HELP = `hartware image: make, convert and check disk images

Usage:
  hartware image create FILE SIZE          make an image that reads as zeros
  hartware image create FILE -b BASE       make an overlay, which has what differs from BASE
  hartware image info FILE                 what an image is
  hartware image convert SOURCE TARGET     copy a disk into an image of another format
  hartware image check FILE                compare an image's metadata with itself
  hartware image resize FILE SIZE          make the disk greater or smaller: SIZE, +SIZE or -SIZE
  hartware image commit FILE               write what an overlay has to the image beneath it
  hartware image rebase FILE -b BASE       put an overlay onto another image; it reads as before
  hartware image rebase FILE --flatten     have it need no image beneath it
  hartware image compare FILE FILE         whether two disks read the same
  hartware image map FILE                  where what is
  hartware image snapshot FILE             the states of the disk that a qcow2 image keeps

A FILE that is only read may be a URL. A SIZE has a unit, as in "10G" or "1474560B". Formats: raw,
qcow2, vmdk, vhd (or vpc), vhdx and vdi. What is read is found out by looking at it; what is made is
what the name ends with, else raw.

Options:
  -f, --format FORMAT      of FILE or SOURCE; name it for raw images that a guest wrote, because
                           a guest could write what looks like another format
  -O, --to FORMAT          of TARGET
  -o, --option NAME=VALUE  an option of the format that is made; several, or with commas between
  -c, --compress           compress what is converted (qcow2, vmdk)
  -b, --backing BASE       the image beneath an overlay
  -F, --backing-format FORMAT  of BASE
  --other-format FORMAT    of the second image that is compared
  --allow FOLDER           files in FOLDER may be named by images, too; without it they are opened
                           only in the folder of the image that names them, and beneath that
  --force                  replace files that are there already
  --shrink                 allow the loss of what lies behind the new end
  -l, --snapshot NAME      convert: the disk as it was when that snapshot was made
  -l, --list               snapshot: print them, which is the default
  -c, --create NAME        snapshot: keep the disk as it is now
  -a, --apply NAME         snapshot: make the disk what it was; what it is now is lost
  -d, --delete NAME        snapshot: forget one; here and above a NAME may be an ID, too
  -r, --repair WHAT        leaks: what does no harm; all: errors, too
  -s, --strict             disks of different sizes are not the same
  -u, --unsafe             rebase: change the name alone; the content of BASE must be the same
  --chain                  info: of the images beneath, too
  --json                   for programs
  -q, --quiet              no progress
  -h, --help               print this

Work can be interrupted: what was to be made is taken away again, and what was to be changed
is as it was, or partly done and whole.

Exit code: 0; 1 when it cannot be done; 2 for a wrong command line; 3 when disks differ, or an
image has errors; 4 when it only has leaks; 128 + n after signal n.
`;

export const EXPORT_HELP = `hartware export: the same machine for another program, or packed

Usage:
  hartware export FILE.json --to qemu [OPTIONS]
  hartware export FILE.json --to libvirt [OPTIONS]
  hartware export FILE.json --to ova --output FILE.ova [OPTIONS]

Prints a command line for QEMU, as text for a shell, or a domain for libvirt 8.2 or later. Its files are those of the description, by their absolute paths. What is otherwise
there stands on standard error, a line each.

With --to ova, packs the machine with its disks and files into an OVA (DMTF DSP0243), with a
SHA-256 manifest. What was not packed whole is taken away again.

Options:
  --to qemu|libvirt|ova    for which program, or packed
  -o, --output FILE        write to FILE, not to standard output; with --to ova, FILE must not be
                           there, and FILE.ovf makes the files of a package beside each other
  --share TAG=FOLDER       the folder that is shared there; may be repeated
  --initrd FILE            join several initrds in FILE, because QEMU takes one
  --qemu-version N.N       the release that is to run it (default 7.2, which serves up to 10.0)
  --name NAME              what the domain is called (default: as the file, without .json), or
                           the machine in the OVA (default: as that file)
  -q, --quiet              no progress
  -h, --help               print this

Exit code: 0, also where something is otherwise there; 1 when files cannot be read or written;
2 for a wrong command line; 128 + n after signal n.
`;

export const IMPORT_HELP = `hartware import: a machine of another program, or in an OVA, as a description

Usage:
  hartware import FILE [OPTIONS]
  hartware import - [OPTIONS]
  hartware import FILE.ova --output FOLDER [OPTIONS]

FILE is a libvirt domain of a riscv64 "virt" machine, as "virsh dumpxml" prints it, or a command
line of qemu-system-riscv64 with -M virt. Prints a machine description. What it cannot represent
stands on standard error, a line each.

FILE.ova, or FILE.ovf with its files beside it, is a package with a riscv64 machine and its disks.
It is checked against its manifest and unpacked to FOLDER, as machine.json and the files that it
names. What was not unpacked whole is taken away again.

Options:
  --from qemu|libvirt|ova  what FILE is (default: ova for FILE.ova and FILE.ovf, libvirt if it
                           begins with "<", else qemu)
  -o, --output FILE        write to FILE, not to standard output; relative paths in the
                           description start from there
  --disks-only             unpack the disks of a package, whatever its machine is, and print the
                           names of their files
  --disk-format FORMAT     of the disks that are unpacked (default: what they were before they
                           were packed here, else qcow2)
  --loader edk2|u-boot     what starts a machine that was not packed here: Debian's UEFI or
                           U-Boot, as for "run DISK"
  --loader FILE            firmware of your own, for the first bank of flash
  -q, --quiet              no progress
  -h, --help               print this

Exit code: 0, also where something is left out; 1 when FILE cannot be read or no machine can be
made of it; 2 for a wrong command line; 128 + n after signal n.
`;

export const BENCH_HELP = `hartware bench: measure programs without an operating system

Usage:
  hartware bench PROGRAMS [OPTIONS]

PROGRAMS are folders, of which all .s, .elf and .bin files are taken, and files: text for the
built-in assembler (.s), ELF64, or raw code for the start of RAM. Each starts in M-mode, and
ends by ebreak, by a store to "tohost" or by the test finisher; what it prints to the serial
port is not shown. Time is virtual, so that each run executes the same instructions.

Options:
  --runs N                 how often each program runs (default 5), round by round
  --only NAME[,NAME]       only these, by their file's name without its extension
  --mix                    count instructions by kind, too, in a run of its own
  --json                   print results as JSON
  --save FILE              keep results in FILE
  --compare FILE           compare with what was kept in FILE
  --memory SIZE            RAM (default 64M)
  --harts N                1 to 8 (default 1)
  --jit MODE               on (default), off or force
  --limit N                instructions that a program may execute (default 100000000000)
  -h, --help               print this

Time is that of the core, all compiling included. Spread is the largest less the smallest
time, relative to the median.

Exit code: 0; 1 when a program fails or cannot run; 2 for a wrong command line.
`;

export const CONFORMANCE_HELP = `hartware conformance: check a machine against the specification

Usage:
  hartware conformance [OPTIONS]

Runs the programs of spec/conformance, one after the other. Each checks clauses of the
specification, by their names, and says what it expected and found.

Options:
  --target here            the machine of this package (default)
  --target browser         that machine in a browser: prints the URL of a page to open there
  --browser COMMAND        run COMMAND with the URL behind it, and end it when all is done; such
                           as "firefox --new-instance --profile DIRECTORY"
  --port N                 serve the page on this port of 127.0.0.1 (default: one that is free)
  --target qemu            QEMU's board virt; what it is known to do otherwise is marked TODO
  --qemu COMMAND           QEMU to check (default qemu-system-riscv64)
  --jit MODE               on (default), off or force; not for QEMU
  --only NAME[,NAME]       only these programs
  --json                   print JSON in place of TAP
  -h, --help               print this

Exit code: 0; 1 when a check fails or a program cannot run; 2 for a wrong command line;
128 + n after signal n.
`;

export const RUN_HELP = `hartware run: start a machine and connect this terminal to its console

Usage:
  hartware run debian [OPTIONS]
  hartware run FILE.json [OPTIONS]
  hartware run DISK [OPTIONS]
  hartware run [OPTIONS]

What to run (for "run FILE.json" these replace what the file says):
  --kernel FILE            Linux Image, ELF64 or raw, also gzip-compressed
  --initrd FILE            initial RAM disk; several are joined
  --append STRING          kernel command line; added to that of "debian" or FILE.json
  --bios FILE              M-mode firmware such as OpenSBI, in place of the machine's own SBI
  --dtb FILE               device tree in place of the machine's own

The machine:
  --memory SIZE            RAM, such as 256M or 2G (default 256M; 512M for "debian",
                           1G for DISK)
  --harts N                1 to 8 (default 1)
  --paging MODE            largest address size offered: sv39, sv48 or sv57 (default sv48)
  --share TAG=FOLDER[,readonly]
                           share a folder with the guest, several times for several: mount it there
                           with -t 9p -o trans=virtio,version=9p2000.L TAG; two commas stand for one
                           in the name of the folder
  --drive FILE[,readonly][,temporary][,format=FORMAT][,id=ID][,bus=pci]
                           a disk image or URL as a virtio disk; its format is found out.
                           temporary: what the guest writes is gone when it ends, as it is for a
                           URL in any case. Two commas stand for one in the name; may be given
                           several times
  --allow FOLDER           disk images may name files in FOLDER, too, such as backing images;
                           otherwise only in their own folder and beneath it
  --no-url-cache           do not keep what is downloaded of images behind URLs; otherwise up to
                           4 GiB are kept in the folder "urls" of --cache
  --clock host             time is this computer's (default)
  --clock virtual[=RATE]   time follows executed instructions, RATE of them a second
                           (default 1000000000): equal runs are equal to the instruction
  --console serial         connect the terminal to the serial port (default)
  --console virtio         add a virtio console (hvc0) and connect the terminal to it; the
                           guest sees how large the terminal is. What goes to the serial
                           port is still shown (default for "debian")
  --dump-dtb FILE          write the machine's device tree to FILE, and do not run
  --dump-dts               print it as source, and do not run

For "run DISK", an image or URL with a boot loader, which becomes the first drive:
  --loader edk2|u-boot     firmware that starts it: Debian's UEFI or U-Boot, of the installed
                           package qemu-efi-riscv64 or u-boot-qemu, or else downloaded
                           (default: edk2 if the disk has an EFI system partition, u-boot if
                           one of its partitions has a boot flag)
  --loader FILE            firmware of your own, for the first bank of flash
  --variables FILE         image of the UEFI variables (default: DISK.vars.fd, which is made if
                           it is not there; for a URL or with --loader FILE none, and they are
                           not kept)
  --mirror, --quiet        as below

For "run debian":
  --mirror URL             Debian mirror to download from (default: the machine's apt
                           configuration; environment HARTWARE_DEBIAN_MIRROR)
  --deb FILE               use this debian-installer-13-netboot-riscv64 package
  --quiet                  no progress messages

Other:
  --cache DIRECTORY        where downloads are kept (environment HARTWARE_CACHE;
                           default hartware in the user's cache directory)
  --jit MODE               on: guest code becomes WebAssembly (default); off: it is
                           interpreted; force: all of it becomes WebAssembly, for tests
  --lockstep               with --clock virtual: run the guest interpreted and translated, side
                           by side, and stop where the two differ, with exit code 1. Typed
                           input is taken by lines
  --stats[=json]           print at the end, to standard error, what the machine did and
                           where the time went; "json": on one line
  -h, --help               print this

Keys, when standard input is a terminal:
  Ctrl-] q                 leave
  Ctrl-] r                 reset the machine
  Ctrl-] Ctrl-]            send one Ctrl-]
  Ctrl-] h                 show these keys
  Everything else, Ctrl-C included, goes to the guest.

Otherwise standard input is typed into the guest as fast as it takes it; "debian" is
given it from its first prompt on. After the end of the input the machine runs on until
it powers off.

Exit code: 0 when the guest powers off; the code of a guest that reports a failure;
1 when the machine cannot run; 2 for a wrong command line; 128 + n after signal n.
`;
