package index

import (
	"syscall"
	"unsafe"
)

// hugePages asks the kernel to keep a large piece of memory, filled already, in pages of
// 2 MiB. A look-up goes to places far apart in it, and with pages of 4 KiB the processor must
// walk the page table for each; the Go runtime leaves that choice to the system, which on
// most servers is not to use them unasked. Where the kernel cannot, nothing is lost but time.
func hugePages(words []uint32) {
	const page = 2 << 20
	if len(words)*4 < 2*page {
		return
	}
	memory := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), len(words)*4)
	start := -uintptr(unsafe.Pointer(&words[0])) % page // of the first whole page
	whole := (uintptr(len(memory)) - start) / page * page
	_ = syscall.Madvise(memory[start:start+whole], madvCollapse)
}

const madvCollapse = 25 // MADV_COLLAPSE, since Linux 6.1
