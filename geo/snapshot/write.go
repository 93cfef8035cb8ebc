package snapshot

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"
	"golang.org/x/sync/errgroup"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Rows of one row group, which is read whole by one core, and the vertices of areas after
// which one ends before that.
const (
	maxRows     = 1 << 16
	maxVertices = 1 << 20
)

// Write writes the view as a snapshot into dir, which appears, or replaces the snapshot
// that is there, only once it is whole and on disk: between the two there is a moment
// without one. What is there and is not a snapshot is refused. by says what wrote it;
// written counts areas and assets as they are written.
func Write(ctx context.Context, dir string, view *index.Snapshot, by string, written func(n int64)) (m *Manifest, err error) {
	dir = filepath.Clean(dir)
	if err := replaceable(dir); err != nil {
		return nil, err
	}
	beside, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".new-")
	if err != nil {
		return nil, unwritten(dir, err)
	}
	defer func() { _ = os.RemoveAll(beside) }() // no longer there when all went well
	m, err = writeFiles(ctx, beside, view, by, written)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = publish(beside, dir)
	}
	if err != nil && ctx.Err() == nil {
		err = unwritten(dir, err)
	}
	return m, err
}

func unwritten(dir string, err error) error {
	if geo.KindOf(err) != geo.Internal {
		return err
	}
	return geo.Because(err, geo.Unavailable, "cannot write the snapshot %s (%s); nothing was changed", dir, reason(err))
}

// reason is why a call of the system failed, without its name.
func reason(err error) string {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// replaceable refuses a place that holds anything else than a snapshot.
func replaceable(dir string) error {
	inside, err := os.ReadDir(dir)
	switch _, there := os.Stat(filepath.Join(dir, manifestName)); {
	case errors.Is(err, fs.ErrNotExist) || err == nil && (len(inside) == 0 || there == nil):
		return nil
	case err != nil:
		return unwritten(dir, err)
	}
	return geo.Errorf(geo.Conflict, "%s is there and is not a snapshot; name a new directory, or an older snapshot to replace", dir)
}

// writeFiles writes all files into a directory that nobody looks at yet.
func writeFiles(ctx context.Context, dir string, view *index.Snapshot, by string, written func(int64)) (*Manifest, error) {
	layers := view.Layers()
	files := make([]File, len(layers)+2)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		files[len(layers)], err = writeAssets(ctx, dir, view, written)
		return err
	})
	group.Go(func() (err error) {
		for i := range layers {
			if files[i], err = writeAreas(ctx, dir, view, layers[i].Name, written); err != nil {
				return err
			}
		}
		files[len(layers)+1], err = writeTables(dir, view)
		return err
	})
	m := describe(view, by)
	if err := group.Wait(); err != nil {
		return nil, err
	}
	m.Files = files
	body, err := m.encode()
	if err != nil {
		return nil, err
	}
	_, err = writeFile(dir, manifestName, func(w io.Writer) error { _, err := w.Write(body); return err })
	return m, err
}

// writeFile writes and syncs one file and says how it came out.
func writeFile(dir, name string, fill func(io.Writer) error) (File, error) {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return File{}, err
	}
	sum := &counted{sum: sha256.New()}
	w := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<20)
	err = fill(w)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if failed := f.Close(); err == nil {
		err = failed
	}
	return File{Name: name, Bytes: sum.n, SHA256: hex.EncodeToString(sum.sum.Sum(nil))}, err
}

// counted hashes and counts what passes.
type counted struct {
	sum hash.Hash
	n   int64
}

func (c *counted) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return c.sum.Write(b)
}

func writeTables(dir string, view *index.Snapshot) (File, error) {
	return writeFile(dir, tablesName, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		return e.Encode(tablesOf(view))
	})
}

func writeAreas(ctx context.Context, dir string, view *index.Snapshot, layer geo.LayerName, written func(int64)) (File, error) {
	rows := int64(0)
	f, err := writeFile(dir, areasName(layer), func(to io.Writer) (err error) {
		rows, err = areasInto(ctx, to, view, layer, written)
		return err
	})
	f.Layer, f.Rows = layer, rows
	return f, err
}

