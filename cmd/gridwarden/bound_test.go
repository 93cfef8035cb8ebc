package main

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

func files(pairs ...string) fstest.MapFS {
	root := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		root[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return root
}

func TestTheTightestLimitOfTheMachineHolds(t *testing.T) {
	t.Parallel()
	const free = "MemTotal:  8000000 kB\nMemAvailable:    4000000 kB\n"
	for _, c := range []struct {
		name, who string
		root      fstest.MapFS
		bytes     int64
	}{
		{"no Linux", "", files(), 0},
		{"no group", "machine", files("proc/meminfo", free), 4000000 << 10},
		{"nonsense", "", files("proc/meminfo", "MemAvailable: lots kB\n\nMemAvailable:\n", "proc/self/cgroup", "\n0\n::\n0::../..\n"), 0},
		{"a group without a limit", "machine", files("proc/meminfo", free, "proc/self/cgroup", "0::/a", "sys/fs/cgroup/a/memory.max", "max\n"), 4000000 << 10},
		{"a group", "cgroup", files("proc/meminfo", free, "proc/self/cgroup", "0::/a", "sys/fs/cgroup/a/memory.max", "1000000\n"), 1000000},
		{"the group above", "cgroup", files("proc/meminfo", free, "proc/self/cgroup", "0::/a/b c", "sys/fs/cgroup/a/memory.max", "1000000", "sys/fs/cgroup/a/b c/memory.max", "2000000"), 1000000},
		{"a container that sees the host's path", "cgroup", files("proc/meminfo", free, "proc/self/cgroup", "0::/../docker/x", "sys/fs/cgroup/memory.max", "1000000"), 1000000},
		{"version 1", "cgroup", files("proc/meminfo", free, "proc/self/cgroup", "8:pids:/p\n4:cpu,memory:/a\n0::/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712", "sys/fs/cgroup/memory/a/memory.limit_in_bytes", "3000000"), 3000000},
	} {
		got := machineMemory(c.root)
		if got.bytes != c.bytes || !strings.Contains(got.source, c.who) {
			t.Errorf("%s: %+v, want %d of the %s", c.name, got, c.bytes, c.who)
		}
	}
}

func TestWhatFitsIsNotRefused(t *testing.T) {
	t.Parallel()
	const most = 100 << 20
	for _, c := range []struct {
		bound, needed, held int64
		fits                bool
	}{{0, 1 << 60, 1 << 60, true}, {most, most, 0, true}, {most, most + 1, 0, false}, {most, most, 1, false}, {most, 0, most, true}, {most, 1, 1 << 62, false}} {
		err := bound{c.bound, "--memory"}.fits(c.needed, c.held, "7 areas")
		var full *noRoom
		if (err == nil) != c.fits || err != nil && !errors.As(err, &full) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	err := bound{most, "--memory"}.fits(most<<1, 1, "7 areas")
	if want := "7 areas take about 200 MB beside the 1 MB that are held or promised to tiles, and this process may take 100 MB (--memory); give it more"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v does not say %q", err, want)
	}
}
