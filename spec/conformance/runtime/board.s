# Generated from spec/tables/memory-map.json by `npm run generate`. Do not edit.
#
# Where the parts of the board lie, and the sources of their interrupts; of several that are alike,
# those of the first, and how far apart and how many they are.

        .equ    MROM, 0x1000
        .equ    MROM_SIZE, 0xf000
        .equ    TEST, 0x100000
        .equ    TEST_SIZE, 0x1000
        .equ    RTC, 0x101000
        .equ    RTC_SIZE, 0x1000
        .equ    RTC_IRQ, 11
        .equ    CLINT, 0x2000000
        .equ    CLINT_SIZE, 0x10000
        .equ    ACLINT_SSWI, 0x2f00000
        .equ    ACLINT_SSWI_SIZE, 0x4000
        .equ    PLIC, 0xc000000
        .equ    PLIC_SIZE, 0x600000
        .equ    UART, 0x10000000
        .equ    UART_SIZE, 0x100
        .equ    UART_IRQ, 10
        .equ    VIRTIO_MMIO, 0x10001000
        .equ    VIRTIO_MMIO_SIZE, 0x1000
        .equ    VIRTIO_MMIO_STEP, 0x1000
        .equ    VIRTIO_MMIO_COUNT, 8
        .equ    VIRTIO_MMIO_IRQ, 1
        .equ    FW_CFG, 0x10100000
        .equ    FW_CFG_SIZE, 0x18
        .equ    FLASH, 0x20000000
        .equ    FLASH_SIZE, 0x2000000
        .equ    FLASH_STEP, 0x2000000
        .equ    FLASH_COUNT, 2
        .equ    RAM, 0x80000000
