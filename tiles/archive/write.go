package archive

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"runtime"

	"github.com/paulmach/orb/maptile"
	"golang.org/x/sync/errgroup"

	"gridwarden/geo"
	"gridwarden/tiles"
)

// Report is what came of a job.
type Report struct {
	Tiles    int64 // in the archive, none of them empty
	Contents int64 // different ones
	Bytes    int64 // of the file
}

// Writer writes one archive. It is not safe for concurrent use.
type Writer struct {
	// Found is how many tiles are taken over from work that was interrupted.
	Found int64
	// Other tells that there was such work, of another view or asked for otherwise, and that
	// its tiles are left aside.
	Other bool

	job   *Job
	spool *spool
}

// New opens the files beside out in which the archive grows, which takes as long as reading
// what an interrupted job left there. What is there under the name out and is not an archive
// of the format is refused as [geo.Conflict], one that another process writes as
// [geo.Unavailable]. The Writer is to be closed.
func New(out string, j *Job) (*Writer, error) {
	if err := j.check(); err != nil {
		return nil, err
	}
	if err := replaceable(out, j.Format); err != nil {
		return nil, err
	}
	s, err := openSpool(out, j.identity())
	if err != nil {
		return nil, err
	}
	return &Writer{Found: s.tiles, Other: s.dropped, job: j, spool: s}, nil
}

// magic is what files of a format begin with.
func (f Format) magic() string {
	if f == MBTiles {
		return "SQLite format 3\x00"
	}
	return "PMTiles"
}

// replaceable refuses a place that holds anything else than an archive of the format.
func replaceable(out string, format Format) error {
	f, err := os.Open(out)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unwritten(out, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	begin := make([]byte, len(format.magic()))
	if _, err := io.ReadFull(f, begin); err != nil || string(begin) != format.magic() {
		return geo.Errorf(geo.Conflict, "%s is there and is not an archive of %s; name a new file, or an older archive to replace", out, format)
	}
	return nil
}

// Kept is how many tiles the files beside the archive hold, for the next time.
func (w *Writer) Kept() int64 { return w.spool.safe }

// Close leaves what is not finished for another time.
func (w *Writer) Close() { w.spool.close() }

// Draw draws the tiles that are still missing and tells each that is done: empty or not,
// found or drawn, with the bytes that all of them take by now. When ctx ends, or the disk is
// full, what is drawn stays for the next time.
func (w *Writer) Draw(ctx context.Context, done func(bytes int64)) error {
	last, some := w.spool.last()
	found := int64(w.spool.end)
	missing := func(yield func(maptile.Tile) bool) {
		for t := range w.job.all() {
			if some && numberOf(t) <= last {
				done(found)
			} else if !yield(t) {
				return
			}
		}
	}
	err := w.job.draw(ctx, missing, func(t maptile.Tile, packed []byte) error {
		if packed != nil {
			if err := w.spool.put(numberOf(t), packed); err != nil {
				return err
			}
		}
		done(int64(w.spool.end))
		return nil
	})
	if unflushed := w.spool.flush(); err == nil {
		err = unflushed
	}
	return err
}

// Finish makes the archive of what was drawn and gives it its name. Where nothing was, there
// is no archive: [geo.NotFound].
func (w *Writer) Finish(ctx context.Context) (*Report, error) {
	s, set := w.spool, w.job.described()
	if s.tiles == 0 {
		_, _ = os.Remove(s.dataPath()), os.Remove(s.logPath()) // they hold nothing
		return nil, geo.Errorf(geo.NotFound, "there is nothing to draw at zoom %d to %d of what was asked for, so no archive was written", w.job.First, w.job.Last)
	}
	finish := func() error { return s.finishPMTiles(w.job, &set) }
	if w.job.Format == MBTiles {
		finish = func() error { return s.finishMBTiles(ctx, w.job, &set) }
	}
	if err := finish(); err != nil {
		return nil, err
	}
	file, err := os.Stat(s.out)
	if err != nil {
		return nil, unwritten(s.out, err)
	}
	return &Report{Tiles: s.tiles, Contents: int64(len(s.known)), Bytes: file.Size()}, nil
}

// sheet is a tile on its way from the one who counts them to the one who sets them down.
type sheet struct {
	tile   maptile.Tile
	packed []byte // nil when it is empty
	drawn  chan error
}

// draw draws tiles on all cores and puts them in their order. A few are on their way at a
// time, however long one of them takes.
func (j *Job) draw(ctx context.Context, all iter.Seq[maptile.Tile], put func(maptile.Tile, []byte) error) error {
	cores := runtime.GOMAXPROCS(0)
	inOrder, blank := make(chan *sheet, 16*cores), make(chan *sheet)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(inOrder)
		defer close(blank)
		for t := range all {
			s := &sheet{tile: t, drawn: make(chan error, 1)}
			if !send(ctx, inOrder, s) || !send(ctx, blank, s) {
				return ctx.Err()
			}
		}
		return nil
	})
	var packer tiles.Packer
	for range cores {
		group.Go(func() error {
			for s := range blank {
				s.drawn <- j.drawOne(s, &packer)
			}
			return nil
		})
	}
	group.Go(func() error {
		for s := range inOrder {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case err := <-s.drawn:
				if err == nil {
					err = put(s.tile, s.packed)
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	return group.Wait()
}

func send(ctx context.Context, to chan<- *sheet, s *sheet) bool {
	select {
	case <-ctx.Done():
		return false
	case to <- s:
		return true
	}
}

func (j *Job) drawOne(s *sheet, packer *tiles.Packer) (err error) {
	if raw := tiles.Render(j.View, &j.Want, s.tile); raw != nil {
		s.packed, err = packer.Gzip(raw)
	}
	return err
}
