package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"iter"
	"math"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// bound is how much memory this process may take.
type bound struct {
	bytes  int64  // 0 where nobody says
	source string // who says
}

func (b bound) String() string {
	if b.bytes == 0 {
		return "not bounded"
	}
	return megabytes(b.bytes) + " (" + b.source + ")"
}

// noRoom refuses work that memory would not hold.
type noRoom struct{ message string }

func (e *noRoom) Error() string { return e.message }

// fits refuses what would take so many bytes beside those held already.
func (b bound) fits(needed, held int64, what string) error {
	if b.bytes == 0 || needed <= b.bytes-held {
		return nil
	}
	return &noRoom{fmt.Sprintf("there is no room: %s take about %s beside the %s that are held or promised to tiles, and this process may take %s; give it more with --memory SIZE, a larger machine, or a smaller --tile-cache",
		what, megabytes(needed), megabytes(held), b)}
}

// spared is the part of the machine's memory that is left to what is not the heap.
const spared = 10 // per cent

// newBound settles how much this process may take: what --memory says, else GOMEMLIMIT,
// else what the machine and the groups of processes this one is in leave to it, less a
// part. Where nothing of that can be read there is no bound.
func newBound(asked string) (b bound, err error) {
	switch {
	case asked != "":
		b.source = "--memory"
		b.bytes, err = parseSize("--memory", asked)
	case os.Getenv("GOMEMLIMIT") != "":
		if limit := debug.SetMemoryLimit(-1); limit < math.MaxInt64 {
			b = bound{limit, "GOMEMLIMIT"}
		}
	default:
		if b = machineMemory(os.DirFS("/")); b.bytes > 0 {
			b.bytes -= b.bytes / 100 * spared
			b.source = fmt.Sprintf("%d %% of what %s", 100-spared, b.source)
		}
	}
	return b, err
}

// keep has the garbage collector work harder rather than pass the bound, and let less than
// half as much garbage gather as is held: nearly all that is held is the view, and twice a
// city is too much. $GOGC says otherwise.
func (b bound) keep() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(40)
	}
	if b.bytes > 0 {
		debug.SetMemoryLimit(b.bytes)
	}
}

// machineMemory is what the machine has to give now, or the tightest limit of a cgroup of
// Linux, version 1 or 2, that holds this process.
func machineMemory(root fs.FS) bound {
	least := bound{bytes: math.MaxInt64}
	take := func(bytes int64, source string) {
		if bytes > 0 && bytes < least.bytes {
			least = bound{bytes, source}
		}
	}
	for words := range linesOf(root, "proc/meminfo") {
		if len(words) > 1 && words[0] == "MemAvailable:" {
			kilobytes, _ := strconv.ParseInt(words[1], 10, 54)
			take(kilobytes<<10, "the machine has left")
		}
	}
	for words := range linesOf(root, "proc/self/cgroup") {
		for _, file := range limitFiles(strings.Join(words, " ")) {
			for limit := range linesOf(root, file) {
				bytes, _ := strconv.ParseInt(limit[0], 10, 64) // "max" is none
				take(bytes, "the cgroup allows")
			}
		}
	}
	if least.bytes == math.MaxInt64 {
		return bound{}
	}
	return least
}

// limitFiles are where the limits of a line of /proc/self/cgroup stand: those of the group
// itself and of all above it, as each holds. Inside a container the path may be that of
// the host, of which only the top is there.
func limitFiles(line string) (files []string) {
	parts := strings.SplitN(line, ":", 3)
	if len(parts) != 3 {
		return nil
	}
	base, name := "sys/fs/cgroup", "memory.max"
	switch controllers := "," + parts[1] + ","; {
	case strings.Contains(controllers, ",memory,"):
		base, name = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
	case parts[1] != "":
		return nil
	}
	for group := path.Clean("/" + parts[2]); ; group = path.Dir(group) {
		files = append(files, path.Join(base, group, name))
		if group == "/" {
			return files
		}
	}
}

// linesOf are the words of each line of a file that is not blank; none when it cannot be
// read.
func linesOf(root fs.FS, name string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		f, err := root.Open(name)
		if err != nil {
			return
		}
		defer func() { _ = f.Close() }() // it was only read
		for in := bufio.NewScanner(f); in.Scan(); {
			if words := strings.Fields(in.Text()); len(words) > 0 && !yield(words) {
				return
			}
		}
	}
}
