package localdb

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheNewestServerWithPostGISIsChosen(t *testing.T) {
	root := t.TempDir()
	put := func(path, text string) {
		t.Helper()
		full := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	choose := func() string {
		bin, _ := installed(root)
		return bin
	}
	put("usr/lib/postgresql/14/bin/postgres", "")
	put("usr/share/postgresql/14/extension/postgis.control", "default_version = '3.4.0'")
	put("usr/lib/postgresql/18/bin/postgres", "")
	put("usr/lib/postgresql/16/bin/postgres", "")
	put("usr/share/postgresql/16/extension/postgis.control", "default_version = '3.2.9'")
	if got := choose(); got != "" {
		t.Errorf("chose %s: 14 is too old, 18 has no PostGIS, 16 an old one", got)
	}
	put("usr/lib/postgresql/9.6/bin/postgres", "")
	put("usr/lib/postgresql/15/bin/postgres", "")
	put("usr/share/postgresql/15/extension/postgis.control", "comment = 'x'\ndefault_version = '3.3.2'\n")
	if got := choose(); got != filepath.Join(root, "usr/lib/postgresql/15/bin") {
		t.Errorf("chose %s", got)
	}
	put("usr/share/postgresql/18/extension/postgis.control", "default_version = '3.10.0'")
	if got := choose(); got != filepath.Join(root, "usr/lib/postgresql/18/bin") {
		t.Errorf("chose %s", got)
	}
}

func TestTheServersComplaintIsFoundInItsLog(t *testing.T) {
	for out, want := range map[string]string{
		"":                               "exit status 1",
		"LOG: a\nFATAL: no room\nLOG: b": "FATAL: no room",
		"initdb: error: x\nhint":         "initdb: error: x",
		"just this\n":                    "just this",
	} {
		if got := lastLine([]byte(out), errText("exit status 1")); got != want {
			t.Errorf("%q: %q, want %q", out, got, want)
		}
	}
}

type errText string

func (e errText) Error() string { return string(e) }
