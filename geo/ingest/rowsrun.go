package ingest

import (
	"cmp"
	"context"
	"errors"
	"io"
	"runtime"
	"sync"

	"gridwarden/geo"
)

// Block is some rows that follow one another. Rows and what they hold are valid until the
// block has been written.
type Block struct {
	Rows []Row
	Out  []byte // what is to be written of them, which the work adds

	text  []byte
	line  int      // the number of its first line
	cells []string // room for those of the rows
	err   error    // the stream ends before this block, with this
	parts chan part
	taken chan struct{} // a part that was not the last has been written
	ctx   context.Context
}

// part is some of what is to be written of a block.
type part struct {
	out  []byte
	more bool // is to come
}

// Points adds the points of the rows to those given, nothing in particular for a row with
// Err.
func (b *Block) Points(points []geo.Coord) []geo.Coord {
	for i := range b.Rows {
		points = append(points, b.Rows[i].Point)
	}
	return points
}

// partSize is how much a block holds for writing before it waits to be relieved of it.
const partSize = 256 << 10

// Relieve has what is in Out written when it is much. Work that calls it after each row may
// add any amount.
func (b *Block) Relieve() {
	if len(b.Out) >= partSize {
		b.hand(true)
	}
}

// hand gives Out to be written. When more is to come it waits until that is done.
func (b *Block) hand(more bool) {
	select {
	case b.parts <- part{b.Out, more}:
	case <-b.ctx.Done():
	}
	if !more {
		return
	}
	select {
	case <-b.taken:
		b.Out = b.Out[:0]
	case <-b.ctx.Done():
		b.Out = nil // it may be being written
	}
}

// Bulk is what is done with the rows of a stream.
type Bulk struct {
	// Work is made once for each core. It adds the answers to the rows of a block to Out.
	Work func() func(*Block)
	// Write takes what was added, in the order of the rows, from one goroutine. With the
	// last it is of a block it gets the rows of the block. When it fails, it has to see to it that
	// a Read of the stream under way ends.
	Write func(out []byte, rows []Row) error
	// Pause is called before nothing is at hand to be written; nil: that does not matter.
	Pause func()
}

// Run reads the stream to its end, on all cores and in constant memory; it can be called
// once. A row that cannot be read, is longer than [MaxLine] or has no place on earth comes
// as a Row with Err, in its place; blank lines are left out. A row is answered before the
// next is waited for. An error is of ctx or of Write, or says why the stream cannot be read on;
// then all rows before have been written.
func (r *Rows) Run(ctx context.Context, bulk Bulk) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cores := runtime.GOMAXPROCS(0)
	most := 2*cores + 2
	f := &flow{Rows: r, Bulk: bulk, free: make(chan *Block, most), todo: make(chan *Block, most), queue: make(chan *Block, most)}
	var group sync.WaitGroup
	var broken error
	group.Go(func() { broken = f.read(ctx) })
	for range cores {
		group.Go(f.work)
	}
	err := f.write(ctx)
	stop()
	group.Wait()
	return cmp.Or(err, broken)
}

// flow is blocks on their way: from free to todo and queue, and back. Each of these has
// room for all.
type flow struct {
	*Rows
	Bulk
	free, todo, queue chan *Block
}

// read fills blocks until the stream ends.
func (f *flow) read(ctx context.Context) error {
	defer close(f.queue)
	defer close(f.todo)
	for made := 0; ; {
		var b *Block
		if len(f.free) == 0 && made < cap(f.free) {
			made++
			b = &Block{ctx: ctx, parts: make(chan part, 1), taken: make(chan struct{})}
		} else {
			select {
			case b = <-f.free:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		switch err := f.next(b); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		f.queue <- b
		f.todo <- b
	}
}

// work answers blocks until there are no more.
func (f *flow) work() {
	answer, p := f.Work(), parser{Rows: f.Rows}
	for b := range f.todo {
		if b.ctx.Err() != nil {
			continue
		}
		b.clear()
		if b.err = p.parse(b); b.err == nil {
			answer(b)
		}
		b.hand(false)
	}
}

// clear empties a block that was written. What a long row took is not kept.
func (b *Block) clear() {
	b.Rows, b.cells, b.Out = b.Rows[:0], b.cells[:0], b.Out[:0]
	if cap(b.Out) > 4*partSize {
		b.Out = nil
	}
}

// write writes the blocks in their order.
func (f *flow) write(ctx context.Context) error {
	for {
		b, err := await(ctx, f.queue, f.Pause)
		if b == nil || err != nil {
			return err
		}
		if err := f.writeBlock(ctx, b); err != nil {
			return err
		}
		f.free <- b
	}
}

func (f *flow) writeBlock(ctx context.Context, b *Block) error {
	for {
		p, err := await(ctx, b.parts, f.Pause)
		switch {
		case err != nil:
			return err
		case !p.more && b.err != nil:
			return b.err
		case !p.more:
			return f.Write(p.out, b.Rows)
		}
		if err := f.Write(p.out, nil); err != nil {
			return err
		}
		select {
		case b.taken <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// await receives from c, its zero value once it is closed. Before it waits, it calls pause.
func await[T any](ctx context.Context, c <-chan T, pause func()) (v T, err error) {
	select {
	case v = <-c:
		return v, nil
	default:
	}
	if pause != nil {
		pause()
	}
	select {
	case v = <-c:
		return v, nil
	case <-ctx.Done():
		return v, ctx.Err()
	}
}
