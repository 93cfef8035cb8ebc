package tiles

import (
	"bytes"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// level is the gzip level: 1 and 2 were seen to send small tiles uncompressed.
const level = 5

// packer compresses tiles with writers used again and again: one takes most of a megabyte.
type packer struct{ writers sync.Pool }

func (p *packer) pack(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	w, used := p.writers.Get().(*gzip.Writer)
	if used {
		w.Reset(&b)
	} else {
		var err error
		if w, err = gzip.NewWriterLevel(&b, level); err != nil {
			return nil, err
		}
	}
	defer p.writers.Put(w)
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(b.Bytes()), nil
}

func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
