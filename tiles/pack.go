package tiles

import (
	"bytes"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Encoding is how the bytes of a tile are compressed. There is gzip for everybody and, since
// packing is most of the cost of a tile that is not kept, zstd for those who take it, as
// today's browsers do but Safari: tiles come out as small, a few per cent either way, in
// down to a third of the time. Brotli would take another library and more time.
type Encoding uint8

const (
	Plain Encoding = iota
	Gzip
	Zstd

	encodings = int(Zstd) + 1
)

// String is the name of the encoding in HTTP; none for plain bytes.
func (e Encoding) String() string { return [encodings]string{Gzip: "gzip", Zstd: "zstd"}[e] }

// gzipLevel: 1 and 2 were seen to send small tiles uncompressed.
const gzipLevel = 5

// packer compresses tiles with writers used again and again: one takes most of a megabyte.
type packer struct{ writers [encodings]sync.Pool }

// resettable is what both libraries' writers are.
type resettable interface {
	io.WriteCloser
	Reset(io.Writer)
}

func newWriter(e Encoding) (resettable, error) {
	if e == Zstd {
		return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(zstdWindow))
	}
	return gzip.NewWriterLevel(nil, gzipLevel)
}

// zstdWindow is what a browser has to hold at most to read a tile; RFC 8878 asks readers
// for 8 MB.
const zstdWindow = 1 << 20

func (p *packer) pack(e Encoding, raw []byte) ([]byte, error) {
	w, used := p.writers[e].Get().(resettable)
	if !used {
		var err error
		if w, err = newWriter(e); err != nil {
			return nil, err
		}
	}
	defer p.writers[e].Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(b.Bytes()), nil
}

func unpack(e Encoding, packed []byte) ([]byte, error) {
	if e == Zstd {
		r, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(r)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
