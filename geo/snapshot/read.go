package snapshot

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/parquet-go/parquet-go"
	"golang.org/x/sync/errgroup"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Read reads the snapshot in a directory or below an http(s) address. Everything is looked
// at before a view comes out: a file that is missing, cut short, changed by one bit, of
// another format or that contradicts another is told in one sentence with its name. admit
// is asked before any memory is taken; loaded counts areas and assets as they come.
func Read(ctx context.Context, from string, admit func(geo.Size) error, loaded func(n int64)) (*index.Snapshot, *Manifest, error) {
	at, err := placeOf(from)
	if err != nil {
		return nil, nil, err
	}
	body, err := small(ctx, at, manifestName, maxManifest)
	if err != nil {
		return nil, nil, err
	}
	m, err := parseManifest(body)
	if err != nil {
		return nil, nil, err
	}
	if err := admit(m.Size); err != nil {
		return nil, nil, err
	}
	r := reader{from: at, Manifest: m, loaded: loaded}
	view, err := r.view(ctx)
	return view, m, err
}

// Check reads a snapshot as Read does and holds all of it against the hash of the view that
// was written.
func Check(ctx context.Context, from string, admit func(geo.Size) error, loaded func(n int64)) (*Manifest, error) {
	view, m, err := Read(ctx, from, admit, loaded)
	if err != nil {
		return nil, err
	}
	if content := view.ContentHash(); hex.EncodeToString(content[:]) != m.ContentHash {
		return nil, geo.Errorf(geo.Faulty, "the files of the snapshot are whole, but what they say is not what was written; write it anew with gridwarden snapshot write")
	}
	return m, nil
}

// reader reads the files of one manifest.
type reader struct {
	*Manifest
	from   place
	loaded func(int64)
}

// view reads all files, each row group on its own, on all cores.
func (r *reader) view(ctx context.Context) (*index.Snapshot, error) {
	t, err := r.tables(ctx)
	if err != nil {
		return nil, err
	}
	history, to, err := r.position()
	if err != nil {
		return nil, err
	}
	c := &geo.Changes{
		History: history, To: to, Edition: geo.EditionInfo(r.Edition),
		Layers: t.Layers, Departments: t.Departments, Categories: t.Categories, Duty: *t.Duty, AssetKeys: t.AssetKeys,
	}
	assets := index.NewBuilder()
	group, within := errgroup.WithContext(ctx)
	group.Go(func() error { return r.assets(within, assets) })
	group.Go(func() (err error) { c.Areas, err = r.areas(within, t.Layers); return err })
	if err := group.Wait(); err != nil {
		return nil, err
	}
	view, err := assets.View(c)
	if err != nil {
		return nil, geo.Errorf(geo.Faulty, "the snapshot contradicts itself: %s; write it anew with gridwarden snapshot write", geo.Sentence(err))
	}
	return view, nil
}

func (r *reader) tables(ctx context.Context) (*tables, error) {
	listed, _ := r.file(tablesName)
	f, err := whole(ctx, r.from, listed)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if listed.Bytes > maxTables {
		return nil, geo.Errorf(geo.TooLarge, "%s is longer than the %d bytes it may have", tablesName, int64(maxTables))
	}
	body := make([]byte, listed.Bytes)
	if _, err := f.ReadAt(body, 0); err != nil {
		return nil, unread(tablesName, err)
	}
	t, err := parseTables(body)
	if err != nil {
		return nil, damaged(tablesName, "cannot be read")
	}
	for _, l := range t.Layers {
		if listed, known := r.file(areasName(l.Name)); !known || listed.Layer != l.Name {
			return nil, damaged(manifestName, "lists no areas for the layer "+string(l.Name))
		}
	}
	return t, nil
}