func areasInto(ctx context.Context, to io.Writer, view *index.Snapshot, layer geo.LayerName, written func(int64)) (int64, error) {
	t := newTable[areaRow](to, written)
	seen, vertices := newGeometries(), 0
	for a := range view.Areas(layer, "") {
		if err := a.Shape.Check(); err != nil {
			return 0, geo.Errorf(geo.Faulty, "the area %s of %s cannot be kept: %w", a.Code, layer, err)
		}
		box := a.Shape.Box()
		seen.shape(&a.Shape, box)
		t.next().set(a, box)
		vertices += a.Shape.Vertices()
		if vertices > maxVertices {
			vertices = 0
			t.cut()
		}
		if err := t.failed(ctx); err != nil {
			return 0, err
		}
	}
	return t.finish(map[string]geoColumn{"geometry": seen.column(boxCovering())})
}

func writeAssets(ctx context.Context, dir string, view *index.Snapshot, written func(int64)) (File, error) {
	rows := int64(0)
	f, err := writeFile(dir, assetsName, func(to io.Writer) (err error) {
		rows, err = assetsInto(ctx, to, view, written)
		return err
	})
	f.Rows = rows
	return f, err
}

func assetsInto(ctx context.Context, to io.Writer, view *index.Snapshot, written func(int64)) (int64, error) {
	t := newTable[assetRow](to, written)
	points, shapes := newGeometries(), newGeometries()
	for a := range view.AssetsIn(view.AssetBounds()) {
		points.point(a.Point)
		if a.Shape != nil {
			shapes.shape(a.Shape, a.Shape.Box())
		}
		t.next().set(&a)
		if err := t.failed(ctx); err != nil {
			return 0, err
		}
	}
	return t.finish(map[string]geoColumn{"geometry": points.column(nil), "shape": shapes.column(nil)})
}

// table writes rows of one Parquet file in batches.
type table[T any] struct {
	to      *parquet.GenericWriter[T]
	batch   []T
	used    int
	rows    int64 // written, and of them in this row group
	inGroup int
	written func(int64)
	err     error
}

func newTable[T any](to io.Writer, written func(int64)) *table[T] {
	w := parquet.NewGenericWriter[T](to,
		parquet.Compression(&parquet.Zstd),
		parquet.DictionaryMaxBytes(1<<20),
		parquet.SkipPageBounds("geometry"), parquet.SkipPageBounds("shape"),
		parquet.CreatedBy("gridwarden", "1", ""),
	)
	return &table[T]{to: w, batch: make([]T, 1<<10), written: written}
}

// next is the row to fill; its slices may be used again.
func (t *table[T]) next() *T {
	if t.used == len(t.batch) {
		t.flush()
	}
	t.used++
	return &t.batch[t.used-1]
}

func (t *table[T]) flush() {
	if t.err == nil {
		_, t.err = t.to.Write(t.batch[:t.used])
	}
	t.rows += int64(t.used)
	t.inGroup += t.used
	t.written(int64(t.used))
	t.used = 0
	if t.inGroup >= maxRows {
		t.endGroup()
	}
}

// cut ends the row group here.
func (t *table[T]) cut() {
	t.flush()
	t.endGroup()
}

func (t *table[T]) endGroup() {
	if t.err == nil && t.inGroup > 0 {
		t.err = t.to.Flush()
	}
	t.inGroup = 0
}

// failed is the first failure, and that ctx ended.
func (t *table[T]) failed(ctx context.Context) error {
	if t.used < len(t.batch) {
		return t.err
	}
	if t.err == nil {
		t.err = ctx.Err()
	}
	return t.err
}

// finish writes what is left and the metadata, and is the number of rows.
func (t *table[T]) finish(columns map[string]geoColumn) (int64, error) {
	t.cut()
	document, err := geoDocument(columns)
	if t.err == nil {
		t.err = err
	}
	t.to.SetKeyValueMetadata("geo", document)
	if err := t.to.Close(); t.err == nil {
		t.err = err
	}
	return t.rows, t.err
}

// publish makes the new directory durable and puts it in the place of the old.
func publish(beside, dir string) error {
	if err := os.Chmod(beside, 0o755); err != nil { //nolint:gosec // read by servers of other users
		return err
	}
	if err := syncDir(beside); err != nil {
		return err
	}
	old := beside + ".old"
	switch err := os.Rename(dir, old); {
	case err == nil:
		defer func() { _ = os.RemoveAll(old) }()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := os.Rename(beside, dir); err != nil {
		_ = os.Rename(old, dir)
		return err
	}
	return syncDir(filepath.Dir(dir))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
