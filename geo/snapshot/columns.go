package snapshot

import (
	"errors"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// errColumn is a column that does not hold what its row group says.
var errColumn = errors.New("a column does not fit its rows")

// columns reads the columns of one row group whole, by name. The first failure stays, and
// what is read after it is as long as it should be, and empty.
type columns struct {
	group parquet.RowGroup
	rows  int
	err   error
}

// pages hands each page of a column to one, with the number of its first row.
func (c *columns) pages(name string, one func(page parquet.Page, row int) bool) {
	if c.err != nil {
		return
	}
	leaf, _ := c.group.Schema().Lookup(strings.Split(name, ".")...)
	pages := c.group.ColumnChunks()[leaf.ColumnIndex].Pages()
	defer pages.Close()
	for row := 0; c.err == nil; {
		page, err := pages.ReadPage()
		switch {
		case errors.Is(err, io.EOF) && row == c.rows:
			return
		case errors.Is(err, io.EOF):
			c.err = errColumn
		case err != nil:
			c.err = err
		default:
			n := int(page.NumValues())
			if n > c.rows-row || !one(page, row) {
				c.err = errColumn
			}
			row += n
			parquet.Release(page)
		}
	}
}

func (c *columns) numbers(name string) []int64 {
	return fixed(c, name, func(page parquet.Page) []int64 { data := page.Data(); return data.Int64() })
}

func (c *columns) floats(name string) []float64 {
	return fixed(c, name, func(page parquet.Page) []float64 { data := page.Data(); return data.Double() })
}

// fixed reads a column of numbers, which has a value in every row.
func fixed[T any](c *columns, name string, of func(parquet.Page) []T) []T {
	values := make([]T, c.rows)
	c.pages(name, func(page parquet.Page, row int) bool {
		return copy(values[row:], of(page)) == int(page.NumValues())
	})
	return values
}

// hashes reads a column of 32 bytes each.
func (c *columns) hashes(name string) [][32]byte {
	hashes := make([][32]byte, c.rows)
	c.pages(name, func(page parquet.Page, row int) bool {
		values := page.Data()
		data, size := values.FixedLenByteArray()
		if size != 32 || len(data) != 32*int(page.NumValues()) {
			return false
		}
		for i := range len(data) / 32 {
			hashes[row+i] = [32]byte(data[32*i:])
		}
		return true
	})
	return hashes
}

// texts reads a column of texts, "" where there is none. A text of a dictionary is held
// once; others share the memory of their page.
func (c *columns) texts(name string) []string {
	texts := make([]string, c.rows)
	var words []string // of the dictionary, which a row group has once
	c.pages(name, func(page parquet.Page, row int) bool {
		values := page.Data()
		if page.Dictionary() == nil {
			data, offsets := values.ByteArray()
			whole := string(data)
			return spread(page, len(offsets)-1, func(k, i int) { texts[row+i] = whole[offsets[k]:offsets[k+1]] })
		}
		if words == nil {
			words = wordsOf(page.Dictionary())
		}
		places := values.Int32()
		return spread(page, len(places), func(k, i int) { texts[row+i] = words[places[k]] })
	})
	return texts
}

func wordsOf(d parquet.Dictionary) []string {
	words := make([]string, d.Len())
	for i := range words {
		words[i] = string(d.Index(int32(i)).ByteArray())
	}
	return words
}

// blobs hands the bytes of each row that has some to take, which must not keep them. What
// take does not take ends the reading.
func (c *columns) blobs(name string, take func(row int, b []byte) error) {
	c.pages(name, func(page parquet.Page, row int) bool {
		values := page.Data()
		data, offsets := values.ByteArray()
		return spread(page, len(offsets)-1, func(k, i int) {
			if c.err == nil {
				c.err = take(row+i, data[offsets[k]:offsets[k+1]])
			}
		}) && c.err == nil
	})
}

// spread calls put with each of the n values of a page and its row within it: a page of an
// optional column holds only the values that are there.
func spread(page parquet.Page, n int, put func(value, row int)) bool {
	levels := page.DefinitionLevels()
	if len(levels) == 0 {
		for i := range n {
			put(i, i)
		}
		return n == int(page.NumValues())
	}
	k := 0
	for i, level := range levels {
		if level == 0 {
			continue
		}
		if k == n {
			return false
		}
		put(k, i)
		k++
	}
	return k == n && len(levels) == int(page.NumValues())
}