func (r *reader) assets(ctx context.Context, to *index.Builder) error {
	listed, _ := r.file(assetsName)
	return readRows(ctx, r, listed, assetRow{}, assetsOf, func(rows []geo.Asset) error {
		for i := range rows {
			if err := to.Asset(&rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *reader) areas(ctx context.Context, layers []geo.Layer) ([]*geo.Area, error) {
	var areas []*geo.Area
	for _, l := range layers {
		listed, _ := r.file(areasName(l.Name))
		of := func(c *columns) ([]*geo.Area, error) { return areasOf(c, l.Name) }
		err := readRows(ctx, r, listed, areaRow{}, of, func(rows []*geo.Area) error {
			for _, a := range rows {
				if (l.Kind == geo.Lines) != (len(a.Shape.Lines) > 0) {
					return errKind
				}
			}
			areas = append(areas, rows...)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return areas, nil
}

var (
	errKind   = errors.New("a shape is not of its layer's kind")
	errSchema = errors.New("it has other columns")
	errRows   = errors.New("it has another number of rows")
)

// readRows hands the rows of a Parquet file to take, in order, row groups decoded on all
// cores.
func readRows[T any](ctx context.Context, r *reader, listed File, row any, of func(*columns) ([]T, error), take func([]T) error) error {
	f, err := whole(ctx, r.from, listed)
	if err != nil {
		return err
	}
	defer f.Close()
	groups, err := rowGroups(f, listed, row)
	if err != nil {
		return unreadable(listed.Name, err)
	}
	err = inOrder(ctx, groups, of, func(rows []T) error {
		r.loaded(int64(len(rows)))
		return take(rows)
	})
	if err != nil && ctx.Err() == nil {
		err = unreadable(listed.Name, err)
	}
	return err
}

// unreadable is what is said of a file whose checksum is right and whose content is not:
// another program made it.
func unreadable(name string, err error) error {
	return geo.Because(err, geo.Faulty, "%s cannot be read (%s); write the snapshot anew with gridwarden snapshot write", name, err)
}

// rowGroups opens a Parquet file with just these columns and rows.
func rowGroups(f *os.File, listed File, row any) (groups []parquet.RowGroup, err error) {
	defer recovered(&err)
	file, err := parquet.OpenFile(f, listed.Bytes,
		parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(256<<10))
	if err != nil {
		return nil, err
	}
	if !parquet.EqualNodes(file.Schema(), parquet.SchemaOf(row)) {
		return nil, errSchema
	}
	rows := int64(0)
	for _, g := range file.RowGroups() {
		if g.NumRows() < 0 || g.NumRows() > 2*maxRows {
			return nil, errRows
		}
		rows += g.NumRows()
	}
	if rows != listed.Rows {
		return nil, errRows
	}
	return file.RowGroups(), nil
}

// inOrder decodes row groups on all cores and hands on their rows in order. Few more are
// held than there are cores.
func inOrder[T any](ctx context.Context, groups []parquet.RowGroup, of func(*columns) ([]T, error), take func([]T) error) error {
	running, ctx := errgroup.WithContext(ctx)
	coming := make(chan chan []T, runtime.GOMAXPROCS(0))
	running.Go(func() error {
		defer close(coming)
		for _, g := range groups {
			rows := make(chan []T, 1)
			select {
			case coming <- rows:
			case <-ctx.Done():
				return ctx.Err()
			}
			running.Go(func() error {
				decoded, err := decode(g, of)
				rows <- decoded
				return err
			})
		}
		return nil
	})
	running.Go(func() error {
		for rows := range coming {
			decoded := <-rows
			if decoded == nil {
				return nil // its error is told by who decoded it
			}
			if err := take(decoded); err != nil {
				return err
			}
		}
		return nil
	})
	return running.Wait()
}

func decode[T any](g parquet.RowGroup, of func(*columns) ([]T, error)) (rows []T, err error) {
	defer recovered(&err)
	rows, err = of(&columns{group: g, rows: int(g.NumRows())})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// recovered turns a panic of the Parquet library, which has some for files that contradict
// themselves, into an error. It stands at this one door.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("not the Parquet it should be: %v", p)
	}
}
