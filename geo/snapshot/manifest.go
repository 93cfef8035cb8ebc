package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// The format of the files. A reader takes its own version and no other: a snapshot is made
// anew in a minute, and a view misread would route wrongly for days.
const (
	format  = "gridwarden-snapshot"
	version = 2
)

const (
	manifestName = "manifest.json"
	tablesName   = "tables.json"
	assetsName   = "assets.parquet"
)

// What a manifest may be at most: a city has tens of layers, not tens of thousands.
const maxManifest = 4 << 20

// Manifest says what a snapshot is of and which files it has.
type Manifest struct {
	Format      string         `json:"format"`
	Version     int            `json:"version"`
	Gridwarden  string         `json:"gridwarden"` // what wrote it
	History     string         `json:"history"`    // of the database, in hexadecimal
	Sequence    geo.Sequence   `json:"sequence"`
	Change      string         `json:"change"` // the id of the change with that number
	Edition     edition        `json:"edition"`
	Rights      geo.Visibility `json:"rights,omitempty"` // whom it may be shown to, where something is left out
	geo.Size                   // of the view, so that its memory is known before it is read
	ContentHash string         `json:"content_sha256"` // of the view, however it is stored
	Files       []File         `json:"files"`
	Seal        string         `json:"seal"` // SHA-256 of this document with an empty seal
}

// File is one file of a snapshot.
type File struct {
	Name   string        `json:"name"`
	Layer  geo.LayerName `json:"layer,omitempty"` // whose areas it holds
	Rows   int64         `json:"rows,omitempty"`
	Bytes  int64         `json:"bytes"`
	SHA256 string        `json:"sha256"`
}

type edition struct {
	Number        geo.Edition `json:"number"`
	PublishedAt   time.Time   `json:"published_at"`
	EffectiveFrom time.Time   `json:"effective_from"`
	Note          string      `json:"note"`
}

// describe is the manifest of a view, without its files.
func describe(view *index.Snapshot, by string) *Manifest {
	history, at, content := view.History(), view.Position(), view.ContentHash()
	m := &Manifest{
		Format: format, Version: version, Gridwarden: by,
		History: hex.EncodeToString(history[:]), Sequence: at.Sequence, Change: hex.EncodeToString(at.Change[:]),
		Edition: edition(view.Edition()), Size: view.Size(), ContentHash: hex.EncodeToString(content[:]),
	}
	if rights := view.Rights(); rights != geo.Restricted {
		m.Rights = rights
	}
	return m
}

// encode seals the manifest and writes it. The same manifest gives the same bytes.
func (m *Manifest) encode() ([]byte, error) {
	open := *m
	open.Seal = ""
	body, err := open.marshal()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	open.Seal = hex.EncodeToString(sum[:])
	return open.marshal()
}

func (m *Manifest) marshal() ([]byte, error) {
	body, err := json.MarshalIndent(m, "", "  ")
	return append(body, '\n'), err
}

// parseManifest reads a manifest and takes only one that this program would have written
// byte for byte, so that no bit of it can have changed.
func parseManifest(body []byte) (*Manifest, error) {
	var kind struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal(body, &kind); err != nil {
		return nil, damaged(manifestName, "is not whole JSON")
	}
	switch {
	case kind.Format != format:
		return nil, geo.Errorf(geo.Invalid, "%s is not the manifest of a gridwarden snapshot: its format is %.40q; name the directory that gridwarden snapshot write made", manifestName, kind.Format)
	case kind.Version != version:
		return nil, geo.Errorf(geo.Invalid, "the snapshot has format version %d, this gridwarden reads version %d; write it anew with this one: gridwarden snapshot write DIR", kind.Version, version)
	}
	m := new(Manifest)
	if err := json.Unmarshal(body, m); err != nil {
		return nil, damaged(manifestName, "has a value that cannot be read")
	}
	again, err := m.encode()
	if err != nil || !bytes.Equal(again, body) {
		return nil, damaged(manifestName, "does not have the checksum it was sealed with")
	}
	return m, m.check()
}

// fileName keeps files within the directory.
var fileName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}\.(json|parquet)$`)

// check refuses a manifest that contradicts itself.
func (m *Manifest) check() error {
	seen := map[string]bool{}
	areas := int64(0)
	for _, f := range m.Files {
		sum, err := hex.DecodeString(f.SHA256)
		sound := err == nil && len(sum) == sha256.Size && f.Bytes >= 0 && f.Rows >= 0 && f.Rows < 1<<40
		if !sound || !fileName.MatchString(f.Name) || f.Name == manifestName || seen[f.Name] || f.Layer != "" && f.Name != areasName(f.Layer) {
			return damaged(manifestName, "lists a file wrongly")
		}
		seen[f.Name] = true
		if f.Layer != "" {
			areas += f.Rows
		}
	}
	assets, known := m.file(assetsName)
	if !known || !seen[tablesName] || assets.Rows != m.Assets || areas != m.Areas {
		return damaged(manifestName, "does not list all files")
	}
	if _, _, err := m.position(); err != nil {
		return damaged(manifestName, "names no history and change")
	}
	return nil
}

// position is the history and the place in it.
func (m *Manifest) position() (history [16]byte, at geo.Position, err error) {
	at.Sequence = m.Sequence
	if err = unhex(m.History, &history); err == nil {
		err = unhex(m.Change, (*[16]byte)(&at.Change))
	}
	return history, at, err
}

func unhex(text string, to *[16]byte) error {
	if len(text) != hex.EncodedLen(len(to)) {
		return hex.ErrLength
	}
	_, err := hex.Decode(to[:], []byte(text))
	return err
}

// file is the file of a name.
func (m *Manifest) file(name string) (File, bool) {
	for _, f := range m.Files {
		if f.Name == name {
			return f, true
		}
	}
	return File{}, false
}

// Bytes is the size of all files together.
func (m *Manifest) Bytes() (n int64) {
	for _, f := range m.Files {
		n += f.Bytes
	}
	return n
}

// areasName is the file of a layer. No layer is called assets, tables.json is no Parquet.
func areasName(n geo.LayerName) string { return string(n) + ".parquet" }

// damaged is what is said of a file that is not as it was written.
func damaged(name, how string) error {
	return geo.Errorf(geo.Faulty, "%s %s: the snapshot is damaged or was copied half; copy it again, or write it anew with gridwarden snapshot write", name, how)
}
