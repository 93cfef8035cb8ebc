package ingest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gridwarden/geo"
)

// window is how far a file is looked into before it is read: enough to tell its format
// and its encoding.
const window = 64 << 10

// Open opens a file for [NewRows], unpacked when its content is gzip, whatever its name.
// A file that is not there, empty, a folder or a ZIP archive is geo.Invalid, with a
// sentence.
func Open(path string) (io.ReadCloser, error) {
	return open(context.Background(), path, nil)
}

// file is an open file, unpacked.
type file struct {
	*bufio.Reader
	io.Closer
}

// open opens a file and unpacks it. Reading fails once ctx has ended; read, when not nil,
// hears of every number of bytes taken from the disk.
func open(ctx context.Context, path string, read func(int)) (*file, error) {
	disk, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	content, err := unwrap(bufio.NewReaderSize(&watched{ctx, disk, read}, window), path)
	if err != nil {
		_ = disk.Close() // nothing was written
		return nil, err
	}
	return &file{content, disk}, nil
}

// unwrap looks what a file holds, and unpacks gzip.
func unwrap(packed *bufio.Reader, path string) (*bufio.Reader, error) {
	head, err := packed.Peek(64)
	switch {
	case len(head) == 0 && errors.Is(err, io.EOF):
		return nil, geo.Errorf(geo.Invalid, "%s is empty", path)
	case len(head) == 0:
		return nil, openError(path, err)
	case foreign(path, head) != nil:
		return nil, foreign(path, head)
	case head[0] == 0x1f && len(head) > 1 && head[1] == 0x8b:
		return unpack(path, packed)
	}
	return packed, nil
}

// foreign refuses the formats that people have and that are not read here, with the way to
// one that is; nil for others.
func foreign(path string, head []byte) error {
	begins := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	const workbook = "%s is a spreadsheet's own file: save the sheet as CSV (UTF-8) and give that"
	const convert = "%s is a %s, which is not read here: convert it first, with ogr2ogr -f GeoJSON areas.geojson %[1]s"
	switch {
	case begins("\xd0\xcf\x11\xe0"), begins("PK\x03\x04") && (strings.EqualFold(filepath.Ext(path), ".xlsx") || bytes.Contains(head, []byte("[Content_Types]"))):
		return geo.Errorf(geo.Invalid, workbook, path)
	case begins("PK\x03\x04"):
		return geo.Errorf(geo.Invalid, "%s is a ZIP archive: unpack it and give the files in it", path)
	case begins("\x00\x00\x27\x0a"):
		return geo.Errorf(geo.Invalid, convert, path, "Shapefile")
	case begins("SQLite format 3\x00"):
		return geo.Errorf(geo.Invalid, convert, path, "GeoPackage or other SQLite database")
	}
	return nil
}

// unpack reads gzip. What is wrong with it is told in a sentence wherever it comes to
// light.
func unpack(path string, packed io.Reader) (*bufio.Reader, error) {
	plain, err := gzip.NewReader(packed)
	if err != nil {
		return nil, gzipError(path, err)
	}
	content := bufio.NewReaderSize(&unpacked{path, plain}, window)
	if _, err := content.Peek(1); err != nil {
		if errors.Is(err, io.EOF) {
			err = geo.Errorf(geo.Invalid, "%s is empty", path)
		}
		return nil, err
	}
	return content, nil
}

// unpacked is the plain content of a gzip file.
type unpacked struct {
	path  string
	plain io.Reader
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.plain.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = gzipError(u.path, err)
	}
	return n, err
}

func gzipError(path string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return geo.Errorf(geo.Invalid, "%s: the gzip is damaged or cut off; fetch or pack the file again", path)
}

func openError(path string, err error) error {
	var reason *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return geo.Errorf(geo.Invalid, "there is no file %s", path)
	case errors.Is(err, fs.ErrPermission):
		return geo.Errorf(geo.Invalid, "%s may not be read by this user", path)
	case errors.As(err, &reason):
		return geo.Errorf(geo.Invalid, "%s cannot be read: %v", path, reason.Err)
	}
	return err
}

// watched is a file that counts what is read and stops with its context.
type watched struct {
	ctx  context.Context
	disk io.Reader
	read func(int)
}

func (w *watched) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.disk.Read(p)
	if w.read != nil && n > 0 {
		w.read(n)
	}
	return n, err
}
