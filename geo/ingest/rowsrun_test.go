package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"gridwarden/geo/ingest"
	"gridwarden/geo/testsize"
)

// numbered is an endless CSV, or one of n rows, whose longitude counts.
func numbered(n int) io.Reader {
	in, out := io.Pipe()
	go func() {
		_, err := io.WriteString(out, "lon,lat\n")
		for i := 0; err == nil && i != n; i++ {
			_, err = fmt.Fprintf(out, "0.%07d,1\n", i%1e7)
		}
		_ = out.CloseWithError(err)
	}()
	return in
}

// bulk writes rows by add and keeps what comes out.
func bulk(out io.Writer, add func([]byte, *ingest.Row) []byte) ingest.Bulk {
	return ingest.Bulk{
		Work: func() func(*ingest.Block) {
			return func(b *ingest.Block) {
				for i := range b.Rows {
					b.Out = add(b.Out, &b.Rows[i])
					b.Relieve()
				}
			}
		},
		Write: func(part []byte, _ []ingest.Row) error { _, err := out.Write(part); return err },
	}
}

// An answer a thousand times as long as its question must come in order, and be held only
// in parts.
func TestAnswersOfAnyLengthComeInOrderAndInParts(t *testing.T) {
	t.Parallel()
	n := testsize.N(3000, 100_000)
	r, err := ingest.NewRows(numbered(n), ingest.RowOptions{})
	if err != nil {
		t.Fatal(err)
	}
	filler := bytes.Repeat([]byte{' '}, 50_000)
	seen, largest := 0, 0
	b := bulk(nil, func(out []byte, row *ingest.Row) []byte {
		return append(append(fmt.Appendf(out, "%d", row.Point.X), filler...), '\n')
	})
	b.Write = func(part []byte, _ []ingest.Row) error {
		largest = max(largest, len(part))
		for line := range bytes.Lines(part) {
			if want := fmt.Sprint(seen); string(bytes.TrimSpace(line)) != want {
				return fmt.Errorf("the answer %.20q comes where %s belongs", line, want)
			}
			seen++
		}
		return nil
	}
	if err := r.Run(t.Context(), b); err != nil || seen != n {
		t.Errorf("%d answers to %d rows: %v", seen, n, err)
	}
	if largest > 1<<20 {
		t.Errorf("a part of %d bytes was held", largest)
	}
}

// Whoever stops, the reader of answers or the one who asked, nothing must go on or hang.
func TestNothingGoesOnWhenNobodyWaits(t *testing.T) {
	before := runtime.NumGoroutine()
	full := errors.New("the disk is full")
	for range 20 {
		for _, stopped := range []bool{false, true} {
			in := numbered(-1)
			r, err := ingest.NewRows(in, ingest.RowOptions{})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			n := 0
			b := bulk(nil, func(out []byte, row *ingest.Row) []byte { return append(out, strings.Repeat("x", 10_000)...) })
			b.Write = func([]byte, []ingest.Row) error {
				if n++; n < 5 {
					return nil
				}
				defer in.(io.Closer).Close() // as a Write that fails has to
				if stopped {
					cancel()
					return nil
				}
				return full
			}
			err = r.Run(ctx, b)
			if cancel(); stopped && !errors.Is(err, context.Canceled) && !errors.Is(err, io.ErrClosedPipe) || !stopped && !errors.Is(err, full) {
				t.Errorf("stopped %v: %v", stopped, err)
			}
		}
	}
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}
